"""Where the lesions are, on a body: organs coloured by how many patients have a metastasis there."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from importlib import resources
from itertools import pairwise
from textwrap import wrap
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection, PolyCollection
from matplotlib.path import Path
from matplotlib.transforms import Affine2D
from numpy.typing import NDArray

from seedsoil.show.palette import BLACK, DARK, GREY, Picture, house_style
from seedsoil.show.results import TrialLike, words
from seedsoil.show.trial.organs import share_rows, site_shares

#: From pale to dark without a turn, so that it reads in grey and with any colour vision.
_paint = "YlOrRd"
#: Height of a line of a name, in units of the outlines.
_line = 7.7
#: White between two names, in those units.
_between = 2.2
#: Height that names may fill beside a body, in those units.
_tall = 180.0
_outline = ""


def host_of(trial: TrialLike) -> str:
    """Return the name of the trial's host; "" if the trial does not tell."""
    host = getattr(getattr(getattr(trial, "plan", None), "patient", None), "host", None)
    return str(getattr(host, "name", ""))


def outline_of(host: str) -> Mapping[str, Any] | None:
    """Return the drawing of a host's body, ``outline`` and ``sites``; None if no file of outlines/ has it among ``hosts``."""
    for drawing in (resources.files("seedsoil.show") / "outlines").iterdir():
        found = tomllib.loads(drawing.read_text(encoding="utf-8"))
        if host in found["hosts"]:
            return found
    return None


def body_figure(trial: TrialLike, host: str, most: int = 4) -> Picture:
    """Draw the share of patients with a metastasis in each organ on bodies: at diagnosis, and at the end in each arm.

    Parameters
    ----------
    trial : Trial
        Its table ``lesions`` needs patient, arm, site, parent, cells_at_diagnosis and cells_at_end.
    host : str
        Whose body is drawn: `outline_of` it has to exist.
    most : int
        How many arms are drawn, the first ones; ``table`` holds all.

    Returns
    -------
    Picture
        ``table`` holds site, arm, patients, at_diagnosis, seen_at_diagnosis, at_end: shares of all patients of the arm.
    """
    drawing = outline_of(host)
    assert drawing is not None
    arms = list(trial.arms)
    shares = site_shares(trial)
    sites = sorted({site for share in shares.values() for site, three in share.items() if max(three) > 0.0})
    greatest = max((max(three) for share in shares.values() for three in share.values()), default=0.0)
    top = max(10.0, 10.0 * math.ceil(10.0 * greatest))
    first = {site: shares[arms[0]].get(site, (0.0, 0.0, 0.0))[0] for site in sites}
    panels = [("at diagnosis", first)]
    panels += [
        (f"at the end:\n{words(arm)}", {site: three[2] for site, three in shares[arm].items()}) for arm in arms[:most]
    ]
    with house_style():
        picture = Picture(3.9 + 1.45 * (len(panels) - 1), 4.75)
        shapes = {site: _all_paths(drawing["sites"][site]) for site in drawing["sites"]}
        shapes[_outline] = _all_paths(drawing["outline"])
        left = 0.0
        for place, (title, share) in enumerate(panels):
            wide = (3.9 if place == 0 else 1.45) / picture.get_figwidth()
            axes = picture.add_axes((left, 0.14, wide, 0.775))
            _draw_body(axes, shapes, share, top)
            axes.set_title(title, fontsize=10, loc="center", pad=4)
            axes.set_xlim(*(value * (3.9 / 1.45 if place == 0 else 1.0) for value in (-42, 42)))
            left += wide
        named = {site: _shares_in_words(site, shares, arms[:most]) for site in sites if site in drawing["sites"]}
        _name_sites(picture.axes[0], drawing, named)
        _colour_bar(picture, top)
    picture.caption = _body_caption(drawing, shares, sites, arms, most)
    picture.table = share_rows(trial, shares, sites)
    return picture


