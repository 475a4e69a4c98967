"""How a block of tissue looks: a colour for each kind of cell, a layer as an image, vessels as lines, a bar for lengths."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from numpy.typing import NDArray

from seedsoil.foundation.errors import StudyError
from seedsoil.show.palette import BLACK, BLUE, DARK, GREEN, GREY, ORANGE, PALE, PURPLE, SKY, VERMILLION, YELLOW
from seedsoil.show.results import words
from seedsoil.tissue.lattice import ALIVE, HOST, PERFUSED, SPROUT, TUMOUR
from seedsoil.tissue.snapshot import CONDITIONS, Snapshot

Colours = Mapping[str, str]

#: What is left of dead cells, of whatever kind.
APOPTOTIC, NECROTIC = GREY, DARK
#: Voxels of vessels, under the lines that tell whether blood flows.
_wall = "#CFE5F3"
#: Three of Tol's muted colours (2021) help where a scene has many kinds of host.
_wine, _indigo, _olive = "#882255", "#332288", "#999933"
_tumours = (VERMILLION, ORANGE, PURPLE, YELLOW)
_hosts = (GREEN, YELLOW, PURPLE, _wine, _indigo, _olive, ORANGE)
_white = (1.0, 1.0, 1.0)


def kind_colours(shot: Snapshot) -> dict[str, str]:
    """Return a colour for each kind of cell.

    Tumours take warm ones, vessels blue, hosts what is left; the commonest host that yields is pale: what all lies in. When the
    colours run out, grey. Use those of the first of several moments for all.
    """
    free: list[str] = []
    colours: dict[str, str] = {}
    counts = shot.counts()
    backdrop = max(
        (kind for kind in shot.kinds if kind.part == "host" and kind.yields),
        key=lambda kind: counts[kind.name], default=None,
    )  # fmt: skip
    for kind in sorted(shot.kinds, key=lambda kind: kind.part != "tumour"):
        if kind.part in {"vessel", "sprout"}:
            colours[kind.name] = BLUE if kind.part == "vessel" else SKY
        elif kind is backdrop:
            colours[kind.name] = PALE
        else:
            wanted = _tumours if kind.part == "tumour" else _hosts
            colours[kind.name] = next((each for each in wanted if each not in free), GREY)
            free.append(colours[kind.name])
    return {kind.name: colours[kind.name] for kind in shot.kinds}


def middle_layer(shot: Snapshot) -> int:
    """Return the layer (along z) with most live tumour cells, the middle one of those alike; the block's middle without any."""
    live = (shot.condition == ALIVE) & (shot.parts[shot.kind] == TUMOUR)
    count = live.sum(axis=(1, 2))
    best = np.flatnonzero(count == count.max())
    return int(best[best.size // 2])


def has_tumour(shot: Snapshot) -> bool:
    """Whether a tumour cell lives in the block."""
    return bool(((shot.condition == ALIVE) & (shot.parts[shot.kind] == TUMOUR)).any())


def known_layer(shot: Snapshot, layer: int | None) -> int:
    """Return a layer of the block, by default `middle_layer`; StudyError if there is no such layer."""
    if layer is None:
        return middle_layer(shot)
    if not 0 <= layer < shot.kind.shape[0]:
        raise StudyError(f"layer: one of the block's {shot.kind.shape[0]}, counted from 0, got {layer}")
    return layer


def painted(shot: Snapshot, layer: int, colours: Colours) -> NDArray[np.float64]:
    """Return a layer as an image (rows, columns, 3): kinds in their colours, dead cells in grey, empty voxels white."""
    inks = [_white]
    inks += [to_rgb(_wall if kind.part == "vessel" else colours[kind.name]) for kind in shot.kinds]
    kind, condition = shot.kind[layer], shot.condition[layer]
    image: NDArray[np.float64] = np.array(inks)[kind]
    for state, ink in ((CONDITIONS.index("apoptotic"), APOPTOTIC), (CONDITIONS.index("necrotic"), NECROTIC)):
        image[(kind > 0) & (condition == state)] = to_rgb(ink)
    return image


def extent(shot: Snapshot) -> tuple[float, float, float, float]:
    """Return where a layer's edges lie: left, right, bottom and top from the block's middle [um]."""
    _, rows, columns = shot.kind.shape
    return -columns * shot.edge / 2.0, columns * shot.edge / 2.0, -rows * shot.edge / 2.0, rows * shot.edge / 2.0


class Segments(NamedTuple):
    """Pieces of vessel that hang together: both ends [um] (segments, 2, 3), and whether blood flows in both."""

    ends: NDArray[np.float64]
    perfused: NDArray[np.bool_]


def segments(shot: Snapshot) -> Segments:
    """Return the links between live pieces of vessel, by growth and by joining."""
    pieces = shot.pieces()
    alive = np.zeros(shot.piece_voxel.size, dtype=bool)
    alive[pieces] = True
    pairs = []
    for links in (shot.piece_parent, shot.piece_joined):
        other = links[pieces]
        linked = other >= 0
        linked[linked] = alive[other[linked]]
        pairs.append(np.stack([pieces[linked], other[linked]], axis=1))
    both = np.concatenate(pairs).astype(np.int64)
    ends = shot.centres(shot.piece_voxel[both]) if both.size else np.zeros((0, 2, 3))
    flags = shot.piece_flags[both] if both.size else np.zeros((0, 2), np.uint8)
    flows = (flags[:, 0] & flags[:, 1] & PERFUSED) > 0
    return Segments(ends, flows)


def draw_layer(
    axes: Axes, shot: Snapshot, layer: int, colours: Colours, at: tuple[float, float] = (0.0, 0.0), ink: float = 1.0
) -> None:
    """Draw a layer's cells and vessels with the block's middle at a place [um]; vessels that cross the layer are dots.

    Lines are ``ink`` times as thick as in a large picture.
    """
    left, right, bottom, top = extent(shot)
    shifted = (left + at[0], right + at[0], bottom + at[1], top + at[1])
    axes.imshow(painted(shot, layer, colours), extent=shifted, origin="lower", interpolation="nearest")
    for flows in (False, True):
        links, places = _vessels(shot, layer, flows)
        axes.add_collection(LineCollection(list(links + np.array(at)), **_line(flows, ink)), autolim=False)
        axes.scatter(
            places[:, 0] + at[0], places[:, 1] + at[1], s=7.0 * ink, facecolor=BLUE if flows else "white", edgecolor=BLUE,
            linewidth=0.6 * ink, zorder=3,
        )  # fmt: skip


def _vessels(shot: Snapshot, layer: int, flows: bool) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what of vessels with or without blood a layer shows [um]: links in it (links, 2, 2), and pieces that cross it (pieces, 2)."""
    z = (layer + 0.5 - shot.kind.shape[0] / 2.0) * shot.edge
    ends, perfused = segments(shot)
    here = (ends[:, :, 2] == z).all(axis=1)
    pieces = shot.pieces()
    places = shot.centres(shot.piece_voxel[pieces])
    lonely = (places[:, 2] == z) & ~_among(places, ends[here].reshape(-1, 3))
    of_flow = ((shot.piece_flags[pieces] & PERFUSED) > 0) == flows
    return ends[here & (perfused == flows)][:, :, :2], places[lonely & of_flow][:, :2]


def _among(places: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether each place is one of the others."""
    known = {tuple(each) for each in others.tolist()}
    return np.array([tuple(each) in known for each in places.tolist()], dtype=bool)


def _line(flows: bool, ink: float) -> dict[str, Any]:
    if flows:
        return {"colors": BLUE, "linewidths": 1.5 * ink, "zorder": 3, "capstyle": "round"}
    return {"colors": BLACK, "linewidths": 0.9 * ink, "zorder": 3, "linestyles": (0, (2.0, 1.2))}


def plain_axes(axes: Axes) -> None:
    """Leave the ticks out: lengths are told by a bar."""
    axes.set_aspect("equal")
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)


def bar_length(width: float) -> float:
    """Return a round length [um], at most a third of a width."""
    most = width / 3.0
    power = 10.0 ** math.floor(math.log10(most))
    return next(step * power for step in (5.0, 2.0, 1.0) if step * power <= most)


def scale_bar(axes: Axes, shot: Snapshot, thickness: float = 0.012) -> None:
    """Draw a bar of a round length at the lower left of a layer, on white; ``thickness`` is a share of the layer's size."""
    left, right, bottom, top = extent(shot)
    length = bar_length(right - left)
    inset, thick = 0.03 * (right - left), thickness * max(top - bottom, right - left)
    axes.text(
        left + inset, bottom + inset + 1.6 * thick, f"{length:g} µm", ha="left", va="bottom", fontsize=9,
        zorder=5, bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5, "alpha": 0.85},
    )  # fmt: skip
    axes.add_patch(
        Rectangle((left + inset, bottom + inset), length, thick, facecolor=BLACK, edgecolor="none", zorder=6)
    )


