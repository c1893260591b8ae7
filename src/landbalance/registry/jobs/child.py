"""The child of a worker for work on records: as `landbalance.engine.child`, with the database open.

Run as `python -m landbalance.registry.jobs.child TASK`.
"""

import sys
from pathlib import Path

import django

from landbalance.engine.child import main

if __name__ == "__main__":
    django.setup()
    sys.exit(main(Path(sys.argv[1])))
