"""The configuration file: everything that is wrong is said at once, with its place and without its secrets."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from bridge.config.loader import load_configuration
from bridge.config.models import Configuration
from bridge.core.errors import ConfigError, ConfigProblem
from bridge.core.model import Secret
from bridge.core.users import UserLevel
from bridge.runtime.certificate import self_signed

GOOD = """
users:
  - {username: admin, password: very-secret, level: Administrator}
cameras:
  - {id: front-door, family: reolink, host: 192.0.2.20, password: {env: CAMERA_PASSWORD}, onvif_port: 8081}
"""


def only_known_options(options):
    return tuple(ConfigProblem(key, "is not an option of this family") for key in options if key != "poll_s")


FAMILIES = {"reolink": only_known_options}


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CAMERA_PASSWORD", "from-the-environment")

    def load(text: str) -> Configuration:
        path = tmp_path / "bridge.yaml"
        path.write_text(text)
        return load_configuration(path, FAMILIES, switches=("rtsp_anonymous", "digest_sha256"))

    return load


def write_pair(folder: Path) -> None:
    """Write a certificate with its key, that key under a password, and the key of another."""
    pem, other = (self_signed(["127.0.0.1"], datetime.now(UTC)) for _ in range(2))
    cut = pem.index("-----BEGIN CERT")
    locked = load_pem_private_key(pem[:cut].encode(), None).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"password")
    )
    (folder / "bridge.crt").write_text(pem[cut:])
    (folder / "bridge.key").write_text(pem[:cut])
    (folder / "locked.key").write_bytes(locked)
    (folder / "other.key").write_text(other)


def problems_of(load, text: str) -> dict[str, str]:
    with pytest.raises(ConfigError) as caught:
        load(text)
    return {problem.path: problem.message for problem in caught.value.problems}


def test_a_minimal_file_gets_the_documented_defaults(load):
    configuration = load(GOOD)
    assert configuration.bridge.model_dump() == {
        "bind": "0.0.0.0",
        "advertise": "auto",
        "rtsp_port": 8554,
        "http_port": 8000,
        "tls": {"certificate": None, "key": None},
        "discovery": True,
        "compatibility": {},
        "state": Path("bridge-state.db"),
    }
    camera = configuration.cameras[0]
    assert (camera.port, camera.tls, camera.username, camera.channel, camera.rtsp_port) == (
        None,
        True,
        "admin",
        0,
        None,
    )
    assert configuration.users[0].level is UserLevel.ADMINISTRATOR


@pytest.mark.parametrize(("written", "is_on"), [("true", True), ("false", False), ("{}", True)])
def test_tls_is_switched_with_a_word(load, written, is_on):
    assert (load(f"bridge: {{tls: {written}}}{GOOD}").bridge.tls is not None) is is_on


def test_tls_takes_a_certificate_of_the_operators_own(load, tmp_path):
    write_pair(tmp_path)
    section = f"{{certificate: {tmp_path}/bridge.crt, key: {tmp_path}/bridge.key}}"
    tls = load(f"bridge: {{tls: {section}}}{GOOD}").bridge.tls
    assert (tls.certificate, tls.key) == (tmp_path / "bridge.crt", tmp_path / "bridge.key")


@pytest.mark.parametrize(
    ("written", "path", "message"),
    [
        ("", "bridge.tls", "must be true, false, or the files {certificate: FILE, key: FILE}"),
        ("{certificate: PATH/bridge.crt}", "bridge.tls", "certificate and key belong together: give both, or neither"),
        ("{certificate: /nowhere, key: PATH/bridge.key}", "bridge.tls.certificate", "path does not point to a file"),
        ("{certificate: /etc/hosts, key: PATH/bridge.key}", "bridge.tls.certificate", "holds no certificate in PEM"),
        ("{certificate: PATH/bridge.crt, key: /etc/hosts}", "bridge.tls.key", "holds no private key in PEM"),
        (
            "{certificate: PATH/bridge.crt, key: PATH/locked.key}",
            "bridge.tls.key",
            "is locked with a password: store the key without one",
        ),
        ("{cert: /etc/hosts}", "bridge.tls.cert", "is not a known key; known here: certificate, key"),
    ],
)
def test_tls_that_cannot_be(load, tmp_path, written, path, message):
    write_pair(tmp_path)
    problems = problems_of(load, f"bridge: {{tls: {written.replace('PATH', str(tmp_path))}}}{GOOD}")
    assert problems == {path: message}


def test_a_certificate_needs_its_own_key(load, tmp_path):
    write_pair(tmp_path)
    section = f"{{certificate: {tmp_path}/bridge.crt, key: {tmp_path}/other.key}}"
    message = problems_of(load, f"bridge: {{tls: {section}}}{GOOD}")["bridge.tls"]
    assert message.startswith("the certificate cannot be used with the key: ")
    assert "key values mismatch" in message


def test_a_secret_comes_from_the_environment(load):
    assert load(GOOD).cameras[0].password == Secret("from-the-environment")


def test_a_secret_comes_from_a_file_without_its_last_newline(load, tmp_path):
    (tmp_path / "secret").write_text("in the file\n")
    configuration = load(GOOD.replace("{env: CAMERA_PASSWORD}", f"{{file: {tmp_path / 'secret'}}}"))
    assert configuration.cameras[0].password.reveal() == "in the file"


def test_a_secret_is_never_shown(load):
    shown = repr(load(GOOD)) + str(load(GOOD).model_dump())
    assert "very-secret" not in shown
    assert "from-the-environment" not in shown


@pytest.mark.parametrize(
    ("secret", "message"),
    [
        ("{env: NOT_SET_ANYWHERE}", "the environment variable NOT_SET_ANYWHERE is not set"),
        ("{file: /nonexistent/secret}", "the file /nonexistent/secret cannot be read: No such file or directory"),
        ("12345", "is a number to YAML: put the secret in quotes"),
        ("{vault: x}", "write a string in quotes, {env: NAME} or {file: PATH}"),
        ("[a]", "write a string in quotes, {env: NAME} or {file: PATH}"),
    ],
)
def test_a_secret_that_cannot_be_had_is_explained(load, secret, message):
    assert problems_of(load, GOOD.replace("{env: CAMERA_PASSWORD}", secret)) == {"cameras[0].password": message}


def test_all_errors_come_at_once_with_their_paths(load):
    problems = problems_of(
        load,
        """
