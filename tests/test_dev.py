"""The command that makes the environment and starts everything: what it decides, without a network."""

from __future__ import annotations

import ast
import shutil
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts import dev

DEV = Path(dev.__file__)
STAMP = {"lock": "a", "project": "b", "python": "cpython-311 linux x86_64", "place": "/home/someone/cartable"}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Give a folder with the two files that an environment depends on."""
    for name in ("requirements.lock", "pyproject.toml"):
        shutil.copy(dev.ROOT / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def taken_port() -> Iterator[int]:
    """Give a port that a program listens on."""
    with socket.create_server((dev.HOST, 0)) as server:
        yield server.getsockname()[1]


# the version of Python


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 6, 15), (3, 10, 13)])
def test_an_old_python_is_told_which_one_is_needed_in_both_languages(version: tuple[int, int, int]) -> None:
    french, english = dev.version_sentence(version).splitlines()
    assert "Il faut Python 3.11" in french
    assert "Python 3.11 or newer" in english
    assert f"{version[0]}.{version[1]}" in english


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 13, 2), (4, 0, 0)])
def test_a_recent_python_is_told_nothing(version: tuple[int, int, int]) -> None:
    assert dev.version_sentence(version) == ""


def test_an_old_python_can_read_the_file_that_tells_it() -> None:
    ast.parse(DEV.read_text(encoding="utf-8"), feature_version=(3, 6))


def test_the_version_is_looked_at_before_anything_else_is_imported() -> None:
    body = ast.parse(DEV.read_text(encoding="utf-8")).body
    check = next(number for number, node in enumerate(body) if isinstance(node, ast.If))
    earlier = [node for node in body[:check] if isinstance(node, (ast.Import, ast.ImportFrom))]
    assert [ast.unparse(node) for node in earlier] == ["import sys"]


def test_only_the_standard_library_is_imported() -> None:
    tree = ast.parse(DEV.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


# the port


def test_a_port_that_is_taken_gives_the_next_free_one(taken_port: int) -> None:
    port = dev.free_port(taken_port)
    assert taken_port < port < taken_port + 100
    with socket.create_server((dev.HOST, port)):
        pass


def test_a_free_port_is_kept(taken_port: int) -> None:
    free = dev.free_port(taken_port)
    assert dev.free_port(free) == free


def test_a_port_that_was_just_closed_is_free_again() -> None:
    with socket.create_server((dev.HOST, 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection((dev.HOST, port)) as client:
            server.accept()[0].close()
            client.recv(1)
    assert dev.free_port(port) == port


def test_no_free_port_ends_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "_is_free", lambda _port: False)
    with pytest.raises(dev.StopError, match="No free port from 8501 on"):
        dev.free_port(8501)


@pytest.mark.parametrize("port", ["0", "65536", "-1", "many"])
def test_a_number_that_is_no_port_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        dev.main(["run", "--port", port])
    assert end.value.code == 2
    assert "--port" in capsys.readouterr().err


# the environment


def test_an_environment_that_is_up_to_date_is_left_alone() -> None:
    assert dev.work_to_do(STAMP, dict(STAMP), alive=True) == "nothing"


def test_an_environment_whose_python_does_not_start_is_made_anew() -> None:
    assert dev.work_to_do(STAMP, dict(STAMP), alive=False) == "all"


def test_an_environment_that_was_not_finished_is_made_anew() -> None:
    assert dev.work_to_do(STAMP, {}, alive=True) == "all"


@pytest.mark.parametrize("part", ["lock", "python", "place"])
def test_another_lock_or_python_or_place_makes_the_environment_anew(part: str) -> None:
    assert dev.work_to_do(STAMP, STAMP | {part: "another"}, alive=True) == "all"


def test_another_way_to_install_the_project_installs_only_the_project() -> None:
    assert dev.work_to_do(STAMP, STAMP | {"project": "another"}, alive=True) == "project"


def test_the_stamp_follows_the_lock(copy: Path) -> None:
    before = dev.wanted_stamp(copy)
    (copy / "requirements.lock").write_text("numpy==1\n", encoding="utf-8")
    after = dev.wanted_stamp(copy)
    assert {part for part in before if before[part] != after[part]} == {"lock"}


def test_the_stamp_follows_the_dependencies_but_not_the_settings_of_the_tools(copy: Path) -> None:
    before, file = dev.wanted_stamp(copy), copy / "pyproject.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("line-length = 110", "line-length = 99"), encoding="utf-8")
    assert dev.wanted_stamp(copy) == before
    file.write_text(text.replace("dependencies = [", 'dependencies = ["another",', 1), encoding="utf-8")
    assert dev.wanted_stamp(copy)["project"] != before["project"]


def test_a_missing_lock_ends_in_a_sentence(copy: Path) -> None:
    (copy / "requirements.lock").unlink()
    with pytest.raises(dev.StopError) as stop:
        dev.wanted_stamp(copy)
    french, english = str(stop.value).splitlines()
    assert "requirements.lock manque" in french
    assert "requirements.lock is missing" in english


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", "null"])
def test_a_stamp_that_cannot_be_read_counts_as_none(text: str, tmp_path: Path) -> None:
    (tmp_path / "cartable.json").write_text(text, encoding="utf-8")
    assert dev.read_stamp(tmp_path) == {}


def test_a_folder_without_a_stamp_counts_as_not_finished(tmp_path: Path) -> None:
    assert dev.read_stamp(tmp_path / "absent") == {}


def test_a_library_with_several_pins_counts_once() -> None:
    text = "numpy==2.4 ; python_full_version < '3.12' \\\n    --hash=sha256:aa==\nnumpy==2.5 \\\nzope.x==1\n# six==1\n"
    assert dev.locked_names(text) == {"numpy", "zope.x"}


def test_a_python_without_venv_is_told_the_package_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev.importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(dev.StopError, match="apt install python3-venv"):
        dev._make_venv()  # noqa: SLF001 - the whole of it would make an environment


# what pip says


def test_each_library_is_named_as_pip_gets_to_it_and_everything_is_kept() -> None:
    lines = [
        "Collecting numpy==2.4 (from -r requirements.lock (line 1))\n",
        "  Downloading numpy-2.4-cp311-cp311-linux_x86_64.whl (18 MB)\n",
        "Processing /a folder/django_js_lib_leaflet-1.9.4-py3-none-any.whl (from -r requirements.lock)\n",
    ]
    kept: deque[str] = deque()
    assert list(dev._packages(lines, kept)) == ["numpy", "django_js_lib_leaflet"]  # noqa: SLF001
    assert list(kept) == lines


@pytest.mark.parametrize(
    ("output", "told"),
    [
        ("WARNING: Retrying (Retry(total=4)) after connection broken by 'NewConnectionError'", "cannot reach"),
        ("ERROR: Could not find a version that satisfies numpy (from versions: none)", "cannot reach"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "is not that of"),
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk is full"),
        (
            "Collecting x\n  error: subprocess failed\n\nERROR: Failed to build x\n",
            "everything: ERROR: Failed to build x",
        ),
        ("something\nnever seen\n", "everything: never seen"),
    ],
)
def test_what_pip_says_is_put_in_one_sentence(output: str, told: str) -> None:
    french, english = dev.why_pip_failed(output)
    assert told in english
    assert french
    assert "\n" not in french + english


# the commands


def test_a_command_takes_no_arguments_that_it_does_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        dev.main(["env", "--fast"])
    assert end.value.code == 2
    assert "--fast" in capsys.readouterr().err


def test_something_missing_ends_in_a_sentence_and_an_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    assert dev.main(["env"]) == 1
    told = capsys.readouterr().err
    assert "requirements.lock is missing" in told
    assert "Traceback" not in told


def test_a_file_over_the_limit_is_refused_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small, large = tmp_path / "small.csv", tmp_path / "large.gpkg"
    small.write_bytes(b"a")
    large.write_bytes(bytes(dev.LARGEST_FILE_MB * 1_000_000 + 1))
    assert dev.main(["sizes", str(small)]) == 0
    assert dev.main(["sizes", str(small), str(large)]) == 1
    assert capsys.readouterr().out.startswith(str(large))


def test_an_app_that_fails_at_once_gives_its_exit_code(taken_port: int) -> None:
    assert dev.serve([sys.executable, "-c", "raise SystemExit(3)"], dev.free_port(taken_port)) == 3


@pytest.mark.skipif(sys.platform == "win32", reason="asking a browser for its version would open a window there")
def test_a_browser_that_does_not_start_is_not_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    broken.chmod(0o755)
    monkeypatch.setenv("CARTABLE_CHROMIUM", str(broken))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(dev, "CHROMIUM_PLACES", ())
    assert dev.find_chromium() == ""


def test_a_lock_names_no_server() -> None:
    assert "://" not in dev.LOCK.read_text(encoding="utf-8")


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_is_told_apart_from_the_python_that_is_missing() -> None:
    told = subprocess.run(
        [str(shutil.which("make")), "env", "PYTHON=/no/such/python"],
        cwd=dev.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode != 0
    assert "Python 3.11 or newer is needed" in told.stderr
