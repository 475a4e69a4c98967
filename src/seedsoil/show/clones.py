"""One patient's clones in time: how many cells, and whose, as a Müller plot."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray

from seedsoil.show.lesions import time_axis
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
from seedsoil.show.results import BEFORE_DIAGNOSIS, YEAR, Floats, HistoryLike, thinned, words

_sensitive_shades = ("#C9CED6", "#DDE1E7", "#B4BBC6", "#E9ECF0")
_resistant_colours = (VERMILLION, BLUE, PURPLE, ORANGE, GREEN, SKY)
#: The thinnest band that is drawn [% of all cells]: a tenth of a line's width.
_least_band = 0.03
_hatches = ("////", "\\\\\\\\", "xxxx", "....", "||||", "----")


def muller_figure(history: HistoryLike, most: int = 40) -> Picture:
    """Draw total and resistant cells on a log scale, above the clones' shares stacked within their parents.

    Parameters
    ----------
    history : History
        With days, clone_cells [days, clones] and clones (parent, resistance).
    most : int
        How many clones are drawn on their own, those with the greatest share at any time; the others are drawn as part
        of their nearest ancestor that resists the same.

    Returns
    -------
    Picture
        ``table`` holds day, clone, resistance and cells of the bands drawn.
    """
    with house_style():
        picture = Picture(9.2, 5.6)
        above, below = picture.subplots(2, 1, sharex=True, height_ratios=[1, 1.6])
        _draw_totals(above, history)
        handles, table = draw_shares(below, history, most)
        time_axis(below, history)
        above.axvline(0.0, color=GREY, linewidth=0.9, linestyle=":", zorder=0)
        lines: list[Any] = [Line2D([], [], color=BLACK, label="all cells")]
        if (np.asarray(history.clones["resistance"]).astype(str) != "").any():
            lines.append(Line2D([], [], color=VERMILLION, linestyle=(0, (4, 1.5)), label="resistant cells"))
        picture.explain([*lines, *handles], beside=True)
    picture.caption = (
        f"Clones of patient {history.patient}, arm {words(history.arm)}, in all lesions together. Above: number of cells. Below: each "
        "clone's share, drawn within its parent; hatched clones are resistant, by the mechanisms named. The dotted line marks diagnosis."
    )
    picture.table = table
    return picture


def _drawn_days(history: HistoryLike) -> NDArray[np.int64]:
    inside = np.flatnonzero(np.asarray(history.days, dtype=float) >= -BEFORE_DIAGNOSIS * YEAR)
    return np.asarray(inside[thinned(len(inside), 240)], dtype=np.int64)


def draw_shares(axes: Axes, history: HistoryLike, most: int = 40) -> tuple[list[Any], dict[str, list[Any]]]:
    """Draw the clones' shares in time; return the legend's patches and the numbers drawn."""
    resistance = np.asarray(history.clones["resistance"]).astype(str)
    kept = _drawn_days(history)
    days = np.asarray(history.days, dtype=float)[kept]
    cells = np.asarray(history.clone_cells, dtype=float)[kept]
    parents, owner = _gathered(cells, np.asarray(history.clones["parent"]), resistance, most)
    bands = np.zeros_like(cells)
    np.add.at(bands.T, owner, cells.T)
    drawn = np.unique(owner)
    kinds = _kinds(resistance, bands)
    _draw_bands(axes, days / YEAR, bands, _order(drawn, parents), resistance, kinds)
    axes.axvline(0.0, color=BLACK, linewidth=0.9, linestyle=":")
    handles: list[Any] = [Patch(facecolor=_sensitive_shades[0], label="sensitive")]
    handles += [
        Patch(
            facecolor=colour,
            hatch=hatch,
            edgecolor="white",
            label=_kind_words(kind, _greatest_share(kind, resistance, bands) if kind != "other" else 1.0),
        )
        for kind, (colour, hatch) in kinds.items()
    ]
    return handles, _rows(days, bands, drawn, resistance)


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


def _draw_totals(axes: Axes, history: HistoryLike) -> None:
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


def _draw_bands(
    axes: Axes,
    years: Floats,
    bands: Floats,
    order: list[tuple[int, float]],
    resistance: NDArray[Any],
    kinds: dict[str, tuple[str, str]],
) -> None:
    total = bands.sum(axis=1)
    known = total > 0.0
    base = np.zeros(len(years))
    shade: dict[int, str] = {}
    for clone, weight in order:
        share = np.divide(bands[:, clone] * weight, total, out=np.zeros(len(years)), where=known) * 100.0
        shade.setdefault(clone, _sensitive_shades[len(shade) % len(_sensitive_shades)])
        kind = str(resistance[clone])
        colour, hatch = kinds.get(kind, kinds.get("other", (GREY, ""))) if kind else (shade[clone], "")
        if share.max(initial=0.0) >= _least_band:
            axes.fill_between(
                years, base, base + share, where=known, facecolor=colour, hatch=hatch, edgecolor="white", linewidth=0.3
            )
        base = base + share
    axes.set_ylim(0, 100)
    axes.set_ylabel("Share of all cells [%]")


def _rows(days: Floats, bands: Floats, drawn: NDArray[np.int64], resistance: NDArray[Any]) -> dict[str, list[Any]]:
    rows: dict[str, list[Any]] = {"day": [], "clone": [], "resistance": [], "cells": []}
    for clone in drawn.tolist():
        for day, count in zip(days.tolist(), bands[:, clone].tolist(), strict=True):
            if count > 0.0:
                for column, cell in zip(rows.values(), (day, clone, str(resistance[clone]), count), strict=True):
                    column.append(cell)
    return rows
