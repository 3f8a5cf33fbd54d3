"""The judge itself: it knows right from wrong."""

import time

import pytest

from bridge.core.errors import ClientFault
from bridge.proto.soap import faults
from bridge.proto.soap.envelope import new_envelope, render
from tests.contract.oracle import Oracle

pytestmark = pytest.mark.oracle

GOOD = """<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" xmlns:tt="http://www.onvif.org/ver10/schema"
 xmlns:trt="http://www.onvif.org/ver10/media/wsdl"><e:Body><trt:GetProfilesResponse>
<trt:Profiles token="Profile_main" fixed="true"><tt:Name>main</tt:Name>
<tt:VideoSourceConfiguration token="c"><tt:Name>n</tt:Name><tt:UseCount>1</tt:UseCount>
<tt:SourceToken>s</tt:SourceToken><tt:Bounds x="0" y="0" width="1" height="1"/></tt:VideoSourceConfiguration>
</trt:Profiles></trt:GetProfilesResponse></e:Body></e:Envelope>"""

SERVICES = """<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" xmlns:tt="http://www.onvif.org/ver10/schema"
 xmlns:tds="http://www.onvif.org/ver10/device/wsdl" xmlns:tr2="http://www.onvif.org/ver20/media/wsdl"><e:Body>
<tds:GetServicesResponse><tds:Service><tds:Namespace>urn:x</tds:Namespace><tds:XAddr>http://x/</tds:XAddr>
<tds:Capabilities><tr2:Capabilities SnapshotUri="true"><tr2:ProfileCapabilities MaximumNumberOfProfiles="2"/>
<tr2:StreamingCapabilities/></tr2:Capabilities></tds:Capabilities>
<tds:Version><tt:Major>24</tt:Major><tt:Minor>12</tt:Minor></tds:Version></tds:Service></tds:GetServicesResponse>
</e:Body></e:Envelope>"""


def test_it_loads_quickly():
    start = time.perf_counter()
    Oracle()
    assert time.perf_counter() - start < 2.0


def test_good_answers_are_accepted(oracle):
    assert oracle.check(GOOD.encode()).tag.endswith("GetProfilesResponse")
    oracle.check(SERVICES.encode())


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (
            "<tt:Name>n</tt:Name><tt:UseCount>1</tt:UseCount>",
            "<tt:UseCount>1</tt:UseCount><tt:Name>n</tt:Name>",
        ),
        ('width="1"', 'width="wide"'),
        ("<tt:SourceToken>s</tt:SourceToken>", ""),
        ('token="c"', ""),
        ("<tt:Name>main</tt:Name>", "<tt:Name>main</tt:Name><tt:Surprise/>"),
        ("GetProfilesResponse", "GetProfilesAnswer"),
        ("e:Body", "e:Torso"),
    ],
)
def test_a_small_mistake_is_seen(oracle, right, wrong):
    assert right in GOOD
    with pytest.raises(AssertionError):
        oracle.check(GOOD.replace(right, wrong).encode())


def test_what_a_wildcard_lets_in_is_judged_too(oracle):
    with pytest.raises(AssertionError, match="SnapshotUri"):
        oracle.check(SERVICES.replace('SnapshotUri="true"', 'SnapshotUri="yes"').encode())


def fault(code: str = "Sender", subcodes: tuple[str, ...] = ("InvalidArgVal",)) -> bytes:
    message, body = new_envelope()
    faults.write_fault(body, ClientFault(code, subcodes, "Because"))
    return render(message)


def test_faults_are_judged_by_more_than_the_schema(oracle):
    oracle.check(fault())
    for right, wrong in (
        (b"env:Sender", b"env:Nobody"),
        (b"ter:InvalidArgVal", b"InvalidArgVal"),
        (b"ter:InvalidArgVal", b"tt:InvalidArgVal"),
        (b'xml:lang="en"', b'xml:lang="fr"'),
        (b"</env:Fault>", b"<env:Detail>text</env:Detail></env:Fault>"),
    ):
        with pytest.raises(AssertionError):
            oracle.check(fault().replace(right, wrong))
