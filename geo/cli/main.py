"""``cartable``: every command, by its name."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group


class Entry(NamedTuple):
    """A command: where its function or its group stands, and what the list of commands says of it."""

    module: str
    name: str
    help: str


COMMANDS: Final[Mapping[str, Entry]] = MappingProxyType(
    {
        "check": Entry("checking", "check", "Check the files of every city, and list each fault with its remedy."),
        "evaluate": Entry("evaluating", "evaluate_command", "Figures of each school today and with a scenario."),
        "forecast": Entry("forecasting", "forecast", "Pupils, rooms and risks of each school for the years to come."),
        "revise": Entry("revising", "revise", "Propose a better school map, with a bound on what no map can beat."),
        "export": Entry("evaluating", "export", "A scenario as JSON, GeoPackage, CSV, A3 PDF, PNG and HTML."),
        "pack": Entry("packing", "pack", "What the council gets in hand: maps, two-page summary, every table."),
        "catchments": Entry(
            "catchments", "catchments_command", "Nearest school beside that of the sector, who lives far, and maps."
        ),
        "app": Entry("serving", "app_command", "Start the web app on this machine; Ctrl-C ends it."),
        "streets": Entry("streets", "streets", "Read the streets of a file, tell what can be walked, and write them."),
        "reach": Entry("reaching", "reach", "Who can walk to places of a kind, and seats for each child."),
        "annex": Entry("annex", "annex", "Street lists: the legal map of a school sector."),
        "national": Entry("national", "national", "Many communes or départements at once."),
    }
)


_SETTINGS: Final[Mapping[str, Any]] = MappingProxyType(
    {"add_completion": False, "rich_markup_mode": "markdown", "pretty_exceptions_enable": False}
)


class _Commands(TyperGroup):
    """Commands that are loaded when they are called: each needs other libraries, and all of them take seconds."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 (those of a library within Typer)
        super().__init__(**settings)
        self.commands = {name: TyperCommand(name, help=entry.help) for name, entry in COMMANDS.items()}

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:  # noqa: ANN401
        """Load the command that is called."""
        name, shown, rest = super().resolve_command(ctx, args)
        return name, shown and loaded(shown.name or ""), rest


def loaded(name: str) -> Any:  # noqa: ANN401
    """Load a command.

    Raises
    ------
    KeyError
        If there is none of that name.
    """
    entry = COMMANDS[name]
    found = getattr(import_module(f"geo.cli.{entry.module}"), entry.name)
    alone = typer.Typer(**_SETTINGS)
    alone.callback()(begin)
    if isinstance(found, typer.Typer):
        alone.add_typer(found, name=name)
    else:
        alone.command(name=name)(found)
    return get_group(alone).commands[name]


def begin() -> None:
    """What changes, for whom and when, if a city changes its school map."""


app = typer.Typer(name="cartable", cls=_Commands, no_args_is_help=True, **_SETTINGS)
app.callback()(begin)


def main() -> None:
    """Run the command line."""
    app()
