"""A slice through a block of tissue: its cells and vessels, and beside them the level of what diffuses."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray

from seedsoil.foundation.errors import StudyError, did_you_mean, known_words
from seedsoil.show.palette import BLACK, Picture, house_style
from seedsoil.show.tissue.looks import (
    Colours,
    day_words,
    draw_layer,
    extent,
    key,
    kind_colours,
    known_layer,
    plain_axes,
    scale_bar,
)
from seedsoil.tissue.lattice import TUMOUR
from seedsoil.tissue.snapshot import CONDITIONS, Snapshot

#: Perceived brightness rises evenly, with any colour vision (Nuñez and others 2018).
_paint = "cividis"
#: Width of a panel, and room above it [inch].
_wide, _above = 4.3, 0.62
#: White about the edge of the tumour, which is black: to be seen on dark and on bright.
_halo_width = 2.0
_halo = [withStroke(linewidth=_halo_width, foreground="white")]
#: Voxels across a layer from which on its edge is drawn smoothed: that about each vessel would hide what diffuses.
_fine = 60


def slice_figure(
    shot: Snapshot, substance: str | None = None, layer: int | None = None, colours: Colours | None = None
) -> Picture:
    """Draw the cells of a layer, and the level of a substance in it.

    Parameters
    ----------
    shot : Snapshot
    substance : str, optional
        The first of the scene if not given; a scene without one has no second panel.
    layer : int, optional
        Number along z, from 0; the one with most live tumour cells if not given.
    colours : mapping of str to str, optional
        Of each kind, by name; `looks.kind_colours` of this moment if not given.

    Returns
    -------
    Picture
        ``table`` holds x_um, y_um, kind, condition and the level of each voxel of the layer.

    Raises
    ------
    StudyError
        No such layer or substance.
    """
    layer, number = known_layer(shot, layer), _known_substance(shot, substance)
    colours = colours or kind_colours(shot)
    _, rows, columns = shot.kind.shape
    tall = _wide * min(max(rows / columns, 0.2), 1.6)
    handles = key([shot], colours, layer)
    if number is not None and len(outline(shot, layer)):
        handles.append(Line2D([], [], color=BLACK, linewidth=0.8, path_effects=_halo, label="Edge of the tumour"))
    with house_style():
        picture = Picture(
            (2 * _wide + 1.0) if number is not None else _wide + 0.3, tall + _above + 0.2 * -(-len(handles) // 4)
        )
        panels = picture.subplots(1, 1 if number is None else 2, squeeze=False)[0]
        draw_layer(panels[0], shot, layer, colours)
        plain_axes(panels[0])
        scale_bar(panels[0], shot)
        panels[0].set_title(_title(shot, layer), fontsize=11)
        if number is not None:
            _draw_levels(picture, panels[1], shot, layer, number)
        picture.explain(handles, 4 if number is not None else 2)
    picture.caption = _caption(shot, layer, number)
    picture.table = _table(shot, layer, number)
    return picture


def _known_substance(shot: Snapshot, name: str | None) -> int | None:
    """The number of a substance, None if the scene has none."""
    names = [each.name for each in shot.substances]
    if name is None:
        return 0 if names else None
    if name not in names:
        raise StudyError(
            f"no substance {name!r} in the scene.{did_you_mean(name, names)} It has: {known_words(names) or 'none'}."
        )
    return names.index(name)


def _title(shot: Snapshot, layer: int) -> str:
    layers = shot.kind.shape[0]
    return day_words(shot) + (f", layer {layer + 1} of {layers}" if layers > 1 else "")


def _draw_levels(picture: Picture, axes: Any, shot: Snapshot, layer: int, number: int) -> None:
    """Draw the level of a substance, the outline of the tumour on it, and the colours' meaning beside it."""
    noun, levels = shot.substances[number], shot.fields[number, layer]
    top = float(levels.max())
    image = axes.imshow(
        levels, extent=extent(shot), origin="lower", interpolation="nearest", cmap=_paint, vmin=0.0, vmax=top or 1.0
    )
    edges = outline(shot, layer)
    for ink, width in (("white", _halo_width), (BLACK, 0.8)):
        axes.add_collection(LineCollection(list(edges), colors=ink, linewidths=width, capstyle="round"), autolim=False)
    plain_axes(axes)
    axes.set_xlim(*extent(shot)[:2])
    axes.set_ylim(*extent(shot)[2:])
    axes.set_title(noun.title if top > 0.0 else f"{noun.title}: none in this layer", fontsize=11)
    bar = picture.colorbar(image, cax=axes.inset_axes((1.025, 0.0, 0.045, 1.0)))
    bar.set_label(f"{noun.title} [{noun.unit}]")
    bar.outline.set_visible(False)
    if top <= 0.0:
        bar.set_ticks([0.0])


