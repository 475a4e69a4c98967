"""A block of tissue in space, cut open: the faces of the tumour that are seen, and the vessels about it and in it."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray

from seedsoil.foundation.errors import StudyError
from seedsoil.show.palette import BLACK, BLUE, DARK, Picture, house_style
from seedsoil.show.results import words
from seedsoil.show.tissue.looks import APOPTOTIC, NECROTIC, Colours, day_words, kind_colours, segments
from seedsoil.tissue.lattice import ALIVE, TUMOUR
from seedsoil.tissue.snapshot import CONDITIONS, Snapshot

#: The most faces that are drawn one by one; of more, blocks of 2, 3, ... voxels are drawn as one.
_most_faces = 25_000
#: How bright a face is that looks along x, y and z: as by a light from above.
_light = (0.70, 0.86, 1.0)
#: Share of an axis at either end without marks.
_corner = 0.06
#: Turn of the eye about z, and its height [degrees]; what lies at y < 0 is before the cut.
_eye = (-62.0, 24.0)


def block_figure(shot: Snapshot, *, cut: bool = True, colours: Colours | None = None) -> Picture:
    """Draw the tumour and the vessels of a block in space.

    Parameters
    ----------
    shot : Snapshot
        Of more than one layer.
    cut : bool
        Take the half before the middle (y below 0) away, so that the inside is seen.
    colours : mapping of str to str, optional
        Of each kind, by name; `looks.kind_colours` of this moment if not given.

    Returns
    -------
    Picture
        ``table`` holds x_um, y_um, z_um, kind and condition of each tumour cell of which a face is seen.

    Raises
    ------
    StudyError
        If the block is one layer.
    """
    if min(shot.kind.shape) < 2:
        raise StudyError("a block of one layer has no depth that could be drawn; draw its slice")
    colours = colours or kind_colours(shot)
    there = (shot.parts[shot.kind] == TUMOUR) & (shot.kind > 0)
    if cut:
        there[:, : shot.kind.shape[1] // 2] = False
    inks = _inks(shot, colours)
    faces, tints, coarse = _faces(shot, there, inks)
    links = segments(shot)
    seen = (links.ends[:, :, 1] >= 0.0).all(axis=1) if cut else np.ones(len(links.ends), dtype=bool)
    with house_style():
        picture = Picture(7.4, 5.6)
        axes: Any = _space(picture, shot, cut)
        _draw(axes, faces, tints, links.ends[seen], links.perfused[seen])
        axes.set_title(day_words(shot), fontsize=11, loc="left", y=0.98)
        picture.explain(_key(shot, there, colours, links.perfused[seen]), 4)
        # Names of axes in space find their place only when drawn; the room that they need is known after that.
        picture.draw_without_rendering()
    picture.caption = _caption(shot, cut, coarse)
    picture.table = _table(shot, there)
    return picture


def _inks(shot: Snapshot, colours: Colours) -> NDArray[np.float64]:
    """A colour for each voxel (z, y, x, 3), of tumours and what is left of them."""
    inks = np.array([(1.0, 1.0, 1.0), *(to_rgb(colours[kind.name]) for kind in shot.kinds)])[shot.kind]
    for name, ink in (("apoptotic", APOPTOTIC), ("necrotic", NECROTIC)):
        inks[shot.condition == CONDITIONS.index(name)] = to_rgb(ink)
    return inks


def _faces(
    shot: Snapshot, there: NDArray[np.bool_], inks: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], int]:
    """The faces between a tumour's voxels and others: corners [um] (faces, 4, 3), colours, and voxels drawn as one."""
    coarse = 1
    while True:
        part = there[::coarse, ::coarse, ::coarse]
        corners, tints = _faces_of(part, inks[::coarse, ::coarse, ::coarse])
        if len(corners) <= _most_faces:
            break
        coarse += 1
    middle = np.array(shot.kind.shape[::-1]) / 2.0
    return (corners * coarse - middle) * shot.edge, tints, coarse


