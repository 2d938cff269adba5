"""``python -m flowdesk`` and the packaged application."""

import sys

from flowdesk.cli import main

if __name__ == "__main__":
    sys.exit(main())
