"""Pictures of tissue draw each voxel where it is, in its colour, with a unit and a bar; told on a small block known by heart."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb

from seedsoil.foundation.errors import StudyError
from seedsoil.show.palette import BLACK, BLUE, GREY, PALE, VERMILLION, Picture
from seedsoil.show.tissue import block as solid
from seedsoil.show.tissue.block import block_figure
from seedsoil.show.tissue.looks import (
    APOPTOTIC,
    NECROTIC,
    bar_length,
    kind_colours,
    middle_layer,
    painted,
    segments,
)
from seedsoil.show.tissue.slice import outline, slice_figure
from seedsoil.show.tissue.strip import strip_figure
from seedsoil.tissue.lattice import COVERED, GROWN, PERFUSED
from seedsoil.tissue.snapshot import Snapshot
from tests.blocks import kinds, substances
from tests.unit.show.layout import outside, overlaps

_TUMOUR, _VESSEL, _TIP, _HOST = 1, 2, 3, 4


def made(layers: int = 4, day: float = 2.5) -> Snapshot:
    """A block of 6 by 8 voxels a layer: a cube of 8 tumour cells, one dead of want, and a vessel along x with a sprout up y."""
    shape = (layers, 6, 8)
    middle = layers // 2
    kind = np.full(shape, _HOST, np.uint8)
    condition, clone = np.zeros(shape, np.uint8), np.zeros(shape, np.uint32)
    kind[max(middle - 1, 0) : middle + 1, 2:4, 3:5] = _TUMOUR
    condition[middle, 2, 3], condition[middle, 5, 7] = 2, 1
    kind[0, 5, 0] = 0
    kind[middle, 0, :] = _VESSEL
    clone[middle, 0, :] = np.arange(8)
    kind[middle, 1, 4], clone[middle, 1, 4] = _TIP, 8
    flat = np.arange(kind.size).reshape(shape)
    levels = np.stack([np.linspace(0.0, 38.0, kind.size).reshape(shape), np.zeros(shape)]).astype(np.float32)
    return Snapshot(
        step=30, day=day, edge=20.0, kinds=tuple(kinds()), substances=tuple(substances()), mechanisms=("efflux",), kind=kind,
        condition=condition, clone=clone, age=np.zeros(shape, np.float32), programme=None, cell=None, fields=levels,
        clone_bits=np.zeros(1, np.uint32), piece_voxel=np.array([*flat[middle, 0], flat[middle, 1, 4]], np.int32),
        piece_parent=np.array([-1, *range(7), 4], np.int32), piece_joined=np.full(9, -1, np.int32),
        piece_flags=np.array([PERFUSED | COVERED] * 8 + [GROWN], np.uint8),
    )  # fmt: skip


def in_time() -> list[Snapshot]:
    """Five moments: the tumour of the last has lost a layer."""
    shots = [dataclasses.replace(made(), day=float(day), step=12 * day) for day in range(5)]
    kind = shots[-1].kind.copy()
    kind[1][kind[1] == _TUMOUR] = _HOST
    return [*shots[:-1], dataclasses.replace(shots[-1], kind=kind)]


drawings: list[Callable[[], Picture]] = [
    lambda: slice_figure(made()),
    lambda: slice_figure(made(1), "vegf"),
    lambda: block_figure(made()),
    lambda: strip_figure(in_time()),
]


@pytest.mark.parametrize("draw", drawings)
def test_texts_neither_lie_on_each_other_nor_leave_the_page(draw: Callable[[], Picture]) -> None:
    assert overlaps(draw()) == []
    assert outside(draw()) == []


@pytest.mark.parametrize("draw", drawings)
def test_the_same_bytes_numbers_and_a_caption(draw: Callable[[], Picture]) -> None:
    picture = draw()
    assert draw().png() == picture.png()
    assert picture.caption.endswith(".")
    assert len({len(column) for column in picture.table.values()}) == 1
    assert picture.csv().count("\n") > 4


def test_kinds_have_colours_of_their_own() -> None:
    """Tumour warm, vessels blue, the commonest that yields pale, whatever their order; no two alike until they run out."""
    shot = made()
    assert kind_colours(shot)["tumour"] == VERMILLION
    assert (kind_colours(shot)["endothelium"], kind_colours(shot)["parenchyma"]) == (BLUE, PALE)
    for part, enough in (("tumour", 4), ("host", 8)):  # the tumour and the pale one among them
        like = shot.kinds[0].model_copy(update={"part": part, "rules": (), "programme_time": None})
        many = tuple(like.model_copy(update={"name": f"kind{n}"}) for n in range(enough))
        colours = list(kind_colours(dataclasses.replace(shot, kinds=(*shot.kinds, *many))).values())
        assert colours.count(GREY) == 1
        assert len(set(colours)) == len(colours)


def test_each_voxel_has_its_colour() -> None:
    image = painted(made(), 2, kind_colours(made()))
    assert image.shape == (6, 8, 3)
    assert tuple(image[3, 4]) == to_rgb(VERMILLION)
    assert tuple(image[2, 3]) == to_rgb(NECROTIC)
    assert tuple(image[5, 7]) == to_rgb(APOPTOTIC)
    assert tuple(image[4, 0]) == to_rgb(PALE)
    assert tuple(painted(made(), 0, kind_colours(made()))[5, 0]) == (1.0, 1.0, 1.0)


def test_vessels_are_links_between_live_pieces() -> None:
    """Seven along the vessel carry blood, the sprout's does not; a piece that died takes its links with it."""
    links = segments(made())
    assert links.perfused.tolist() == [True] * 7 + [False]
    assert links.ends[0].tolist() == [[-50.0, -50.0, 10.0], [-70.0, -50.0, 10.0]]
    assert links.ends[7].tolist() == [[10.0, -30.0, 10.0], [10.0, -50.0, 10.0]]
    condition = made().condition.copy()
    condition[2, 0, 3] = 1
    assert segments(dataclasses.replace(made(), condition=condition)).perfused.tolist() == [True] * 5 + [False]


