"""Law W6 on the streets of a real town: the compiled searches give the very bits of the plain ones."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest

from geo.territory.network import build_network, snap
from geo.territory.walking.questions import nearest, prepare, walk_table, within


@pytest.mark.real
def test_walks_in_nantes_are_the_plain_ones(real_data: Path) -> None:
    streets = gpd.read_file(real_data / "nantes" / "bdtopo3_nantes_troncons_route.gpkg").to_crs("EPSG:2154")
    network = build_network(streets)
    rng = np.random.default_rng(11)
    low, high = network.node_xy.min(axis=0), network.node_xy.max(axis=0)
    schools, homes = (snap(network, rng.uniform(low, high, (count, 2))) for count in (12, 400))
    ours, plain = prepare(network), prepare(network, compiled=False)
    table = walk_table(ours, schools, homes)
    assert np.array_equal(table, walk_table(plain, schools, homes))
    assert np.array_equal(nearest(ours, schools).school, nearest(plain, schools).school)
    assert np.isfinite(table).all()
    assert len(within(ours, schools, 800.0, homes=homes).place) == (table <= 800).sum()
