"""The list of commands: each is loaded when it is called, and no other."""

from __future__ import annotations

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from geo.cli.main import COMMANDS, app, loaded


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_of_the_list_is_there_and_explains_itself(name: str) -> None:
    command = loaded(name)
    assert command.name == name
    assert command.help


def test_the_list_says_what_each_command_is_for_and_a_slip_of_the_pen_is_understood() -> None:
    listed = CliRunner().invoke(app, ["--help"])
    assert listed.exit_code == 0
    assert all(name in listed.stdout for name in COMMANDS)
    assert "Did you mean 'check'?" in CliRunner().invoke(app, ["chek"]).output


def test_to_list_the_commands_loads_none_of_the_heavy_libraries() -> None:
    told = (
        "import sys, geo.cli.main; print([name for name in ('pandas', 'matplotlib', 'osmnx') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