bridge: {bind: nowhere, rtsp_prt: 1}
users: []
cameras:
  - {id: A b, family: other, host: h, password: x}
  - {id: good, family: reolink, host: h, password: x, port: 99999, options: {tempo: 1}}
""",
    )
    assert list(problems) == [
        "bridge.bind",
        "bridge.rtsp_prt",
        "users",
        "cameras[0].id",
        "cameras[1].port",
        "cameras[0].family",
        "cameras[1].options.tempo",
    ]
    assert problems["bridge.rtsp_prt"].startswith("is not a known key; known here: bind, advertise,")
    assert problems["cameras[0].family"] == "'other' is not a family of this version; there are: reolink"


@pytest.mark.parametrize("users", ["", "users: []"])
def test_without_a_user_it_refuses_and_says_so(load, users):
    (message,) = problems_of(load, users + "\ncameras: []").values()
    assert "without a user nobody could log in" in message


def test_things_that_must_be_unique_are_compared(load):
    problems = problems_of(
        load,
        """
bridge: {rtsp_port: 8554, http_port: 8000}
users: [{username: a, password: x}, {username: a, password: y}]
cameras:
  - {id: one, family: reolink, host: h, password: x, onvif_port: 8081}
  - {id: one, family: reolink, host: h, password: x, onvif_port: 8081}
  - {id: two, family: reolink, host: h, password: x, onvif_port: 8554}
