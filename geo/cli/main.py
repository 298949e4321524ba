"""``cartable``: every command, by its name."""

from __future__ import annotations

import typer

from geo.cli.annex import annex
from geo.cli.catchments import catchments_command
from geo.cli.checking import check
from geo.cli.evaluating import evaluate_command, export
from geo.cli.forecasting import forecast
from geo.cli.national import national
from geo.cli.packing import pack
from geo.cli.reaching import reach
from geo.cli.revising import revise
from geo.cli.serving import app_command
from geo.cli.streets import streets

app = typer.Typer(
    name="cartable",
    help="What changes, for whom and when, if a city changes its school map.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)
app.command()(check)
app.command(name="evaluate")(evaluate_command)
app.command()(forecast)
app.command()(revise)
app.command()(export)
app.command()(pack)
app.command(name="catchments")(catchments_command)
app.command(name="app")(app_command)
app.command()(streets)
app.command()(reach)
app.add_typer(annex, name="annex")
app.add_typer(national, name="national")


def main() -> None:
    """Run the command line."""
    app()
