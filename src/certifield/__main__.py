"""``python -m certifield`` is the command ``certifield``."""

import sys

from certifield.cli import main

if __name__ == "__main__":  # spawned workers import this module again
    sys.exit(main())