def _body_caption(
    drawing: Mapping[str, Any], shares: Mapping[str, Any], sites: list[str], arms: list[str], most: int
) -> str:
    unplaced = [
        f"{words(site)} (up to {100 * max(max(share.get(site, (0.0,))) for share in shares.values()):.0f}%)"
        for site in sites
        if site not in drawing["sites"]
    ]
    return (
        f"Share of patients with at least one metastasis in each organ, as it truly was, on a body seen {drawing['view']}; white: none. "
        "Named are the organs with a metastasis in any patient, with the share at diagnosis and, behind the arrow, at the end in the arms "
        "drawn. The primary tumour is not counted."
        + (f" Not on the body: {', '.join(unplaced)}." if unplaced else "")
        + (f" Only the first {most} arms are drawn." if len(arms) > most else "")
    )


def _shares_in_words(site: str, shares: Mapping[str, Any], arms: list[str]) -> str:
    """Return an organ's shares as "35 → 50–55%": at diagnosis, and the least and the greatest at the end."""
    three = [shares[arm].get(site, (0.0, 0.0, 0.0)) for arm in arms]
    low, high = (f"{100 * share:.0f}" for share in (min(one[2] for one in three), max(one[2] for one in three)))
    return f"{100 * three[0][0]:.0f} → {low if low == high else f'{low}–{high}'}%"


def _all_paths(shapes: Sequence[Mapping[str, Any]]) -> list[Path]:
    return [path for shape in shapes for path in _paths(shape)]


def _draw_body(axes: Axes, shapes: Mapping[str, list[Path]], share: Mapping[str, float], top: float) -> None:
    axes.set_axis_off()
    axes.set_aspect("equal")
    axes.set_ylim(-2, 200)
    # The line goes round all pieces of the outline before any is filled, so that they look like one.
    for face, edge, width in ((GREY, GREY, 1.8), ("#F3F1EE", "none", 0.0)):
        pieces = PathCollection(shapes[_outline], facecolors=face, edgecolors=edge, linewidths=width)
        axes.add_collection(pieces, autolim=False)
    paint = matplotlib.colormaps[_paint]
    organs: list[Path] = []
    faces: list[Any] = []
    edges: list[str] = []
    for site, paths in shapes.items():
        if site != _outline:
            part = 100.0 * share.get(site, 0.0)
            organs += paths
            faces += [paint(part / top) if part > 0.0 else "white"] * len(paths)
            edges += [DARK if part > 0.0 else "#B9B9B9"] * len(paths)
    axes.add_collection(PathCollection(organs, facecolors=faces, edgecolors=edges, linewidths=0.6), autolim=False)


def _name_sites(axes: Axes, drawing: Mapping[str, Any], sites: Mapping[str, str]) -> None:
    """Write names beside the body, on the side where the organ lies, each with a line to it; none lies on another.

    ``sites`` maps each to what is written below its name, if there is room for that on its side.
    """
    centres = {site: _anchor(drawing["sites"][site][0]) for site in sites}
    sides: dict[int, list[str]] = {-1: [], 1: []}
    for site in sorted(sites, key=lambda site: -abs(centres[site][0])):  # those of the middle fill the shorter side
        x = centres[site][0]
        side = (-1 if x < 0 else 1) if abs(x) > 5 else min(sides, key=lambda each: len(sides[each]))
        sides[side].append(site)
    for side, named in sides.items():
        named.sort(key=lambda site: -centres[site][1])
        written = [[*wrap(words(site), 15), sites[site]] for site in named]
        if _line * sum(map(len, written)) + _between * len(written) > _tall:
            written = [lines[:-1] for lines in written]
        gaps = [_line * (len(above) + len(below)) / 2 + _between for above, below in pairwise(written)]
        heights: list[float] = []
        for place, site in enumerate(named):
            heights.append(min(centres[site][1], heights[-1] - gaps[place - 1] if heights else 196.0))
        for place in reversed(range(len(heights))):  # what was pushed below the page's edge is pushed up again
            floor = heights[place + 1] + gaps[place] if place + 1 < len(heights) else 4.0
            heights[place] = max(heights[place], floor)
        for site, height, lines in zip(named, heights, written, strict=True):
            x, y = centres[site]
            axes.plot([side * 50, side * 46, x], [height, height, y], color=DARK, linewidth=0.6)
            axes.plot([x], [y], ".", color=BLACK, markersize=2.5)
            axes.text(
                side * 51.5, height, "\n".join(lines), ha="left" if side > 0 else "right", va="center", fontsize=9,
                linespacing=1.0,
            )  # fmt: skip


