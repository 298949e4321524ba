"""The script says what it made, or in one sentence why it did not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "scripts" / "prepare_montpellier.py"


def _run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), *(str(argument) for argument in arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, timeout=300)


def test_a_folder_without_the_files_is_refused_in_one_sentence(tmp_path: Path) -> None:
    done = _run(tmp_path, tmp_path / "out", "--json")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "expected the files of the open data portal of Montpellier" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_no_city_is_not_written_over(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "letters.txt").write_text("dear", encoding="utf-8")
    done = _run(tmp_path, out)
    assert done.returncode == 2
    assert "a folder or file of another kind" in done.stderr
    assert (out / "letters.txt").read_text(encoding="utf-8") == "dear"


@pytest.mark.real
def test_the_summary_is_json_and_nothing_else(real_data: Path, tmp_path: Path) -> None:
    done = _run(real_data / "montpellier", tmp_path / "out", "--json")
    assert done.returncode == 0
    summary = json.loads(done.stdout)
    assert (summary["city"], summary["addresses"], summary["schools"]) == ("montpellier", 36_395, 61)
    assert (tmp_path / "out" / "cities.toml").is_file()
    # Yards of 61 schools: the files have none, 15 cannot be estimated.
    assert (summary["trees"], summary["trees_with_height"], summary["buildings"]) == (23_972, 678, 3_356)
    assert summary["yards"] == 46
    assert summary["yards_left_out"] == {"no-building": 6, "no-code": 7, "too-large": 1, "too-small": 1}
    catalogue = (tmp_path / "out" / "cities.toml").read_text(encoding="utf-8")
    for told in ("Estimation : les fichiers n'ont pas de cours", "678 arbres sur 23972", "15 écoles sans cours"):
        assert told in catalogue
