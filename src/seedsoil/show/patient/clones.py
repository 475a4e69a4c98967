"""One patient's clones and lesions in time: how many cells, and whose, as Müller plots."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray

from seedsoil.show.palette import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    VERMILLION,
    Picture,
    grid,
    house_style,
    log_ticks,
)
from seedsoil.show.patient.lesions import lesion_colours, time_axis
from seedsoil.show.results import BEFORE_DIAGNOSIS, YEAR, Floats, HistoryLike, thinned, words

_sensitive_shades = ("#C9CED6", "#DDE1E7", "#B4BBC6", "#E9ECF0")
_resistant_colours = (VERMILLION, BLUE, PURPLE, ORANGE, GREEN, SKY)
#: The thinnest band that is drawn [% of all cells]: a tenth of a line's width.
_least_band = 0.05
_hatches = ("//", "\\\\", "xx", "||", "--", "++")


def muller_figure(history: HistoryLike, most: int = 40) -> Picture:
    """Draw all and resistant cells on a log scale, above the shares of clones, and of lesions, stacked within their parents.

    Parameters
    ----------
    history : History
        With days, clone_cells [days, clones], clones (parent, resistance), cells [days, lesions] and lesions (parent, site).
    most : int
        How many clones, and lesions, are drawn on their own, those with the greatest share at any time; the others are
        drawn as part of their nearest ancestor that resists the same, or lies in the same site.

    Returns
    -------
    Picture
        ``table`` holds what ("clone" or "lesion"), number, kind (resistance or site), day and cells of the bands drawn.
    """
    with house_style():
        picture = Picture(9.4, 7.2)
        above, clones, lesions = picture.subplots(3, 1, sharex=True, height_ratios=[1, 1.5, 1.5])
        handles = _draw_totals(above, history)
        above.axvline(0.0, color=GREY, linewidth=0.9, linestyle=":", zorder=0)
        _key_beside(above, handles)
        handles, table = draw_shares(clones, history, most)
        clones.tick_params(labelbottom=False)
        _key_beside(clones, handles)
        handles, of_lesions = draw_lesion_shares(lesions, history, most)
        _key_beside(lesions, handles)
        time_axis(lesions, history)
    picture.caption = (
        f"Cells of patient {history.patient}, arm {words(history.arm)}. Above: their number. Middle: each clone's share of all cells; "
        "below: each lesion's. A band that opens inside another arose from it: a clone from its parent, a lesion from the one that "
        "shed it. Hatched clones are resistant, by the mechanisms named. The dotted line marks diagnosis."
    )
    picture.table = {name: [*table[name], *of_lesions[name]] for name in table}
    return picture


def _key_beside(axes: Axes, handles: list[Any]) -> None:
    axes.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.0, 1.04), fontsize=9)


def _drawn_days(history: HistoryLike) -> NDArray[np.int64]:
    inside = np.flatnonzero(np.asarray(history.days, dtype=float) >= -BEFORE_DIAGNOSIS * YEAR)
    return np.asarray(inside[thinned(len(inside), 160)], dtype=np.int64)


def draw_shares(axes: Axes, history: HistoryLike, most: int = 40) -> tuple[list[Any], dict[str, list[Any]]]:
    """Draw the clones' shares in time; return the legend's patches and the numbers drawn."""
    resistance = np.asarray(history.clones["resistance"]).astype(str)
    days, bands, order, depth = _stacked(history, history.clone_cells, history.clones["parent"], resistance, most)
    kinds = _kinds(resistance, bands)
    # A child never has its parent's shade.
    shades = {clone: _sensitive_shades[depth[clone] % len(_sensitive_shades)] for clone, _ in order}
    paint = {
        clone: kinds.get(str(resistance[clone]), kinds.get("other", (GREY, ""))) if resistance[clone] else (shade, "")
        for clone, shade in shades.items()
    }
    _draw_bands(axes, days / YEAR, bands, order, paint)
    axes.set_ylabel("Share of all cells [%]")
    handles: list[Any] = [Patch(facecolor=_sensitive_shades[0], label="sensitive clones")]
    for kind, (colour, hatch) in kinds.items():
        greatest = _greatest_share(kind, resistance, bands) if kind != "other" else 1.0
        handles.append(Patch(facecolor=colour, hatch=hatch, edgecolor="white", label=_kind_words(kind, greatest)))
    return handles, _rows("clone", days, bands, order, resistance)


def draw_lesion_shares(axes: Axes, history: HistoryLike, most: int = 40) -> tuple[list[Any], dict[str, list[Any]]]:
    """Draw the lesions' shares in time, coloured by site; return the legend's patches and the numbers drawn."""
    sites = np.asarray(history.lesions["site"]).astype(str)
    days, bands, order, _ = _stacked(history, history.cells, history.lesions["parent"], sites, most)
    colours = lesion_colours(history)
    _draw_bands(axes, days / YEAR, bands, order, {lesion: (colours[sites[lesion]], "") for lesion, _ in order})
    axes.set_ylabel("Share of all cells [%]")
    shown = [site for site in colours if bands[:, sites == site].any()]
    named = [site for site in shown if colours[site] != GREY]
    handles: list[Any] = [Patch(facecolor=colours[site], label=_site_words(site, sites, bands)) for site in named]
    handles += [Patch(facecolor=GREY, label="other sites")] if len(shown) > len(named) else []
    return handles, _rows("lesion", days, bands, order, sites)


def _site_words(site: str, sites: NDArray[Any], bands: Floats) -> str:
    return words(site) + (" (under 1%)" if _greatest_share(site, sites, bands) < 0.01 else "")


def _stacked(
    history: HistoryLike, cells: Floats, parents: NDArray[Any], kinds: NDArray[Any], most: int
) -> tuple[Floats, Floats, list[tuple[int, float]], dict[int, int]]:
    """Return days, cells of each band [days, bands], the order of the bands (see `_order`), and how deep each is nested."""
    kept = _drawn_days(history)
    drawn = np.asarray(cells, dtype=float)[kept]
    above, owner = _gathered(drawn, np.asarray(parents), kinds, most)
    bands = np.zeros_like(drawn)
    np.add.at(bands.T, owner, drawn.T)
    depth: dict[int, int] = {}
    order = _order(np.unique(owner), above)
    for band, _ in order:  # a parent comes before its children
        depth.setdefault(band, depth.get(above[band], -1) + 1)
    return np.asarray(history.days, dtype=float)[kept], bands, order, depth


def _kind_words(kind: str, greatest: float) -> str:
    """Return a kind of resistance in words, and whether its bands are too thin to be seen."""
    named = "others" if kind == "other" else ",\n".join(words(kind).split("+"))
    return f"resistant: {named}" + (" (under 1%)" if greatest < 0.01 else "")


def _greatest_share(kind: str, resistance: NDArray[Any], bands: Floats) -> float:
    """Return the greatest share of all cells that a kind of resistance ever had."""
    total = bands.sum(axis=1)
    of_kind = bands[:, resistance == kind].sum(axis=1)
    return float(np.divide(of_kind, total, out=np.zeros_like(total), where=total > 0.0).max(initial=0.0))


def _kinds(resistance: NDArray[Any], bands: Floats) -> dict[str, tuple[str, str]]:
    """Return colour and hatch of each kind of resistance that is drawn, the weightiest first; rare kinds share one."""
    weight = {kind: float(bands[:, resistance == kind].sum()) for kind in np.unique(resistance).tolist()}
    order = sorted((kind for kind in weight if kind and weight[kind] > 0.0), key=lambda kind: (-weight[kind], kind))
    kinds = {kind: (_resistant_colours[k], _hatches[k]) for k, kind in enumerate(order[: len(_hatches)])}
    if len(order) > len(_hatches):
        kinds["other"] = (GREY, "")
    return kinds


def _gathered(
    cells: Floats, parent: NDArray[Any], resistance: NDArray[Any], most: int
) -> tuple[dict[int, int], NDArray[np.int64]]:
    """Return the parents of the clones drawn, and for each clone the one that it is drawn with."""
    total = cells.sum(axis=1, keepdims=True)
    share = np.divide(cells, total, out=np.zeros_like(cells), where=total > 0.0).max(axis=0, initial=0.0)
    ranked = np.argsort(-share, kind="stable")[:most]
    kept = {int(clone) for clone in ranked if share[clone] > 0.0}
    # The weightiest clone of every resistance stays, so that none is drawn as what it is not.
    for kind in np.unique(resistance).tolist():
        those = np.flatnonzero(resistance == kind)
        if share[those].max(initial=0.0) > 0.0:
            kept.add(int(those[share[those].argmax()]))

    def ancestors(clone: int) -> list[int]:
        line, seen = [], {clone}
        up = int(parent[clone])
        while 0 <= up < len(parent) and up not in seen:
            line.append(up)
            seen.add(up)
            up = int(parent[up])
        return line

    stand_in = {
        kind: min(clone for clone in kept if resistance[clone] == kind)
        for kind in {str(resistance[clone]) for clone in kept}
    }
    owner = np.arange(len(parent), dtype=np.int64)
    for clone in np.flatnonzero(share > 0.0).tolist():
        if clone not in kept:
            kind = str(resistance[clone])
            same = next((up for up in ancestors(clone) if up in kept and resistance[up] == kind), stand_in[kind])
            owner[clone] = same
    # A clone that never had a cell is drawn nowhere; it goes with any that is.
    owner[share == 0.0] = min(kept, default=0)
    above = {int(clone): next((up for up in ancestors(int(clone)) if up in kept), -1) for clone in np.unique(owner)}
    return above, owner


def _order(drawn: NDArray[np.int64], parents: dict[int, int]) -> list[tuple[int, float]]:
    """Return the bands from bottom to top: a parent's halves lie on either side of its children."""
    children: dict[int, list[int]] = {}
    for clone in drawn.tolist():
        children.setdefault(parents[clone], []).append(clone)
    order: list[tuple[int, float]] = []
    waiting: list[tuple[int, bool]] = [(root, False) for root in reversed(children.get(-1, []))]
    while waiting:
        clone, closing = waiting.pop()
        below = children.get(clone, [])
        order.append((clone, 0.5 if below else 1.0))
        if not closing and below:
            waiting.append((clone, True))
            waiting += [(child, False) for child in reversed(below)]
    return order


