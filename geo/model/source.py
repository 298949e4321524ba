"""Where a figure comes from."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Source(BaseModel):
    """One published or produced data set; travels with the figures to the last page.

    Attributes
    ----------
    tables
        Names of the tables that were made from it.
    publisher, title, vintage, licence
        As the publisher states them; the vintage is the date or year that the data describe.
    url
        Where it can be fetched; empty for a file that was handed over or produced here.
    note
        What a reader must know to use it rightly.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    tables: tuple[str, ...]
    publisher: str
    title: str
    vintage: str
    licence: str
    url: str = ""
    note: str = ""
