"""Files that are written whole or not at all."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pyogrio.errors import DataSourceError

from geo.errors import ExportError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give the name of a file to write beside `path`, which it replaces once all is well.

    Raises
    ------
    ExportError
        If the file cannot be written; then `path` is what it was before.
    """
    draft = path.with_name(f".{path.stem}-{uuid.uuid4().hex[:8]}{path.suffix}")
    try:
        yield draft
        draft.replace(path)
    except (OSError, DataSourceError) as error:
        got = f"{type(error).__name__} ({error})"
        remedy = f"Close it in other programs, or choose another folder than {path.parent}."
        raise ExportError(f"{path.name}: expected a file that can be written, got {got}. {remedy}") from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


@contextmanager
def drafts_within(folder: Path) -> Iterator[Path]:
    """Give a folder for drafts within `folder`; if anything fails, nothing of it stays.

    Raises
    ------
    ExportError
        If the folder, or a file in it, cannot be written.
    """
    fresh = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".draft-", dir=folder) as drafts:
            yield Path(drafts)
    except OSError as error:
        got = f"{type(error).__name__} ({error.strerror})"
        raise ExportError(f"{folder}: expected a folder that can be written, got {got}. Choose another one.") from error
    finally:
        if fresh and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def check_folder(folder: Path) -> None:
    """Find out whether files can be written into a folder, before the work that makes them.

    Raises
    ------
    ExportError
        If not.
    """
    with drafts_within(folder):
        return
