"""Builds a pack in a process of its own, which a test may kill: python pack_child.py PORT FOLDER COMPOSITES [BYTES]."""

import resource
import signal
import sys
from pathlib import Path

from landbalance.core.errors import LandbalanceError
from landbalance.io.packs.build import build_pack
from landbalance.io.packs.cache import Cache
from landbalance.io.packs.line import Line
from landbalance.io.packs.order import Order
from landbalance.io.packs.public_file import Desk
from landbalance.io.packs.signing import Signer
from public_services import Bench, Local
from testland import CODE, registry

YEARS = "2001-2003"
ROLES = ("boundaries", "land_cover", "ndvi", "soc", "statistics")


def order(composites: int) -> Order:
    """Return the small order of these tests."""
    return Order(CODE, years=YEARS, only=ROLES, registry=registry(composites))


if __name__ == "__main__":
    port, folder, composites = int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    line = Line(backend=Local(Bench({}, port=port)))
    desk = Desk(line, Signer(line), Cache(folder / "cache"))
    if len(sys.argv) > 4:  # no file may grow beyond this, as on a full disk
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[4]), int(sys.argv[4])))
    try:
        print(build_pack(order(composites), folder / "packs", desk).folder.name)
    except LandbalanceError as error:
        print(f"error: {error}")
        sys.exit(1)
