"""`python -m landbalance` is the command `landbalance`."""

from landbalance.cli.app import main

if __name__ == "__main__":
    main()
