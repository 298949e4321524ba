"""Streets as children walk them, on the real streets of Bondy: classes of road that are not crossed."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.model.network import Network
from geo.model.walking import WalkChoices
from geo.sources.streets_files import read_streets
from geo.territory.network import build_network, snap
from geo.territory.walk_options import unknown_names, walked_streets
from geo.territory.walking.distances import walk_distances

NO_BARRIER = gpd.GeoDataFrame({"kind": [], "name": []}, geometry=[], crs="EPSG:2154").rename_axis("barrier_id")


@pytest.fixture(scope="module")
def streets(real_data: Path) -> gpd.GeoDataFrame:
    return read_streets(real_data / "bondy" / "osm_bondy_2022.osm").table


def _walks(network: Network, streets: gpd.GeoDataFrame, choices: WalkChoices) -> np.ndarray:
    """Give the walks between places 6 m beside the middles of residential streets."""
    walked = walked_streets(network, choices, streets=streets, barriers=NO_BARRIER)
    homes = streets[(streets["road_class"] == "residential") & streets["walkable"]]
    middles = shapely.get_coordinates(shapely.line_interpolate_point(homes.geometry.to_numpy(), 0.5, normalized=True))
    places = snap(walked, middles + np.array([4.0, 4.0]))
    return walk_distances(walked, places, places)


@pytest.mark.real
def test_walks_that_do_not_cross_a_class_of_road_are_longer_or_none(streets: gpd.GeoDataFrame) -> None:
    network = build_network(streets)
    free = _walks(network, streets, WalkChoices())
    avoided = {
        count: _walks(network, streets, WalkChoices(avoid_crossing=("tertiary",), crossing_m=count))
        for count in (50.0, 400.0)
    }
    never = _walks(network, streets, WalkChoices(never_cross=("tertiary",)))
    assert (free <= avoided[50.0] + 1e-6).all()
    assert (avoided[50.0] <= avoided[400.0] + 1e-6).all()
    assert (avoided[400.0] <= never + 1e-6).all()
    # Who needs no crossing walks as before; the others go around or stay.
    assert (never == free).mean() > 0.1
    assert (never > free + 1).mean() > 0.1


@pytest.mark.real
def test_names_are_found_however_they_are_written(streets: gpd.GeoDataFrame) -> None:
    named = streets.loc[streets["street_name"].str.startswith("Avenue"), "street_name"].iloc[0]
    spellings = (named.upper(), named.replace("Avenue", "Av."), "primary")
    known = WalkChoices(never_cross=spellings)
    assert unknown_names(known, streets=streets, barriers=NO_BARRIER) == ()
    lost = WalkChoices(closed=("avenue de Nulle-Part",), avoid_crossing=("railway",))
    assert unknown_names(lost, streets=streets, barriers=NO_BARRIER) == ("avenue de Nulle-Part", "railway")
