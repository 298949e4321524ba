"""School of the sector and nearest school of a city: figures on the terminal, GeoPackage, tables and maps in a folder.

Example: python scripts/catchments.py --city villebrune --level elementary --beyond 800 --out out/catchments
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from geo.cli.main import app


def main(arguments: Sequence[str] | None = None) -> None:
    """Do what the command ``cartable catchments`` does with these arguments, with the same answers and status."""
    app(["catchments", *(sys.argv[1:] if arguments is None else arguments)])


if __name__ == "__main__":
    main()
