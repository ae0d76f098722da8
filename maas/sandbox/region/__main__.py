"""`python -m maas.sandbox.region --size 1 --start 2026-11-23 --out DIR`."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from maas.sandbox.region import region


def main() -> None:
    """Writes a region."""
    parser = argparse.ArgumentParser(prog="python -m maas.sandbox.region", description=region.__doc__)
    parser.add_argument("--size", type=int, default=1, help="1 (a town) to 100 (a metropolis)")
    parser.add_argument("--start", type=date.fromisoformat, required=True, help="a day inside the timetable")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    region.write(region.of_size(options.size), options.start, options.out)


if __name__ == "__main__":
    main()