def _anchor(shape: Mapping[str, Any]) -> tuple[float, float]:
    """Return a point that lies in a shape: the middle, or that of a tube's second stretch."""
    if "along" in shape:
        ends = shape["along"][1:3] if len(shape["along"]) > 2 else shape["along"]
        return (ends[0][0] + ends[1][0]) / 2, (ends[0][1] + ends[1][1]) / 2
    box = _paths(shape)[0].get_extents()
    return (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2


def _colour_bar(picture: Picture, top: float) -> None:
    bar = picture.add_axes((0.25, 0.105, 0.5, 0.028))
    steps = 50
    paint = matplotlib.colormaps[_paint]
    colours = [paint((step + 0.5) / steps) for step in range(steps)]
    edges = np.linspace(0.0, top, steps + 1)
    boxes = [[(low, 0.0), (high, 0.0), (high, 1.0), (low, 1.0)] for low, high in pairwise(edges)]
    bar.add_collection(PolyCollection(boxes, facecolors=colours, edgecolors=colours, linewidths=0.3), autolim=False)
    bar.set_xlim(0, top)
    bar.set_xticks(np.arange(0.0, top + 1.0, 5.0 if top <= 40.0 else 10.0))
    bar.set_ylim(0, 1)
    bar.set_yticks([])
    bar.tick_params(labelsize=9)
    bar.spines[["left", "bottom"]].set_visible(False)
    bar.set_xlabel("Patients with at least one metastasis there [%]", fontsize=9.5, labelpad=2)


_arc = 0.5523  # how far the handles of a quarter circle reach
_circle = Path(
    [(1, 0), (1, _arc), (_arc, 1), (0, 1), (-_arc, 1), (-1, _arc), (-1, 0), (-1, -_arc), (-_arc, -1), (0, -1), (_arc, -1),
     (1, -_arc), (1, 0)],
    [Path.MOVETO, *[Path.CURVE4] * 12],
)  # fmt: skip


def _paths(shape: Mapping[str, Any]) -> list[Path]:
    """Return the closed paths of a shape of an outline: an ellipse, a smooth curve, or a tube; mirrored ones second."""
    if "at" in shape:
        path = _circle.transformed(
            Affine2D().scale(*shape["size"]).rotate_deg(shape.get("turn", 0.0)).translate(*shape["at"])
        )
    elif "along" in shape:
        path = _smooth(_tube(np.array(shape["along"], dtype=float), shape["width"] / 2))
    else:
        points = np.array(shape["through"], dtype=float)
        if shape.get("fold"):  # half a figure, which the other half mirrors
            inner = points[(points[:, 0] != 0.0)]
            points = np.concatenate([points, inner[::-1] * (-1.0, 1.0)])
        path = _smooth(points)
    return [path, path.transformed(Affine2D().scale(-1.0, 1.0))] if shape.get("mirror") else [path]


def _smooth(points: NDArray[np.float64]) -> Path:
    """Return the closed curve through points [n, 2], by Catmull and Rom's rule."""
    bend = (np.roll(points, -1, axis=0) - np.roll(points, 1, axis=0)) / 6.0
    ends = np.roll(points, -1, axis=0)
    curves = np.stack([points + bend, ends - np.roll(bend, -1, axis=0), ends], axis=1).reshape(-1, 2)
    return Path(np.concatenate([points[:1], curves]), [Path.MOVETO, *[Path.CURVE4] * len(curves)])


def _tube(points: NDArray[np.float64], radius: float) -> NDArray[np.float64]:
    """Return the points round a line of points [n, 2], at this distance."""
    along = np.gradient(points, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    across = radius * np.column_stack([-along[:, 1], along[:, 0]])
    tips = radius * along[[0, -1]]
    return np.concatenate([points + across, [points[-1] + tips[1]], (points - across)[::-1], [points[0] - tips[0]]])