def test_a_slice_shows_cells_vessels_and_levels_at_their_places() -> None:
    """Pixel by pixel: catches axes exchanged or turned, another layer, and a colour bar without its unit."""
    shot = made()
    picture = slice_figure(shot, layer=2)
    cells, levels = picture.axes[0], picture.axes[1]
    assert np.array_equal(cells.images[0].get_array(), painted(shot, 2, kind_colours(shot)))
    assert np.array_equal(levels.images[0].get_array(), shot.fields[0, 2])
    for axes in (cells, levels):
        assert axes.images[0].get_extent() == [-80.0, 80.0, -60.0, 60.0]
        assert axes.images[0].origin == "lower"
    wet, dry = (
        [
            lines
            for lines in cells.collections
            if isinstance(lines, LineCollection) and tuple(lines.get_color()[0][:3]) == ink
        ]
        for ink in (to_rgb(BLUE), to_rgb(BLACK))
    )
    assert len(wet[0].get_segments()) == 7
    assert [segment.tolist() for segment in dry[0].get_segments()] == [[[10.0, -30.0], [10.0, -50.0]]]
    assert [text.get_text() for text in cells.texts] == ["50 µm"]
    assert cells.patches[0].get_width() == 50.0
    assert cells.get_title(loc="left") == "Day 2.5, layer 3 of 4"
    assert levels.child_axes[0].get_ylabel() == "oxygen [mmHg]"
    place = [picture.table["x_um"][row] == -10.0 and picture.table["y_um"][row] == -10.0 for row in range(48)].index(
        True
    )
    assert (picture.table["kind"][place], picture.table["condition"][place]) == ("tumour", "necrotic")
    assert picture.table["oxygen"][place] == pytest.approx(float(shot.fields[0, 2, 2, 3]))
    assert "7 live tumour cells" in picture.caption


