"""OpenStreetMap files in PBF written by hand, byte by byte: what is read, what is missing, what is refused in words."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

from geo.council.words import LANGS, fault_text
from geo.errors import GeoError, SourceError
from geo.sources.streets_files import read_streets
from geo.sources.streets_messages import fields, lists, signed, spans, sums
from geo.sources.streets_pbf import ways_of_pbf
from geo.sources.streets_ways import BrokenFileError

WORDS = ("", "building", "highway", "yes", "residential", "name", "Rue de l’Église")
BUILDING, HIGHWAY, YES, RESIDENTIAL, NAME, CHURCH = range(1, 7)
# Nodes of Bondy: number, longitude and latitude [nanodegrees].
NODES = ((1, 2_480_000_000, 48_900_000_000), (2, 2_481_000_000, 48_900_000_100), (3, 2_482_000_000, 48_899_000_000),
         (40, 2_483_000_000, 48_901_000_000))  # fmt: skip
Way = tuple[int, list[int], dict[int, int]]
STREET: Way = (7, [1, 2, 5, 3, 40], {HIGHWAY: RESIDENTIAL, NAME: CHURCH})
HOUSE: Way = (8, [40, 41, 2], {BUILDING: YES})
LANE: Way = (2**33 + 1, [2, 40], {HIGHWAY: YES, BUILDING: YES})


def varint(value: int) -> bytes:
    """Write a number with seven bits a byte; one below zero as the format has it, from two to the power of 64."""
    value, out = value % 2**64, bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def with_sign(value: int) -> int:
    """Put the sign into the last bit."""
    return 2 * value if value >= 0 else -2 * value - 1


def differences(values: Sequence[int]) -> bytes:
    """Write numbers by their differences."""
    return b"".join(varint(with_sign(int(step))) for step in np.diff(values, prepend=0))


def field(number: int, content: bytes | int) -> bytes:
    """Write one field of a message."""
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    return varint(number << 3 | 2) + varint(len(content)) + content


def dense(nodes: Iterable[tuple[int, int, int]]) -> bytes:
    """Write a group of nodes in lists."""
    number, lon, lat = zip(*nodes, strict=True)
    places = [differences([one // 100 for one in part]) for part in (lat, lon)]
    return field(2, field(2, field(1, differences(number)) + field(8, places[0]) + field(9, places[1])))


def ways(own: Iterable[Way]) -> bytes:
    """Write a group of ways."""
    parts = [
        field(1, number)
        + field(2, b"".join(map(varint, tags)))
        + field(3, b"".join(map(varint, tags.values())))
        + field(4, field(1, 3))
        + field(8, differences(refs))
        for number, refs, tags in own
    ]
    return field(2, b"".join(field(3, part) for part in parts))


def block(content: bytes, *, kind: bytes = b"OSMData", packing: int = 3) -> bytes:
    """Write one block; the packing is the number of its field, 1 for none and 3 for zlib."""
    data = zlib.compress(content) if packing == 3 else content
    blob = field(2, len(content)) + field(packing, data)
    head = field(1, kind) + field(3, len(blob))
    return len(head).to_bytes(4, "big") + head + blob


def pbf(*groups: bytes, packing: int = 3) -> bytes:
    """Write a file of a head and one block a group."""
    words = field(1, b"".join(field(1, word.encode()) for word in WORDS))
    blocks = [block(words + group, packing=packing) for group in groups]
    return block(b"", kind=b"OSMHeader") + b"".join(blocks)


def refusal(file: Path) -> str:
    """Give what is said of a file that cannot be read, once it is said in both languages."""
    with pytest.raises(SourceError) as refused:
        read_streets(file)
    assert all(file.name in fault_text(refused.value.fault, lang) for lang in LANGS)
    return str(refused.value)


def test_streets_have_their_numbers_their_tags_and_the_places_of_their_nodes() -> None:
    read = ways_of_pbf(pbf(dense(NODES), ways([STREET, HOUSE, LANE])), ("name", "highway", "foot"))
    assert read.number.tolist() == [7, 2**33 + 1]
    assert read.first.tolist() == [0, 5, 7]
    assert read.there.tolist() == [True, True, False, True, True, True, True]
    assert read.tags.tolist() == [["Rue de l’Église", "residential", None], [None, "yes", None]]
    assert read.lonlat[[0, 1, 4]].tolist() == [[2.48, 48.9], [2.481, 48.9000001], [2.483, 48.901]]


def test_the_order_of_nodes_and_ways_their_packing_and_their_blocks_do_not_matter() -> None:
    one = ways_of_pbf(pbf(dense(NODES), ways([STREET, LANE])), ("name",))
    others = [
        pbf(ways([STREET, LANE]), dense(NODES)),
        pbf(dense(NODES), ways([STREET, LANE]), packing=1),
        pbf(dense(NODES[2:]), dense(NODES[:2]), ways([STREET]), ways([LANE])),
        pbf(dense(NODES) + ways([STREET, LANE])),
    ]
    for other in others:
        read = ways_of_pbf(other, ("name",))
        assert np.array_equal(read.lonlat, one.lonlat, equal_nan=True)
        assert (read.number.tolist(), read.tags.tolist()) == (one.number.tolist(), one.tags.tolist())


def test_nodes_one_by_one_and_places_counted_from_elsewhere_are_the_same_places() -> None:
    step, east, north = 1000, -7_000_000_000, 3_000_000_000
    own = [
        field(1, field(1, with_sign(number)) + field(8, with_sign((lat - north) // 100)) + field(9, (lon - east) // 50))
        for number, lon, lat in NODES
    ]
    near = field(2, b"".join(own)) + field(19, north) + field(20, east)
    coarse = [(number, lon // 1000 * 100, lat // 1000 * 100) for number, lon, lat in NODES]
    for group, error in ((near, 1e-12), (dense(coarse) + field(17, step), 1.1e-6)):
        read = ways_of_pbf(pbf(group, ways([LANE])), ())
        assert np.abs(read.lonlat - [[2.481, 48.9000001], [2.483, 48.901]]).max() < error


def test_fields_of_a_later_version_are_stepped_over() -> None:
    fixed = varint(15 << 3 | 1) + b"12345678" + varint(300 << 3 | 5) + b"1234"
    way = field(1, 9) + fixed + field(2, varint(HIGHWAY)) + field(3, varint(YES)) + field(8, differences([1, 2]))
    read = ways_of_pbf(pbf(dense(NODES), field(2, field(3, way)) + fixed), ("highway",))
    assert (read.number.tolist(), read.tags.tolist(), read.there.all()) == ([9], [["yes"]], True)


def test_a_street_ends_where_a_node_is_missing_and_goes_on_behind(tmp_path: Path) -> None:
    file = tmp_path / "clipped.osm.pbf"
    file.write_bytes(pbf(dense(NODES), ways([STREET, LANE, (9, [1, 99], {HIGHWAY: YES})])))
    read = read_streets(file)
    assert list(read.table.index) == ["7.1", "7.2", str(2**33 + 1)]
    assert (read.report.references, read.report.missing_references, read.report.lost_streets) == (9, 2, 1)
    assert read.table["street_name"].tolist() == ["Rue de l’Église", "Rue de l’Église", ""]


def test_a_file_cut_anywhere_is_refused_in_words(tmp_path: Path) -> None:
    file, whole = tmp_path / "cut.osm.pbf", pbf(dense(NODES), ways([STREET]))
    # Cut between two blocks, the file is a whole one, without streets.
    for end in set(range(20, len(whole))) - {len(pbf()), len(pbf(dense(NODES)))}:
        with pytest.raises(BrokenFileError, match="end within a block"):
            ways_of_pbf(whole[:end], ())
        if end % 40 == 0:
            file.write_bytes(whole[:end])
            assert "got" in refusal(file)


@pytest.mark.parametrize("packing", [1, 3])
def test_a_damaged_file_is_read_or_refused_and_never_breaks_the_program(packing: int, tmp_path: Path) -> None:
    rng, file = np.random.default_rng(3), tmp_path / "damaged.osm.pbf"
    whole = np.frombuffer(pbf(dense(NODES), ways([STREET, HOUSE, LANE]), packing=packing), dtype=np.uint8)
    refused = 0
    for _ in range(60):
        damaged = whole.copy()
        damaged[rng.integers(40, len(whole), 2)] = rng.integers(0, 256, 2)
        file.write_bytes(damaged.tobytes())
        try:
            read_streets(file, crs="EPSG:3857")
        except GeoError:
            refused += 1
    assert refused > (50 if packing == 3 else 4)


def test_a_file_packed_in_another_way_is_refused_with_the_way_out(tmp_path: Path) -> None:
    file = tmp_path / "lz4.osm.pbf"
    file.write_bytes(pbf(dense(NODES), ways([STREET]), packing=6))
    assert "osmium cat" in refusal(file)


def test_messages_read_all_at_once_are_those_read_one_by_one() -> None:
    rng = np.random.default_rng(5)
    numbers = [[int(rng.integers(0, 2 ** rng.integers(1, 60))) for _ in range(rng.integers(0, 9))] for _ in range(50)]
    packed = [b"".join(map(varint, own)) for own in numbers]
    messages = [field(1, row) + field(9, 5) + (field(4, part) if row % 3 else b"") for row, part in enumerate(packed)]
    view = np.frombuffer(b"".join(messages), dtype=np.uint8)
    end = np.cumsum([len(message) for message in messages])
    begin = end - [len(message) for message in messages]
    found = spans(view, (begin, end), (1, 4))
    assert found[1][0].tolist() == list(range(50))
    read, first = lists(view, found[4])
    assert read.tolist() == [number for row, own in enumerate(numbers) if row % 3 for number in own]
    assert np.diff(first).tolist() == [len(own) if row % 3 else 0 for row, own in enumerate(numbers)]
    one_by_one = [tuple(fields(view.tobytes(), span)) for span in zip(begin.tolist(), end.tolist(), strict=True)]
    assert [{number: at for number, at, _ in own}[1] for own in one_by_one] == list(range(50))
    assert [len(own) for own in one_by_one] == [3 if row % 3 else 2 for row in range(50)]


def test_running_sums_begin_anew_in_each_list() -> None:
    steps = signed(np.array([with_sign(step) for step in (5, -3, 4, 2**40, -1)]))
    assert steps.tolist() == [5, -3, 4, 2**40, -1]
    assert sums(steps, np.array([0, 0, 2, 2, 5])).tolist() == [5, 2, 4, 2**40 + 4, 2**40 + 3]


@pytest.mark.real
def test_the_lines_of_a_real_file_are_those_of_another_reader(real_data: Path) -> None:
    file = real_data / "networks" / "helsinki.osm.pbf"
    meta, _, shapes, columns = pyogrio.raw.read(file, layer="lines", where="highway IS NOT NULL")
    theirs = dict(zip(columns[list(meta["fields"]).index("osm_id")], shapely.from_wkb(shapes), strict=True))
    ours = ways_of_pbf(file.read_bytes(), ("highway", "area"))
    assert (~ours.there).any(), "cut out of a larger one"
    parts = {
        str(number): ours.lonlat[start:end][ours.there[start:end]]
        for number, start, end in zip(ours.number, ours.first, ours.first[1:], strict=False)
    }
    assert set(theirs) <= set(parts)
    # The other reader takes closed streets that may be squares for surfaces.
    squares = {str(number) for number, (_, area) in zip(ours.number, ours.tags, strict=True) if area == "yes"}
    others = {number: part for number, part in parts.items() if number not in theirs}
    assert all(number in squares or len(part) < 2 or (part[0] == part[-1]).all() for number, part in others.items())
    assert len(others) < 0.1 * len(parts)
    assert all(np.array_equal(parts[number], shapely.get_coordinates(line)) for number, line in theirs.items())