def _draw_totals(axes: Axes, history: HistoryLike) -> list[Any]:
    kept = _drawn_days(history)
    years = np.asarray(history.days, dtype=float)[kept] / YEAR
    cells = np.asarray(history.clone_cells, dtype=float)[kept]
    total = cells.sum(axis=1)
    resistant = cells[:, np.asarray(history.clones["resistance"]).astype(str) != ""].sum(axis=1)
    axes.plot(years, np.where(total > 0, total, np.nan), color=BLACK)
    axes.plot(years, np.where(resistant > 0, resistant, np.nan), color=VERMILLION, linestyle=(0, (4, 1.5)))
    axes.set_yscale("log")
    top = max(100.0, 4.0 * float(total.max(initial=1.0)))
    axes.set_ylim(1.0, top)
    log_ticks(axes.yaxis, int(np.log10(top)), step=3 if top > 1e6 else 1)
    axes.set_ylabel("Cells")
    axes.tick_params(labelbottom=False)
    grid(axes)
    handles: list[Any] = [Line2D([], [], color=BLACK, label="all cells")]
    if resistant.any():
        handles.append(Line2D([], [], color=VERMILLION, linestyle=(0, (4, 1.5)), label="resistant cells"))
    return handles


def _draw_bands(
    axes: Axes, years: Floats, bands: Floats, order: list[tuple[int, float]], paint: dict[int, tuple[str, str]]
) -> None:
    """Draw bands from bottom to top, each in its colour and hatch; where there is no cell nothing is drawn."""
    total = bands.sum(axis=1)
    known = np.flatnonzero(total > 0.0)
    runs = [run for run in np.split(known, np.flatnonzero(np.diff(known) > 1) + 1) if run.size > 1]
    base = np.zeros(len(years))
    shapes: dict[str, list[tuple[NDArray[Any], str]]] = {}
    for band, weight in order:
        share = 100.0 * weight * np.divide(bands[:, band], total, out=np.zeros(len(years)), where=total > 0.0)
        colour, hatch = paint[band]
        for run in runs:
            if share[run].max() >= _least_band:
                low = np.column_stack([years[run], base[run]])
                high = np.column_stack([years[run], base[run] + share[run]])
                shapes.setdefault(hatch, []).append((np.concatenate([low, high[::-1]]), colour))
        base = base + share
    for hatch, pieces in shapes.items():
        colours = [colour for _, colour in pieces]
        axes.add_collection(
            PolyCollection([shape for shape, _ in pieces], facecolors=colours, hatch=hatch or None, edgecolors="white", linewidths=0.3)
        )  # fmt: skip
    axes.set_ylim(0, 100)
    axes.axvline(0.0, color=BLACK, linewidth=0.9, linestyle=":")


def _rows(
    what: str, days: Floats, bands: Floats, order: list[tuple[int, float]], kinds: NDArray[Any]
) -> dict[str, list[Any]]:
    """Return the numbers drawn, band by band."""
    rows: dict[str, list[Any]] = {"what": [], "number": [], "kind": [], "day": [], "cells": []}
    for band in sorted(dict(order)):
        there = np.flatnonzero(bands[:, band] > 0.0)
        for name, column in (("what", [what]), ("number", [band]), ("kind", [str(kinds[band])])):
            rows[name] += column * there.size
        rows["day"] += days[there].tolist()
        rows["cells"] += bands[there, band].tolist()
    return rows