def test_the_edge_of_the_tumour_is_where_its_voxels_end() -> None:
    """Eight sides about a square of four voxels, at its corners; one more tumour cell at the block's corner has four."""
    shot = made()
    edges = outline(shot, 1)
    assert len(edges) == 8
    assert (edges.min(axis=(0, 1)).tolist(), edges.max(axis=(0, 1)).tolist()) == ([-20.0, -20.0], [20.0, 20.0])
    inside = (np.abs(edges) < 20.0).all(axis=2).any()
    assert not inside
    kind = shot.kind.copy()
    kind[1, 0, 0] = _TUMOUR
    more = outline(dataclasses.replace(shot, kind=kind), 1)
    assert len(more) == 12
    assert more.min(axis=(0, 1)).tolist() == [-80.0, -60.0]
    lines = [each for each in slice_figure(shot).axes[1].collections if isinstance(each, LineCollection)]
    assert [len(each.get_segments()) for each in lines] == [8, 8]


def test_a_vessel_across_the_layer_is_a_dot() -> None:
    """Filled where blood flows; the layer of the vessel itself has none."""
    shot = made()
    across = np.array([shot.piece_voxel[0], shot.piece_voxel[0] - 48], np.int32)
    kind, clone = shot.kind.copy(), shot.clone.copy()
    kind[1, 0, 0], clone[1, 0, 0] = _VESSEL, 1
    turned = dataclasses.replace(
        shot, kind=kind, clone=clone, piece_voxel=across, piece_parent=np.array([-1, 0], np.int32),
        piece_joined=np.full(2, -1, np.int32), piece_flags=np.array([PERFUSED, PERFUSED], np.uint8),
    )  # fmt: skip
    for shown, dots in ((turned, [[-70.0, -50.0]]), (shot, [])):
        axes = slice_figure(shown, layer=2).axes[0]
        offsets = [each.get_offsets().tolist() for each in axes.collections if not isinstance(each, LineCollection)]
        assert [place for places in offsets for place in places] == dots


def test_the_layer_is_the_one_with_most_tumour() -> None:
    shot = made()
    assert middle_layer(shot) == 1  # of layers 1 and 2, the second has a dead cell
    with pytest.raises(StudyError, match="layer: one of the block's 4, counted from 0, got 4"):
        slice_figure(shot, layer=4)
    with pytest.raises(StudyError, match="no substance 'oxigen' in the scene. Did you mean 'oxygen'"):
        slice_figure(shot, "oxigen")


@pytest.mark.parametrize(
    ("width", "length"), [(160.0, 50.0), (599.0, 100.0), (600.0, 200.0), (1500.0, 500.0), (1499.0, 200.0)]
)
def test_the_bar_is_a_round_length_within_a_third(width: float, length: float) -> None:
    assert bar_length(width) == length


def _polygons(picture: Picture) -> list[np.ndarray]:
    from mpl_toolkits.mplot3d.art3d import Poly3DCollection

    (shapes,) = (each for each in picture.axes[0].collections if isinstance(each, Poly3DCollection))
    return [np.asarray(each) for each in shapes._faces]


def test_a_block_shows_the_faces_that_are_seen() -> None:
    """A cube of 2 by 2 by 2 has 24 faces at its own place; half of it 16; each vessel's link is one shape."""
    whole = _polygons(block_figure(made(), cut=False))
    faces = [shape for shape in whole if len(np.unique(shape, axis=0)) == 4]
    assert (len(faces), len(whole) - len(faces)) == (24, 8)
    assert np.min(faces, axis=(0, 1)).tolist() == [-20.0, -20.0, -20.0]
    assert np.max(faces, axis=(0, 1)).tolist() == [20.0, 20.0, 20.0]
    open_ = block_figure(made())
    faces = [shape for shape in _polygons(open_) if len(np.unique(shape, axis=0)) == 4]
    assert len(faces) == 16
    assert np.min(faces, axis=(0, 1)).tolist() == [-20.0, 0.0, -20.0]
    assert len(open_.table["kind"]) == 4
    assert "y < 0) is taken away" in open_.caption
    assert [getattr(open_.axes[0], f"get_{axis}label")() for axis in "xyz"] == ["x [µm]", "y [µm]", "z [µm]"]


