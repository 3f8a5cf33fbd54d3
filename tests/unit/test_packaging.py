"""The wheel holds the package and its data, and nothing else."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from bridge.resources import data_folder

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_installs_one_import_package(names: set[str]):
    top = {name.partition("/")[0] for name in names}
    assert {name for name in top if not name.endswith(".dist-info")} == {"bridge"}


@pytest.mark.parametrize(
    "name",
    [
        "bridge/py.typed",
        "bridge/_data/wsdl/device.wsdl",
        "bridge/_data/wsdl/onvif.xsd",
        "bridge/_data/profiles/onvif/s.toml",
        "bridge/_data/profiles/cameras/reolink.toml",
        "bridge/store/schema/0001_initial.sql",
        "bridge/simulators/clips/h264-640x360.h264",
    ],
)
def test_the_wheel_carries_the_data(names: set[str], name: str):
    assert name in names


def test_tests_and_deployment_stay_out_of_the_wheel(names: set[str]):
    assert not [name for name in names if name.startswith(("tests", "deploy", ".ci"))]


def test_data_folders_are_found_in_a_checkout_and_told_when_missing():
    assert (data_folder("profiles") / "onvif").is_dir()
    with pytest.raises(FileNotFoundError, match="reinstall"):
        data_folder("no-such-folder")
