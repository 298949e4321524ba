#!/usr/bin/env python3
"""Make the environment of Cartable, run it, test it: ``python scripts/dev.py --help``.

It runs before anything is installed: standard library only, and the grammar of Python 3.6, so that an old Python
reads it and says what is missing.
"""

import sys

OLDEST_PYTHON = (3, 11)


def version_sentence(version: tuple) -> str:
    """What to tell someone who came with this version of Python, empty if it is recent enough."""
    if tuple(version[:2]) >= OLDEST_PYTHON:
        return ""
    return (
        "Il faut Python 3.11 ou plus récent ; ce Python est le {0}.{1}. Installez-le puis recommencez.\n"
        "Python 3.11 or newer is needed; this one is {0}.{1}. Install it (https://www.python.org/downloads/), "
        "then type the same command again."
    ).format(*version)


if version_sentence(sys.version_info):
    sys.exit(version_sentence(sys.version_info))

import argparse
import contextlib
import hashlib
import http.client
import importlib.util
import json
import os
import platform
import re
import shutil
import signal
import socket
import subprocess
import time
import tomllib
from collections import deque
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
HOST = "127.0.0.1"
FIRST_PORT = 8501
LARGEST_FILE_MB = 5

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
CHROMIUM_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
CACHES = (".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".import_linter_cache", "apps/static")
OUT_OF_REACH = (
    "pip n'atteint pas son serveur. Vérifiez réseau, proxy et réglages (pip config list), puis recommencez.",
    "pip cannot reach its index. Check network, proxy and settings (pip config list), then try again.",
)


class StopError(Exception):
    """Something is missing: said in one sentence, in French and in English, and that is the end."""

    def __init__(self, french: str, english: str) -> None:
        super().__init__(f"{french}\n{english}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; gives its exit code."""
    options, extra = _parser().parse_known_args(arguments)
    if extra and not options.takes_extra:
        _parser().error("unknown arguments: " + " ".join(extra))
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")
    try:
        return options.do(options, extra)
    except StopError as stop:
        print(stop, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"Le système refuse : {error}\nThe system refuses: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Cartable: environment, app, tests. Example: dev.py run --port 8600")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, do: object, told: str, *, takes_extra: bool = False) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=told, description=told)
        one.set_defaults(do=do, takes_extra=takes_extra)
        return one

    running = command("run", run, "start the app on the shipped city, or on a city of yours")
    running.add_argument("--port", type=_port, help="port of the app; the next free one if it is taken")
    running.add_argument("--data", metavar="DIR", help="folder of a city")
    running.add_argument("--city", metavar="NAME", help="name of the city within the folder")
    command("test", test, "run every test; further arguments go to pytest", takes_extra=True)
    command("demo", demo, "the whole story in the terminal, the pack of the council in out/", takes_extra=True)
    command("env", env, "only make the environment, in .venv/")
    command("lint", lint, "formatting and rules of writing (ruff)")
    command("types", types, "types of the library (mypy)")
    command("layers", layers, "who may import what (import-linter)")
    command("lock", lock, "make requirements.lock anew (needs uv)")
    command("clean", clean, "remove what can be made again; scenarios and results stay")
    command("sizes", sizes, f"refuse files over {LARGEST_FILE_MB} MB (used before a commit)", takes_extra=True)
    return parser


def _port(text: str) -> int:
    if not 0 < int(text) < 2**16:
        raise ValueError
    return int(text)


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    """Make the end of the terminal or of the service the same as Ctrl-C."""
    raise KeyboardInterrupt


# the commands --------------------------------------------------------------------------------------------------------


def run(options: argparse.Namespace, _extra: list[str]) -> int:
    """Start the app and say where it is."""
    make_env()
    wanted = options.port or FIRST_PORT
    port = free_port(wanted)
    if port != wanted:
        say(f"Le port {wanted} est pris : voici le {port}.", f"Port {wanted} is taken: using {port}.")
    command = [tool("cartable"), "app", "--port", str(port)]
    for name in ("data", "city"):
        if getattr(options, name):
            command += ["--" + name, getattr(options, name)]
    say("Cartable démarre...", "Cartable is starting...")
    return serve(command, port)


def test(_options: argparse.Namespace, extra: list[str]) -> int:
    """Run pytest, with a browser if there is a way to get one."""
    python = make_env()
    browser = find_chromium() or install_chromium(python)
    if not browser:
        say("Ni Chromium ni moyen de l'installer : ses essais sont sautés.", "No Chromium: its tests are skipped.")
    # A file of tests stays in one process: its city is opened and its browser started once.
    at_once = ["-n", "auto", "--maxprocesses", "4", "--dist", "loadfile"]
    return _call([str(python), "-m", "pytest", *at_once, *extra], CARTABLE_CHROMIUM=browser)