def outline(shot: Snapshot, layer: int) -> NDArray[np.float64]:
    """Return the sides that voxels of the tumour, dead ones too, have in common with others in a layer [um] (sides, 2, 2).

    In a layer of many voxels those count as tumour of which more than half of the neighbourhood are.
    """
    tumour = np.pad(_smoothed(shot.parts[shot.kind[layer]] == TUMOUR), 1)
    left, _, bottom, _ = extent(shot)
    sides = []
    for axis, along in ((0, (1.0, 0.0)), (1, (0.0, 1.0))):
        row, column = np.nonzero(np.diff(tumour, axis=axis))
        start = np.stack([column - (axis == 0), row - (axis == 1)], axis=1).astype(float)
        sides.append(np.stack([start, start + along], axis=1))
    places: NDArray[np.float64] = np.concatenate(sides) * shot.edge + np.array([left, bottom])
    return places


def _reach(shape: tuple[int, ...]) -> int:
    """Return how many voxels to either side are the neighbourhood over which the edge of the tumour is smoothed."""
    return max(shape) // _fine


def _smoothed(tumour: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return of which voxels of a layer more than half of the neighbourhood are tumour."""
    from scipy.ndimage import uniform_filter

    reach = _reach(tumour.shape)
    if not reach:
        return tumour
    most: NDArray[np.bool_] = uniform_filter(tumour.astype(float), 2 * reach + 1, mode="nearest") > 0.5
    return most


def _caption(shot: Snapshot, layer: int, number: int | None) -> str:
    """What the picture shows, in sentences."""
    z = (layer + 0.5 - shot.kind.shape[0] / 2.0) * shot.edge
    counts = shot.counts()
    tumour = sum(counts[kind.name] for kind in shot.kinds if kind.part == "tumour")
    text = (
        f"Cells of a layer at z = {z:g} µm of a block of tissue on day {round(shot.day, 2):g}, {shot.edge:g} µm a voxel; the block has "
        f"{tumour:,} live tumour cells. Dead cells are grey, of whatever kind. Dots are vessels that cross the layer."
    )
    if number is not None:
        text += f" Right: level of {shot.substances[number].title}; the line is the edge of the tumour, dead cells included."
        reach = _reach(shot.kind.shape[1:])
        if reach:
            text += f" It is smoothed: inside is where most of {2 * reach + 1} by {2 * reach + 1} voxels are tumour."
    return text


def _table(shot: Snapshot, layer: int, number: int | None) -> dict[str, list[Any]]:
    """The voxels of the layer that hold a cell."""
    kind, condition = shot.kind[layer].ravel(), shot.condition[layer].ravel()
    here = np.flatnonzero(kind)
    places = shot.centres(here + layer * kind.size)
    table: dict[str, list[Any]] = {
        "x_um": places[:, 0].tolist(),
        "y_um": places[:, 1].tolist(),
        "kind": [shot.kinds[each - 1].name for each in kind[here].tolist()],
        "condition": [CONDITIONS[each] for each in condition[here].tolist()],
    }
    if number is not None:
        table[shot.substances[number].name] = shot.fields[number, layer].ravel()[here].astype(float).tolist()
    return table
