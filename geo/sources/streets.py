"""Streets asked from OpenStreetMap online, through osmnx: the only place that knows it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import osmnx
import requests
from osmnx._errors import InsufficientResponseError, ResponseStatusCodeError

from geo.errors import SourceError
from geo.sources.streets_files import DEFAULT_CRS
from geo.sources.streets_graphs import streets_of_graph
from geo.sources.streets_rules import OSM_COLUMNS
from geo.sources.streets_weaving import Streets, check_crs, weave

_ALL_STREETS: Final = '["highway"]'


def download_streets(place: str, *, crs: str = DEFAULT_CRS) -> Streets:
    """Ask OpenStreetMap for the streets of a place, and judge them by the rules of a file.

    Parameters
    ----------
    place
        The place as one would write it in a search, such as ``Bondy, France``.
    crs
        Projected CRS in metres of the table.

    Raises
    ------
    SourceError
        If the service cannot be reached, does not know the place, or its streets lie outside the CRS.
    NetworkError
        If no street can be walked.
    """
    check_crs(crs)
    with _settings():
        try:
            graph = osmnx.graph_from_place(place, simplify=False, retain_all=True, custom_filter=_ALL_STREETS)
        except (InsufficientResponseError, TypeError, ValueError) as error:
            raise _refused(place, f"no area with streets ({error})", "Write the place with its country.") from error
        except (ResponseStatusCodeError, requests.RequestException) as error:
            remedy = "Try again later, or read a file of streets instead."
            raise _refused(place, f"no answer from the service ({type(error).__name__})", remedy) from error
    return weave(streets_of_graph(graph, place), crs)


def _refused(place: str, got: str, remedy: str) -> SourceError:
    return SourceError(place, expected="the streets of this place from OpenStreetMap", got=got, remedy=remedy)


@contextmanager
def _settings() -> Iterator[None]:
    """Ask for the tags that the rules read, and keep nothing in the folder where one works; as before afterwards."""
    settings = osmnx.settings
    tags, cache = settings.useful_tags_way, settings.use_cache
    settings.useful_tags_way, settings.use_cache = sorted({*tags, *OSM_COLUMNS}), False
    try:
        yield
    finally:
        settings.useful_tags_way, settings.use_cache = tags, cache
