"""Files that are written whole or not at all."""

from __future__ import annotations

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
