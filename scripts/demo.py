"""The first journey without a browser: check the shipped city, move some streets, read the figures, write the files.

Example: python scripts/demo.py --out out
"""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence
from pathlib import Path

from geo.cli.main import app

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the commands that a newcomer would type, and show them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "out")
    parser.add_argument("--lang", choices=["fr", "en"], default="fr")
    asked = parser.parse_args(arguments)
    data = str(ROOT / "data")
    scenario = ["--data", data, "--scenario", str(ROOT / "data" / "scenarios" / "villebrune-example.json")]
    lang = ["--lang", asked.lang]
    for command in (
        ["check", data, *lang],
        ["evaluate", *scenario, *lang],
        ["export", *scenario, "--out", str(asked.out), *lang],
    ):
        print(f"\n$ cartable {shlex.join(command)}")
        status = app(command, standalone_mode=False)
        if status:
            raise SystemExit(status)


if __name__ == "__main__":
    main()