def demo(_options: argparse.Namespace, extra: list[str]) -> int:
    """Tell the whole story in the terminal and write the pack."""
    return _call([str(make_env()), "scripts/demo.py", *extra])


def env(_options: argparse.Namespace, _extra: list[str]) -> int:
    """Make the environment and nothing else."""
    make_env()
    return 0


def lint(_options: argparse.Namespace, _extra: list[str]) -> int:
    """Check the formatting and the rules of writing; both are always told."""
    make_env()
    formatting = _call([tool("ruff"), "format", "--check", "."])
    return _call([tool("ruff"), "check", "--output-format", "concise", "."]) or formatting


def types(_options: argparse.Namespace, _extra: list[str]) -> int:
    """Check the types of the library."""
    make_env()
    return _call([tool("mypy")])


def layers(_options: argparse.Namespace, _extra: list[str]) -> int:
    """Check who imports what."""
    make_env()
    return _call([tool("lint-imports"), "--no-logo"])


def lock(_options: argparse.Namespace, _extra: list[str]) -> int:
    """Write the pins and hashes of every dependency, for every Python and system, without the name of an index."""
    uv = shutil.which("uv")
    if not uv:
        raise StopError("Il faut uv pour refaire requirements.lock.", "uv is needed: https://docs.astral.sh/uv/")
    told = (
        "--group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate"
    )
    told += " --fork-strategy requires-python -o requirements.lock"
    code = _call([uv, "pip", "compile", "--quiet", "pyproject.toml", *told.split()])
    if "://" in LOCK.read_text(encoding="utf-8"):
        raise StopError(
            "requirements.lock nomme un serveur : à retirer.", "requirements.lock names a server: take it out."
        )
    return code


def clean(_options: argparse.Namespace, _extra: list[str]) -> int:
    """Remove caches and the environment."""
    for name in (".venv", *CACHES):
        shutil.rmtree(ROOT / name, ignore_errors=True)
    for room in ("geo", "apps", "scripts", "tests", "benchmarks"):
        for cache in (ROOT / room).rglob("__pycache__"):
            shutil.rmtree(cache, ignore_errors=True)
    return 0


def sizes(_options: argparse.Namespace, files: list[str]) -> int:
    """Refuse files that are too large for the history of the repository."""
    large = [name for name in files if Path(name).stat().st_size > LARGEST_FILE_MB * 1e6]
    for name in large:
        print(f"{name}: over {LARGEST_FILE_MB} MB. Third-party data stays out; make the shipped city smaller.")
    return int(bool(large))


# the environment -----------------------------------------------------------------------------------------------------


def make_env() -> Path:
    """Make the environment, or bring it up to date; gives its Python."""
    wanted = wanted_stamp(ROOT)
    python = Path(tool("python"))
    work = work_to_do(wanted, read_stamp(VENV), alive=_starts([str(python), "-c", "pass"]))
    if work == "nothing":
        return python
    started = time.monotonic()
    (VENV / "cartable.json").unlink(missing_ok=True)
    if work == "all":
        _make_venv()
        _install_lock(python)
    _pip(python, ["--quiet", "--no-deps", "--no-build-isolation", "--editable", str(ROOT)])
    (VENV / "cartable.json").write_text(json.dumps(wanted, indent=1), encoding="utf-8")
    seconds = round(time.monotonic() - started)
    say(f"L'environnement .venv est prêt ({seconds} s).", f"The environment .venv is ready ({seconds} s).")
    return python


def wanted_stamp(root: Path) -> dict[str, str]:
    """What an environment depends on: the lock, how the project is installed, the Python and the place."""
    lock_file = root / "requirements.lock"
    if not lock_file.is_file():
        raise StopError("requirements.lock manque : reclonez le dépôt.", "requirements.lock is missing: clone again.")
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    project["tool"] = project.get("tool", {}).get("hatch")
    return {
        "lock": hashlib.sha256(lock_file.read_bytes()).hexdigest(),
        "project": hashlib.sha256(json.dumps(project, sort_keys=True).encode()).hexdigest(),
        "python": f"{sys.implementation.cache_tag} {sys.platform} {platform.machine()}",
        "place": str(root),
    }