def test_many_faces_are_drawn_coarser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solid, "_most_faces", 10)
    picture = block_figure(made(), cut=False)
    assert "One voxel of 2 along each axis is drawn" in picture.caption
    assert len(_polygons(picture)) < 24


def test_a_block_of_one_layer_has_no_depth() -> None:
    with pytest.raises(StudyError, match="one layer has no depth"):
        block_figure(made(1))


def test_a_strip_shows_moments_and_counts() -> None:
    picture = strip_figure(in_time(), most=3)
    above, below = picture.axes
    assert len(above.images) == 3
    assert [text.get_text() for text in above.texts] == ["Day 0", "Day 2", "Day 4", "50 µm"]
    assert [image.get_extent()[0] for image in above.images] == pytest.approx([-80.0, 86.4, 252.8])
    tumour = next(line for line in below.lines if line.get_color() == VERMILLION)
    assert tumour.get_ydata().tolist() == [7.0, 7.0, 7.0, 7.0, 3.0]
    rows = [(day, cells) for day, kind, cells in zip(*picture.table.values(), strict=True) if kind == "tumour"]
    assert rows == [(0.0, 7), (1.0, 7), (2.0, 7), (3.0, 7), (4.0, 3)]
    assert {text.get_text() for text in below.texts} == {"tumour", "endothelium", "tip of a sprout", "parenchyma"}
    assert (below.get_xlabel(), below.get_ylabel()) == ("Days", "Live cells")


def test_a_strip_takes_a_finer_record() -> None:
    counts = {"day": [0.0, 0.5, 4.0], "tumour": [7.0, 9.0, 3.0], "kills": [1.0, 2.0, 3.0]}
    below = strip_figure(in_time(), counts=counts).axes[1]
    (line,) = (line for line in below.lines if line.get_color() == VERMILLION)
    assert (line.get_xdata().tolist(), line.get_ydata().tolist()) == ([0.0, 0.5, 4.0], [7.0, 9.0, 3.0])
    with pytest.raises(StudyError, match="as many numbers as there are days"):
        strip_figure(in_time(), counts={"day": [0.0], "tumour": [1.0, 2.0]})
    with pytest.raises(StudyError, match="needs 'day'"):
        strip_figure(in_time(), counts={"tumour": [1.0, 2.0]})
    with pytest.raises(StudyError, match="at least one moment"):
        strip_figure([])
    with pytest.raises(StudyError, match="of one block"):
        strip_figure([made(), made(1)])


def test_many_kinds_alike_in_number_are_named_apart() -> None:
    """Nine kinds of some hundred cells each: no name on another, none off the page."""
    shot = made()
    many = tuple(shot.kinds[3].model_copy(update={"name": f"kind{n}", "title": f"kind {n}"}) for n in range(6))
    shots = [dataclasses.replace(shot, kinds=(*shot.kinds, *many), day=float(day)) for day in range(2)]
    counts = {"day": [0.0, 1.0]} | {kind.name: [100.0, 100.0 + n] for n, kind in enumerate(shots[0].kinds)}
    picture = strip_figure(shots, counts=counts)
    assert len(picture.axes[1].texts) == 10
    assert overlaps(picture) == outside(picture) == []


def test_nothing_to_draw_is_drawn_plainly() -> None:
    """An empty block without substances or vessels."""
    shot = made()
    bare = dataclasses.replace(
        shot, kind=np.zeros_like(shot.kind), substances=(), fields=shot.fields[:0], piece_voxel=shot.piece_voxel[:0],
        piece_parent=shot.piece_parent[:0], piece_joined=shot.piece_joined[:0], piece_flags=shot.piece_flags[:0],
    )  # fmt: skip
    assert len(slice_figure(bare).axes) == 1
    for picture in (slice_figure(bare), block_figure(bare), strip_figure([bare])):
        assert len(picture.png()) > 1000


def _labels(picture: Picture) -> list[str]:
    assert picture.key is not None
    return [text.get_text() for text in picture.key.get_texts()]