""",
    )
    assert problems == {
        "cameras[1].id": "'one' is cameras[0].id too; it must be unique",
        "users[1].username": "'a' is users[0].username too; it must be unique",
        "cameras[1].onvif_port": "8081 is cameras[0].onvif_port too; every listener needs a port of its own",
        "cameras[2].onvif_port": "8554 is bridge.rtsp_port too; every listener needs a port of its own",
    }


def test_one_port_for_rtsp_and_http_is_refused(load):
    assert problems_of(load, "bridge: {rtsp_port: 9000, http_port: 9000}" + GOOD) == {
        "bridge.http_port": "9000 is bridge.rtsp_port too; every listener needs a port of its own"
    }


def test_port_zero_may_stand_everywhere(load):
    assert load("bridge: {rtsp_port: 0, http_port: 0}" + GOOD.replace("8081", "0")).bridge.http_port == 0


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("users: [", "line 1, column 9", "is not valid YAML"),
        ("users: 1\nusers: 2\n", "line 2, column 1", "the key 'users' is written twice"),
        ("- a list\n", "bridge.yaml", "must hold the sections"),
        ("", "bridge.yaml", "must hold the sections"),
        ("a: \x07", "bridge.yaml", "is not valid YAML"),
        ("? [a, b]\n: 1", "line 1, column 3", "a key must be a word"),
        ("name: {{ NAME }}", "line 1, column 8", "a key must be a word"),
        ("since: 2024-13-45", "bridge.yaml", "is not valid YAML"),
    ],
)
def test_a_file_that_is_no_configuration_says_where_it_breaks(load, text, where, what):
    ((path, message),) = problems_of(load, text).items()
    assert path.endswith(where)
    assert what in message


def test_a_missing_file_is_one_clear_error(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read: No such file or directory"):
        load_configuration(tmp_path / "absent.yaml", FAMILIES)


def test_a_binary_or_huge_file_is_refused_before_it_is_parsed(tmp_path):
    path = tmp_path / "bridge.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="is not UTF-8 text"):
        load_configuration(path, FAMILIES)
    path.write_bytes(b"#" * 1_000_001)
    with pytest.raises(ConfigError, match="the wrong file"):
        load_configuration(path, FAMILIES)


@pytest.mark.parametrize("host", ["cam:80", "http://cam", "a b", "cam/x", "user@cam", "a#b", "a]b", ""])
@pytest.mark.parametrize("key", ["host", "advertise"])
def test_a_host_is_a_name_or_an_address_and_nothing_else(load, key, host):
    text = GOOD.replace("192.0.2.20", f'"{host}"') if key == "host" else f'bridge: {{advertise: "{host}"}}' + GOOD
    path = "cameras[0].host" if key == "host" else "bridge.advertise"
    assert problems_of(load, text) == {path: "must be a host name or an IP address, without scheme, port or path"}


@pytest.mark.parametrize("host", ["cam", "cam-1.example.org", "192.0.2.1", "2001:db8::1", "my_cam.local"])
def test_names_and_addresses_of_both_families_are_hosts(load, host):
    assert load(GOOD.replace("192.0.2.20", f'"{host}"')).cameras[0].host == host


def test_a_user_without_a_password_is_refused(load, monkeypatch):
    monkeypatch.setenv("EMPTY", "")
    problems = problems_of(load, GOOD.replace("very-secret", "{env: EMPTY}"))
    assert problems == {"users[0].password": "is empty: whoever knows the user name could log in"}


def test_the_ipv6_wildcard_is_refused_with_the_remedy(load):
    assert "use 0.0.0.0" in problems_of(load, 'bridge: {bind: "::"}' + GOOD)["bridge.bind"]


def test_a_wrong_value_does_not_hide_what_is_not_unique(load):
    double = "  - {id: front-door, family: reolink, host: h, password: x}\n"
    assert list(problems_of(load, "bridge: {bind: nowhere}" + GOOD + double)) == ["bridge.bind", "cameras[1].id"]


def test_compatibility_is_set_for_all_devices_and_for_one(load):
    text = GOOD.replace("onvif_port: 8081", "compatibility: {rtsp_anonymous: false}")
    configuration = load("bridge: {compatibility: {rtsp_anonymous: true, digest_sha256: on}}" + text)
    assert configuration.bridge.compatibility == {"rtsp_anonymous": True, "digest_sha256": True}
    assert configuration.cameras[0].compatibility == {"rtsp_anonymous": False}


def test_switches_that_do_not_exist_or_are_no_switches_are_errors(load):
    text = GOOD.replace("onvif_port: 8081", "compatibility: {rtsp_anonymus: true, digest_sha256: 1}")
    assert problems_of(load, "bridge: {compatibility: {port80_alias: true}}" + text) == {
        "cameras[0].compatibility.digest_sha256": "should be a valid boolean",
        "bridge.compatibility.port80_alias": "is not a known switch; known here: rtsp_anonymous, digest_sha256",
        "cameras[0].compatibility.rtsp_anonymus": "is not a known switch; known here: rtsp_anonymous, digest_sha256",
    }


@pytest.mark.parametrize("written", ["", "[rtsp_anonymous]", "rtsp_anonymous"])
def test_compatibility_that_is_no_mapping_is_an_error(load, written):
    assert problems_of(load, f"bridge: {{compatibility: {written}}}" + GOOD) == {
        "bridge.compatibility": "should be a valid dictionary"
    }