def _faces_of(there: NDArray[np.bool_], inks: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Corners x, y, z [voxels from the corner of the block] and colours of all faces of voxels that are seen."""
    around, corners, tints = np.pad(there, 1), [], []
    for axis in range(3):
        unit = np.eye(3, dtype=int)[axis]
        across = [np.eye(3)[other] for other in range(3) if other != axis]
        for way in (-1, 1):
            neighbour = np.roll(around, -way, axis)[1:-1, 1:-1, 1:-1]
            voxels = np.argwhere(there & ~neighbour)
            start = voxels + (unit if way > 0 else 0)
            square = [start, start + across[0], start + across[0] + across[1], start + across[1]]
            corners.append(np.stack(square, axis=1)[:, :, ::-1].astype(float))
            tints.append(inks[tuple(voxels.T)] * _light[2 - axis])
    return np.concatenate(corners), np.concatenate(tints)


def _space(picture: Picture, shot: Snapshot, cut: bool) -> Any:
    """Axes in space, as wide as what is drawn of the block, in micrometres from its middle."""
    from mpl_toolkits.mplot3d.axes3d import Axes3D

    axes = Axes3D(picture, computed_zorder=False, azim=_eye[0], elev=_eye[1])
    picture.add_axes(axes)
    axes.set_subplotspec(picture.add_gridspec(1, 1)[0])
    reach = {name: size * shot.edge / 2.0 for name, size in zip("xyz", shot.kind.shape[::-1], strict=True)}
    ends = {name: (0.0 if cut and name == "y" else -far, far) for name, far in reach.items()}
    axes.set_box_aspect([last - first for first, last in ends.values()], zoom=1.0)
    for name, (first, last) in ends.items():
        getattr(axes, f"set_{name}lim")(first, last)
        getattr(axes, f"set_{name}label")(f"{name} [µm]", labelpad=5.0)
        axis = getattr(axes, f"{name}axis")
        axis.set_pane_color((0.965, 0.965, 0.965, 1.0))
        axis._axinfo["grid"].update(color="#E0E0E0", linewidth=0.6)
        step = _tick_step(last - first)
        marks = np.arange(np.ceil(first / step) * step, last + 0.01 * step, step)
        # At a corner the marks of two axes would lie on each other.
        inside = (marks > first + _corner * (last - first)) & (marks < last - _corner * (last - first))
        getattr(axes, f"set_{name}ticks")(marks[inside])
        axes.tick_params(axis=name, labelsize=8.5, pad=1.0, colors=DARK)
    return axes


def _tick_step(size: float) -> float:
    """A round distance of ticks [um], of which a block has some three to six."""
    return next(step for step in (20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0, size) if size / step <= 5.5)


def _draw(
    axes: Any,
    faces: NDArray[np.float64],
    tints: NDArray[np.float64],
    ends: NDArray[np.float64],
    perfused: NDArray[np.bool_],
) -> None:
    """Draw faces and vessels together, the farthest first: a vessel is a face without width, so that it can lie behind one."""
    from mpl_toolkits.mplot3d.art3d import Poly3DCollection

    lines = ends[:, [0, 1, 1, 0]] if len(ends) else np.zeros((0, 4, 3))
    of_lines = np.where(perfused[:, np.newaxis], to_rgb(BLUE), to_rgb(BLACK))
    shapes = np.concatenate([faces, lines])
    if not len(shapes):
        return
    inks = np.concatenate([tints, of_lines])
    axes.add_collection3d(
        Poly3DCollection(list(shapes), facecolors=inks, edgecolors=inks, linewidths=0.9), autolim=False
    )


def _key(shot: Snapshot, there: NDArray[np.bool_], colours: Colours, perfused: NDArray[np.bool_]) -> list[Any]:
    """The kinds, conditions and vessels that are drawn."""
    live = set(np.unique(shot.kind[there & (shot.condition == ALIVE)]).tolist())
    dead = set(np.unique(shot.condition[there]).tolist())
    found: list[Any] = [
        Patch(facecolor=colours[kind.name], label=words(kind.title))
        for number, kind in enumerate(shot.kinds, 1)
        if number in live
    ]
    for name, ink in (("apoptotic", APOPTOTIC), ("necrotic", NECROTIC)):
        if CONDITIONS.index(name) in dead:
            found.append(Patch(facecolor=ink, label=name.capitalize()))
    for flows, ink, label in ((True, BLUE, "Vessel, perfused"), (False, BLACK, "Vessel, not perfused")):
        if (perfused == flows).any():
            found.append(Line2D([], [], color=ink, linewidth=1.2, label=label))
    return found


def _caption(shot: Snapshot, cut: bool, coarse: int) -> str:
    """What the picture shows, in sentences."""
    counts = shot.counts()
    tumour = sum(counts[kind.name] for kind in shot.kinds if kind.part == "tumour")
    text = f"Tumour ({tumour:,} live cells) and vessels in a block of tissue on day {round(shot.day, 2):g}; other cells are left out."
    if cut:
        text += " The half before the middle (y < 0) is taken away."
    if coarse > 1:
        text += f" One voxel of {coarse} along each axis is drawn, {coarse} times as wide."
    return text


def _table(shot: Snapshot, there: NDArray[np.bool_]) -> dict[str, list[Any]]:
    """The tumour cells of which a face is seen."""
    around, hidden = np.pad(there, 1), there.copy()
    for axis in range(3):
        for way in (-1, 1):
            hidden &= np.roll(around, way, axis)[1:-1, 1:-1, 1:-1]
    voxels = np.flatnonzero(there & ~hidden)
    places = shot.centres(voxels)
    return {
        **{f"{axis}_um": places[:, number].tolist() for number, axis in enumerate("xyz")},
        "kind": [shot.kinds[each - 1].name for each in shot.kind.ravel()[voxels].tolist()],
        "condition": [CONDITIONS[each] for each in shot.condition.ravel()[voxels].tolist()],
    }
