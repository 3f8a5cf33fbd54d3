"""Where the data folders are, installed or in a checkout.

`wsdl/` and `profiles/` stand at the top of the repository, because they are meant to be read and reviewed on
their own; the wheel carries them as `bridge/_data/`.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path


def data_folder(name: str) -> Path:
    """Return the folder `wsdl` or `profiles`.

    Raises:
        FileNotFoundError: neither the wheel's copy nor the checkout's is there.
    """
    package = Path(str(resources.files("bridge")))
    for folder in (package / "_data" / name, package.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"data folder {name!r} is missing: reinstall onvif-bridge")