def test_all_that_is_drawn_is_in_the_key() -> None:
    """The edge of the tumour, voxels without a cell, and vessels, also those that only cross the layer, as dots."""
    shot = made()
    assert _labels(slice_figure(shot, layer=2))[-3:] == [
        "Vessel, perfused",
        "Vessel, not perfused",
        "Edge of the tumour",
    ]
    assert "No cell" in _labels(slice_figure(shot, layer=0))
    assert "No cell" not in _labels(slice_figure(shot, layer=1))
    assert not any("Vessel" in label for label in _labels(slice_figure(shot, layer=1)))
    lonely = dataclasses.replace(
        shot, piece_voxel=shot.piece_voxel[:1], piece_parent=np.full(1, -1, np.int32), piece_joined=np.full(1, -1, np.int32),
        piece_flags=np.array([PERFUSED], np.uint8),
    )  # fmt: skip
    assert "Vessel across, perfused" in _labels(slice_figure(lonely, layer=2))
    assert "Vessel across, perfused" in _labels(strip_figure([lonely], layer=2))


def test_a_substance_that_is_nowhere_says_so() -> None:
    """An empty picture with marks from 0 to 1 could be a low level."""
    axes = slice_figure(made(), "vegf").axes[1]
    assert axes.get_title(loc="left").endswith(": none in this layer")
    assert axes.child_axes[0].get_yticks().tolist() == [0.0]
    assert not slice_figure(made(), "oxygen").axes[1].get_title(loc="left").endswith("layer")


def test_the_edge_of_a_large_tumour_leaves_vessels_in_it_out() -> None:
    """One voxel in ten is a vessel: the edge is that of the nodule, within a voxel or two, and hides nothing inside it."""
    rows, columns = np.mgrid[:70, :70]
    nodule = (rows - 35) ** 2 + (columns - 35) ** 2 <= 25**2
    kind = np.where(nodule, _TUMOUR, _HOST).astype(np.uint8)[np.newaxis]
    kind[0, 15:55:3, 15:55:3] = _VESSEL
    shape = kind.shape
    shot = dataclasses.replace(
        made(1), kind=kind, condition=np.zeros(shape, np.uint8), clone=np.zeros(shape, np.uint32),
        age=np.zeros(shape, np.float32), fields=np.zeros((2, *shape), np.float32), piece_voxel=np.zeros(0, np.int32),
        piece_parent=np.zeros(0, np.int32), piece_joined=np.zeros(0, np.int32), piece_flags=np.zeros(0, np.uint8),
    )  # fmt: skip
    edges = outline(shot, 0).mean(axis=1) / shot.edge
    assert np.hypot(edges[:, 0], edges[:, 1]).min() > 23.0
    assert np.hypot(edges[:, 0], edges[:, 1]).max() < 27.0
    assert "smoothed" in slice_figure(shot).caption
    assert "smoothed" not in slice_figure(made()).caption


def test_counts_begin_below_the_least() -> None:
    """Thousands of cells are not drawn on an axis from one cell on."""
    counts = {"day": [0.0, 4.0], "tumour": [2000.0, 9000.0], "parenchyma": [400.0, 300.0]}
    below = strip_figure(in_time(), counts=counts).axes[1]
    assert 50.0 < below.get_ylim()[0] < 300.0
    assert [text.get_text() for text in below.get_yticklabels()] == ["10²", "10³", "10⁴"]


def test_marks_of_two_axes_do_not_meet_in_a_corner() -> None:
    axes = block_figure(made()).axes[0]
    for name in "xyz":
        low, high = getattr(axes, f"get_{name}lim")()
        marks = getattr(axes, f"get_{name}ticks")()
        assert len(marks)
        assert low < min(marks)
        assert max(marks) < high


@pytest.mark.parametrize("layers", [4, 8, 20])
@pytest.mark.parametrize("cut", [True, False])
def test_names_of_axes_in_space_are_on_the_page(layers: int, cut: bool) -> None:
    """Flat blocks, cubes and columns: Matplotlib's layout knows nothing of these names, and they were cut off."""
    assert outside(block_figure(made(layers), cut=cut)) == []