def key(shots: Sequence[Snapshot], colours: Colours, layer: int) -> list[Any]:
    """Return the entries of a key: the kinds and conditions that are in a layer, voxels without a cell, and its vessels."""
    there, dead, free = set(), set(), False
    for shot in shots:
        kind, condition = shot.kind[layer], shot.condition[layer]
        there |= set(np.unique(kind[condition == ALIVE]).tolist())
        dead |= set(np.unique(condition[kind > 0]).tolist())
        free = free or bool((kind == 0).any())
    found: list[Any] = []
    for part in (TUMOUR, HOST, SPROUT):
        found += [
            Patch(facecolor=colours[kind.name], label=words(kind.title))
            for number, kind in enumerate(shots[0].kinds, 1)
            if number in there and shots[0].parts[number] == part
        ]
    found += [
        Patch(facecolor=ink, label=name.capitalize()) for name, ink in (("apoptotic", APOPTOTIC), ("necrotic", NECROTIC))
        if CONDITIONS.index(name) in dead
    ]  # fmt: skip
    if free:
        found.append(Patch(facecolor="white", edgecolor=GREY, linewidth=0.6, label="No cell"))
    return found + _vessels_key(shots, layer)


def _vessels_key(shots: Sequence[Snapshot], layer: int) -> list[Any]:
    """Return how vessels in a layer and across it are drawn, of those that there are."""
    found: list[Any] = []
    for flows, state in ((True, "perfused"), (False, "not perfused")):
        parts = [_vessels(shot, layer, flows) for shot in shots]
        if any(len(links) for links, _ in parts):
            drawn = (
                {"color": BLUE, "linewidth": 1.5}
                if flows
                else {"color": BLACK, "linewidth": 0.9, "linestyle": (0, (2.0, 1.2))}
            )
            found.append(Line2D([], [], label=f"Vessel, {state}", **drawn))  # type: ignore[arg-type]
        if any(len(places) for _, places in parts):
            fill = BLUE if flows else "white"
            found.append(
                Line2D([], [], linestyle="", marker="o", markersize=4.0, color=BLUE, markerfacecolor=fill,
                       label=f"Vessel across, {state}")
            )  # fmt: skip
    return found


def day_words(shot: Snapshot) -> str:
    """Return when a moment is, in words."""
    return f"Day {round(shot.day, 2):g}"
