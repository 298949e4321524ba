"""Make Villebrune, the fictional city that Cartable ships, and the file of its planted truths.

python scripts/make_villebrune.py [--out data] [--seed 2026]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from villebrune.build import Villebrune, make
from villebrune.region import index_card
from villebrune.truth import truth_of
from villebrune.write import write_card, write_catalogue, write_example, write_layer, write_rows, write_truth

from geo.model.tables import TABLES

STEPS = 7
DATA = Path(__file__).parents[1] / "data"


def main() -> None:
    """Make the city and write its files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=DATA, help="data folder (default: that of this repository)")
    parser.add_argument("--seed", type=int, default=2026, help="seed of the draws (default: 2026)")
    options = parser.parse_args()
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("Villebrune", total=STEPS)

        def step(words: str) -> None:
            progress.update(task, description=words, advance=1)

        city = make(np.random.default_rng(options.seed), step)
        step("Vérités plantées")
        truth = truth_of(city, seed=options.seed)
        step("Fichiers")
        write_city(options.out, city)
        write_truth(options.out, truth)
        write_example(options.out, truth)


def write_city(folder: Path, city: Villebrune) -> None:
    """Write every table of the city and its entry in the catalogue."""
    for table in TABLES:
        write = write_layer if table.geometry else write_rows
        write(folder, table, city.tables[table.name])
    write_card(folder, index_card(city.tables["reference"]))
    write_catalogue(folder)


if __name__ == "__main__":
    main()
