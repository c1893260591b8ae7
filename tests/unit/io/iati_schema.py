"""The 2.03 schema of IATI, from the pinned source distribution of pyIATI, checked by its hash."""

import hashlib
import subprocess
import sys
import tarfile
from pathlib import Path

NAME, VERSION = "pyIATI", "0.4.1"
SHA256 = "b6f8f0d596746bd774ed3e84cdad50dfa7dd501ac70e6399f2bb0244bfd5b0ef"
FOLDER = f"{NAME}-{VERSION}/iati/resources/standard/2-03/schemas"
KEEP = Path(sys.prefix) / "iati-2.03"


def iati_schema() -> Path | None:
    """Return the schema of activities, fetched once into the environment; None where it is out of reach."""
    schema = KEEP / "iati-activities-schema.xsd"
    if not schema.is_file():
        KEEP.mkdir(exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:"]
        command += ["--disable-pip-version-check", "-d", str(KEEP), f"{NAME}=={VERSION}"]
        subprocess.run(command, capture_output=True, check=False, timeout=120)
        packed = KEEP / f"{NAME}-{VERSION}.tar.gz"
        if not packed.is_file():
            return None
        assert hashlib.sha256(packed.read_bytes()).hexdigest() == SHA256
        with tarfile.open(packed) as archive:
            for name in ("iati-activities-schema.xsd", "iati-common.xsd", "xml.xsd"):
                member = archive.extractfile(f"{FOLDER}/{name}")
                assert member is not None
                (KEEP / name).write_bytes(member.read())
    return schema