def read_stamp(venv: Path) -> dict[str, str]:
    """What an environment was made from; empty if it was not finished."""
    try:
        found = json.loads((venv / "cartable.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def work_to_do(wanted: dict[str, str], found: dict[str, str], *, alive: bool) -> str:
    """Tell how much of an environment has to be made: "all", "project" or "nothing"."""
    if not alive or any(found.get(part) != wanted[part] for part in ("lock", "python", "place")):
        return "all"
    return "nothing" if found.get("project") == wanted["project"] else "project"


def tool(name: str) -> str:
    """Path of a program of the environment."""
    return str(VENV / "Scripts" / f"{name}.exe") if os.name == "nt" else str(VENV / "bin" / name)


def _make_venv() -> None:
    """Make an empty environment in the place of the one that is there."""
    if any(importlib.util.find_spec(module) is None for module in ("venv", "ensurepip")):
        raise StopError(
            "Ce Python n'a pas le module venv. Sous Debian ou Ubuntu : sudo apt install python3-venv",
            "This Python has no venv module. On Debian or Ubuntu: sudo apt install python3-venv",
        )
    # Started from within .venv, the Python that it was made from has to do it: this one is about to go.
    python = getattr(sys, "_base_executable", sys.executable)
    made = subprocess.run([python, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True, check=False)
    if made.returncode:
        reason = (made.stderr or made.stdout).strip().rpartition("\n")[2]
        raise StopError(
            f"Le dossier .venv n'a pas pu être créé ({reason}). Fermez ce qui s'en sert et recommencez.",
            f"The folder .venv could not be made ({reason}). Close what uses it and try again.",
        )


def _install_lock(python: Path) -> None:
    """Install what the lock names, and nothing else."""
    total = len(locked_names(LOCK.read_text(encoding="utf-8")))
    say(
        f"Installation de {total} bibliothèques dans .venv : une à quelques minutes, la première fois seulement.",
        f"Installing {total} libraries into .venv: one to a few minutes, the first time only.",
    )
    _pip(python, ["--require-hashes", "--no-deps", "--requirement", str(LOCK)], total=total)


def locked_names(text: str) -> set[str]:
    """Names of the libraries of a lock; one may be pinned several times, for several Pythons."""
    return set(re.findall(r"^([A-Za-z0-9][\w.-]*)==", text, flags=re.MULTILINE))


def _pip(python: Path, arguments: list[str], *, total: int = 0) -> None:
    """Let pip install something, with the settings that the user gave to pip, and tell how far it is."""
    command = [str(python), "-I", "-m", "pip", "install", "--no-user", "--no-input", "--disable-pip-version-check"]
    output: deque[str] = deque(maxlen=500)
    with subprocess.Popen(
        [*command, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        cwd=ROOT,
    ) as pip:
        for number, name in enumerate(_packages(pip.stdout or (), output), start=1):
            _tell_progress(number, total, name)
    if pip.returncode:
        raise StopError(*why_pip_failed("".join(output)))


def _packages(lines: Iterable[str], output: deque[str]) -> Iterable[str]:
    """Give the name of each library when pip gets to it; keeps the lines, should something go wrong."""
    for line in lines:
        output.append(line)
        found = re.match(r"\s*(?:Collecting ([^=\s]+)==|Processing .*?([^/\\]+?)-\d\S*\.whl)", line)
        if found:
            yield found[1] or found[2]
        elif line.startswith("Installing collected packages"):
            say("\nDépaquetage (une demi-minute environ)...", "Unpacking (about half a minute)...")
        elif "Retrying" in line:
            say("Le serveur de paquets ne répond pas, nouvel essai...", "The package index does not answer, again...")


def _tell_progress(number: int, total: int, name: str) -> None:
    """Rewrite one line of a terminal, or write a line now and then to a file."""
    if sys.stdout.isatty():
        print(f"\r  {number}/{total} {name:<40}", end="", flush=True)
    elif number % 20 == 1:
        print(f"  {number}/{total} {name}", flush=True)


def why_pip_failed(output: str) -> tuple[str, str]:
    """Say in French and in English what pip's output means for the person before it."""
    if re.search(r"No space left on device|Errno 28", output):
        return "Le disque est plein (il faut 2 Go).", "The disk is full (2 GB are needed)."
    if "DO NOT MATCH THE HASHES" in output:
        return (
            "Un fichier téléchargé n'est pas celui de requirements.lock.",
            "A downloaded file is not that of requirements.lock.",
        )
    unreachable = r"Retrying \(|NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError|SSLError|Connection reset"
    if re.search(unreachable + r"|Temporary failure in name resolution|from versions: none", output):
        return OUT_OF_REACH
    errors = [line.strip() for line in output.splitlines() if line.lower().lstrip().startswith("error")]
    reason = errors[-1] if errors else output.strip().rpartition("\n")[2]
    return f"pip n'a pas pu tout installer : {reason}", f"pip could not install everything: {reason}"


# the app -------------------------------------------------------------------------------------------------------------


def free_port(first: int) -> int:
    """First port that nobody listens on, from `first` on."""
    for port in range(first, min(first + 100, 2**16)):
        if _is_free(port):
            return port
    raise StopError(f"Aucun port libre dès {first} : voir --port.", f"No free port from {first} on: see --port.")


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if os.name != "nt":
            # A port that was just closed counts as free, so that the address stays the same after a restart.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def serve(command: list[str], port: int) -> int:
    """Run the app until it ends or Ctrl-C; says its address once it answers."""
    # A group of its own, so that everything the app has started ends with it.
    quiet = {**os.environ, "STREAMLIT_LOGGER_HIDE_WELCOME_MESSAGE": "true"}
    with subprocess.Popen(command, env=quiet, start_new_session=os.name != "nt") as app:
        try:
            while app.poll() is None and not _answers(port):
                time.sleep(0.2)
            if app.poll() is None:
                print(f"\n  Cartable : http://{HOST}:{port}   (Ctrl-C : arrêter / to stop)\n", flush=True)
            return app.wait()
        except KeyboardInterrupt:
            _end(app)
            return 0


def _answers(port: int) -> bool:
    line = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        line.request("GET", "/_stcore/health")
        return line.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def _end(app: subprocess.Popen[bytes]) -> None:
    """End the app and what it has started, first politely."""
    for number in (signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM)):
        with contextlib.suppress(ProcessLookupError):
            if os.name == "nt":
                app.terminate()
            else:
                os.killpg(app.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            app.wait(timeout=5)
            return


# the browser ---------------------------------------------------------------------------------------------------------


def find_chromium() -> str:
    """Path of a Chromium (or Chrome, or Edge) that starts; empty if there is none."""
    named = (os.environ.get("CARTABLE_CHROMIUM"), *map(shutil.which, CHROMIUM_NAMES), *CHROMIUM_PLACES)
    return next((path for path in named if path and _is_browser(path)), "")


def install_chromium(python: Path) -> str:
    """Get a Chromium: Playwright's own if it is there, else the system's package, else Playwright's; empty if none."""
    own = _playwright_chromium(python)
    if own:
        return own
    say("Installation de Chromium pour les essais...", "Installing Chromium for the browser tests...")
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        packages = ["chromium", "fonts-liberation", "fonts-dejavu-core"]
        apt = ["apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
        _call([*apt, "update"], DEBIAN_FRONTEND="noninteractive")
        _call([*apt, "install", "-y", "--no-install-recommends", *packages], DEBIAN_FRONTEND="noninteractive")
        if find_chromium():
            return find_chromium()
    _call([str(python), "-m", "playwright", "install", "chromium"])
    return _playwright_chromium(python)


def _playwright_chromium(python: Path) -> str:
    """Path of the Chromium that Playwright has downloaded; empty if there is none that starts."""
    ask = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
    told = subprocess.run([str(python), "-c", ask], capture_output=True, text=True, check=False)
    path = told.stdout.strip()
    return path if path and _is_browser(path) else ""


def _is_browser(path: str) -> bool:
    # On Windows `--version` would open a window.
    return Path(path).is_file() and (os.name == "nt" or _starts([path, "--version"]))


# small tools ---------------------------------------------------------------------------------------------------------


def say(french: str, english: str) -> None:
    """Tell the person at the terminal something, at once."""
    print(f"{french}\n{english}", flush=True)


def _starts(command: list[str]) -> bool:
    """Whether a program really starts (a file of its name may stand for a package that is not installed)."""
    try:
        return subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _call(command: list[str], **variables: str) -> int:
    """Run a program in the folder of the project; gives its exit code."""
    try:
        return subprocess.run(command, cwd=ROOT, env={**os.environ, **variables}, check=False).returncode
    except FileNotFoundError:
        program = Path(command[0]).name
        raise StopError(f"{program} manque : make clean.", f"{program} is missing: make clean, then again.") from None


if __name__ == "__main__":
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _interrupt)
    sys.exit(main())
