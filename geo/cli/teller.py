"""What the commands say: words and tables for a person, or one JSON object for a program.

Figures and files go to the person on the terminal; with ``--json`` standard output holds one JSON object and nothing
else (keys in docs/cli.md), and everything said to a person goes to standard error.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, TypeVar

import pandas as pd
import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from geo.council.words import LANGS, Lang, fault_text, say
from geo.errors import CityError, Fault, GeoError

REFUSED: Final = 2
PIPE_WIDTH: Final = 160
T = TypeVar("T")


class Teller:
    """What is said to the person: words and tables, or one JSON object for a program."""

    def __init__(self, lang: str, *, as_json: bool) -> None:
        if lang not in LANGS:
            raise typer.BadParameter(f"expected one of {', '.join(LANGS)}, got {lang!r}", param_hint="--lang")
        self.lang: Lang = "en" if lang == "en" else "fr"
        self.as_json = as_json
        # A file or a pipe has no width of its own: wide enough for the table.
        width = None if sys.stdout.isatty() else PIPE_WIDTH
        self.person = Console(stderr=as_json, highlight=False, soft_wrap=True, width=width)
        self.progress = Console(stderr=True, highlight=False)

    def say(self, text: str) -> None:
        """Say one line to the person."""
        if not self.as_json:
            self.person.print(text, markup=False)

    def table(self, figures: pd.DataFrame) -> None:
        """Show a table to the person."""
        if self.as_json:
            return
        shown = Table(show_edge=False, pad_edge=False)
        for place, name in enumerate(figures.columns):
            shown.add_column(Text(str(name)), justify="left" if place == 0 else "right")
        for row in figures.itertuples(index=False):
            # As it is: brackets in a name are no markup.
            shown.add_row(*[Text(str(value)) for value in row])
        self.person.print(shown)

    def busy(self, key: str, work: Callable[[], T], **values: object) -> T:
        """Do `work` while a moving line says what is being done."""
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        with Progress(
            *columns, console=self.progress, transient=True, disable=not self.progress.is_terminal
        ) as progress:
            progress.add_task(say(key, self.lang, **values), total=None)
            return work()

    def result(self, content: Mapping[str, object]) -> None:
        """Give the program its one JSON object."""
        if self.as_json:
            sys.stdout.write(json.dumps(plain(content), ensure_ascii=False, indent=2, allow_nan=False) + "\n")

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """End with words and status 2 where the library refuses."""
        try:
            yield
        except GeoError as error:
            if isinstance(error, CityError):
                tell_faults(self, error.city, error.faults)
            else:
                Console(stderr=True, highlight=False, soft_wrap=True).print(_refusal(error, self.lang), markup=False)
            self.result({"error": str(error)})
            raise typer.Exit(REFUSED) from error


def tell_faults(told: Teller, city: str, faults: tuple[Fault, ...]) -> None:
    """List the faults of a city."""
    told.say(say("cli.faults", told.lang, city=city, count=len(faults)))
    for fault in faults:
        told.say(f"- {fault_text(fault, told.lang)}")


def plain(value: Any) -> Any:  # noqa: ANN401
    """Give what JSON can hold: a number that is not known or not finite becomes null."""
    if isinstance(value, Mapping):
        return {str(name): plain(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return None if value is pd.NA else value


def _refusal(error: GeoError, lang: Lang) -> str:
    """Say what was refused, in the language of the person where the library has more than its own words."""
    fault = getattr(error, "fault", None)
    told = fault_text(fault, lang) if isinstance(fault, Fault) else str(error)
    return say("cli.refused", lang, error=told)
