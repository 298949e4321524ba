"""Scenarios kept and shared: SQLite by default, another database by URL."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from geo.errors import StoreError
from geo.model.scenario import Scenario

_METADATA: Final = sa.MetaData()
_SCENARIOS: Final = sa.Table(
    "scenarios",
    _METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("city", sa.String(64), nullable=False, index=True),
    sa.Column("level", sa.String(32), nullable=False),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("draft", sa.Boolean, nullable=False),
    sa.Column("saved_at", sa.String(32), nullable=False),
    sa.Column("content", sa.Text, nullable=False),
)
_BUSY_S: Final = 15


@dataclass(frozen=True)
class SavedScenario:
    """A scenario as it was kept.

    Attributes
    ----------
    id, version
        What names it in a URL, and how many times it was kept (from 1).
    saved_at
        When, in UTC.
    draft
        Whether it is work in hand that nobody has named yet.
    scenario
        The scenario itself.
    """

    id: str
    version: int
    saved_at: datetime
    draft: bool
    scenario: Scenario


def open_store(place: str | Path) -> sa.Engine:
    """Open the store of scenarios, and make it if it is new.

    Parameters
    ----------
    place
        Path of an SQLite file, or URL of a database such as ``postgresql+psycopg://...``.

    Raises
    ------
    StoreError
        If the database cannot be reached or written.
    """
    url = str(place)
    if "://" not in url:
        url = f"sqlite:///{place}"
    try:
        if url.startswith("sqlite:///"):
            Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(url, connect_args={"timeout": _BUSY_S} if url.startswith("sqlite") else {})
        if engine.dialect.name == "sqlite":
            with engine.connect() as connection:
                # Readers are not kept waiting while someone writes.
                connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        _METADATA.create_all(engine)
    except (sa.exc.SQLAlchemyError, ImportError, OSError) as error:
        msg = f"store of scenarios: expected a database that can be written, got {type(error).__name__} for {place}"
        raise StoreError(msg) from error
    return engine


def save(
    engine: sa.Engine, scenario: Scenario, *, kept: SavedScenario | None = None, draft: bool = False
) -> SavedScenario:
    """Keep `scenario`, as a new one or as the next version of `kept`.

    Earlier versions of a named scenario remain; a draft has only its last one.

    Raises
    ------
    StoreError
        If someone else has kept a version after `kept`, or the database refuses.
    """
    saved = SavedScenario(
        id=kept.id if kept else uuid.uuid4().hex[:12],
        version=kept.version + 1 if kept else 1,
        saved_at=datetime.now(UTC).replace(microsecond=0),
        draft=draft,
        scenario=scenario,
    )
    same = _SCENARIOS.c.id == saved.id
    try:
        with engine.begin() as connection:
            connection.execute(_SCENARIOS.insert().values(**_row(saved)))
            # What was work in hand has now a later version.
            connection.execute(
                _SCENARIOS.delete().where(same, _SCENARIOS.c.draft, _SCENARIOS.c.version < saved.version)
            )
    except sa.exc.IntegrityError as error:
        msg = f"scenario '{scenario.name}' was changed by someone else: reload it, or keep yours under another name"
        raise StoreError(msg) from error
    except sa.exc.SQLAlchemyError as error:
        msg = f"scenario '{scenario.name}' could not be kept: {type(error).__name__}. Check the store of scenarios."
        raise StoreError(msg) from error
    return saved


def load(engine: sa.Engine, scenario_id: str, *, version: int | None = None) -> SavedScenario:
    """Give a scenario that was kept, its last version unless said.

    Raises
    ------
    StoreError
        If there is no such scenario or version, or the database cannot be read.
    """
    wanted = sa.select(_SCENARIOS).where(_SCENARIOS.c.id == scenario_id).order_by(_SCENARIOS.c.version.desc())
    if version is not None:
        wanted = wanted.where(_SCENARIOS.c.version == version)
    row = next(iter(_rows(engine, wanted.limit(1))), None)
    if row is None:
        msg = f"no scenario '{scenario_id}' is kept here: check the link, or open one from the list"
        raise StoreError(msg)
    return _saved(row)


def saved_scenarios(engine: sa.Engine, city: str) -> list[SavedScenario]:
    """Give the last version of each named scenario of a city, the latest first.

    Raises
    ------
    StoreError
        If the database cannot be read.
    """
    last = sa.select(_SCENARIOS.c.id, sa.func.max(_SCENARIOS.c.version).label("version")).group_by(_SCENARIOS.c.id)
    newest = last.subquery()
    wanted = (
        sa.select(_SCENARIOS)
        .join(newest, (newest.c.id == _SCENARIOS.c.id) & (newest.c.version == _SCENARIOS.c.version))
        .where(_SCENARIOS.c.city == city, ~_SCENARIOS.c.draft)
        .order_by(_SCENARIOS.c.saved_at.desc(), _SCENARIOS.c.id)
    )
    return [_saved(row) for row in _rows(engine, wanted)]


def _rows(engine: sa.Engine, wanted: sa.Select[Any]) -> list[sa.RowMapping]:
    try:
        with engine.connect() as connection:
            return list(connection.execute(wanted).mappings())
    except sa.exc.SQLAlchemyError as error:
        msg = f"the store of scenarios could not be read: {type(error).__name__}. Check its file or database."
        raise StoreError(msg) from error


def _row(saved: SavedScenario) -> dict[str, object]:
    return {
        "id": saved.id,
        "version": saved.version,
        "city": saved.scenario.city,
        "level": str(saved.scenario.level),
        "name": saved.scenario.name,
        "draft": saved.draft,
        "saved_at": saved.saved_at.isoformat(),
        "content": saved.scenario.to_json(),
    }


def _saved(row: sa.RowMapping) -> SavedScenario:
    return SavedScenario(
        id=row["id"],
        version=row["version"],
        saved_at=datetime.fromisoformat(row["saved_at"]),
        draft=row["draft"],
        scenario=Scenario.from_json(row["content"], file=f"scenario {row['id']}"),
    )
