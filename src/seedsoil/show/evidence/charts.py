"""Charts of a finding: lines, points or bars by name, their axes marked so that no text lies on another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
from numpy.typing import NDArray

from seedsoil.evidence.claim import Chart
from seedsoil.show.palette import BLUE, DARK, GREEN, GREY, ORANGE, PURPLE, VERMILLION, Picture, grid, house_style

_line_colours = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, GREY)
_dashes: tuple[Any, ...] = ("-", (0, (6, 1.5)), (0, (2, 1.2)), (0, (7, 1.5, 1.5, 1.5)), "-", "-")
#: More series than colours take another mark each round.
_markers = ("o", "^", "s", "D")
#: Names of places on an axis stand level up to so many, and on a slant beyond.
_most_level = 6
#: Ratio from which on a logarithmic axis is marked at its decades alone.
_long = 1000.0
#: Lines that vary by less than this share of their height are drawn from zero on, or a small fall looks like a plunge.
_flat = 0.5
#: Height of an axis from zero on, over what is drawn on it.
_room_above = 1.08


def chart_figure(chart: Chart) -> Picture:
    """Draw one chart of a finding. ``table`` holds series, x, y."""
    rows: dict[str, list[Any]] = {"series": [], "x": [], "y": []}
    with house_style():
        picture = Picture(7.6, 4.2)
        axes = picture.subplots()
        axes.set_xscale("log" if chart.log_x else "linear")
        axes.set_yscale("log" if chart.log_y else "linear")
        none = False
        for place, (name, line) in enumerate(chart.series.items()):
            x, y = np.asarray(line["x"], dtype=float), np.asarray(line["y"], dtype=float)
            none |= _draw_series(axes, chart, place, x, y)
            if "low" in line:
                _draw_intervals(axes, chart, place, line)
            for column, cells in zip(rows.values(), ([name] * x.size, x.tolist(), y.tolist()), strict=True):
                column.extend(cells)
        for axis in [axes.xaxis] * chart.log_x + [axes.yaxis] * chart.log_y:
            mark_decades(axis)
        if _is_flat(chart, rows["y"]):
            axes.set_ylim(0.0, _room_above * max(rows["y"]))
        if len(chart.names) > _most_level:
            axes.set_xticks(range(len(chart.names)), chart.names, rotation=35, ha="right", rotation_mode="anchor")
        elif chart.names:
            axes.set_xticks(range(len(chart.names)), [folded(name, 14) for name in chart.names])
        axes.set_xlabel(chart.x)
        axes.set_ylabel(chart.y)
        grid(axes, "y")
        if len(chart.series) > 1:
            picture.explain([_key_of(chart, place, name) for place, name in enumerate(chart.series)], 4)
    picture.caption, picture.table = f"{chart.title}.{_explained(chart, none)}", rows
    return picture


def _explained(chart: Chart, none: bool) -> str:
    """Return what the caption says of intervals, and of zeros on a logarithmic axis."""
    intervals = any("low" in line for line in chart.series.values())
    what = "The shaded bands" if chart.kind == "lines" else "The thin lines"
    return (f" {what} are 95 % intervals." if intervals else "") + (
        " A 0 stands where there was none, for which a logarithmic axis has no place." if none else ""
    )


def _draw_series(axes: Axes, chart: Chart, place: int, x: NDArray[np.float64], y: NDArray[np.float64]) -> bool:
    """Draw the series in this place of a chart; return whether it has a bar of nothing on a logarithmic axis."""
    colour = _line_colours[place % len(_line_colours)]
    if chart.kind == "points":
        axes.plot(x, y, _markers[place // len(_line_colours) % len(_markers)], color=colour, ms=4.5, alpha=0.8)
    elif chart.kind == "lines":
        axes.plot(x, y, color=colour, ls=_dashes[place % len(_dashes)])
    else:
        width = 0.8 / len(chart.series)
        middles = x + (place - 0.5 * (len(chart.series) - 1)) * width
        there = y > 0.0 if chart.log_y else np.full(y.shape, True)
        axes.bar(middles[there], y[there], width=width, color=colour)
        for middle in middles[~there]:
            axes.annotate(
                "0", (middle, 0.0), (0, 2), xycoords=("data", "axes fraction"), textcoords="offset points",
                ha="center", va="bottom", color=colour, weight="bold",
            )  # fmt: skip
        return not bool(there.all())
    return False


def _draw_intervals(axes: Axes, chart: Chart, place: int, line: Mapping[str, Sequence[float]]) -> None:
    """Draw from low to high at each place of a series."""
    colour = _line_colours[place % len(_line_colours)]
    x, low, high = (np.asarray(line[part], dtype=float) for part in ("x", "low", "high"))
    if chart.kind == "lines":
        axes.fill_between(x, low, high, color=colour, alpha=0.2, lw=0)
    else:
        axes.vlines(x, low, high, color=DARK if chart.kind == "bars" else colour, lw=1.4, alpha=0.8)


def _is_flat(chart: Chart, heights: Sequence[float]) -> bool:
    """Return whether lines on a linear axis vary by little against how high they lie."""
    if chart.kind != "lines" or chart.log_y or not heights:
        return False
    least, most = float(np.nanmin(heights)), float(np.nanmax(heights))
    return least >= 0.0 and most - least < _flat * most


def mark_decades(axis: Axis) -> None:
    """Mark a logarithmic axis of less than three decades at 1, 2 and 5, in plain numbers; a longer one at its decades alone."""
    least, most = axis.get_view_interval()
    if most / least < _long:
        axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:g}"))
    axis.set_minor_formatter(NullFormatter())


def _key_of(chart: Chart, place: int, name: str) -> Line2D | Patch:
    """Return the mark in the key of one series of a chart."""
    colour = _line_colours[place % len(_line_colours)]
    if chart.kind == "bars":
        return Patch(color=colour, label=name)
    if chart.kind == "points":
        marker = _markers[place // len(_line_colours) % len(_markers)]
        return Line2D([], [], color=colour, ls="", marker=marker, label=name)
    return Line2D([], [], color=colour, ls=_dashes[place % len(_dashes)], label=name)


def folded(text: str, width: int = 24) -> str:
    """Fold a text to as few lines of a width as it takes, and these to like lengths: no word is left to stand alone."""
    lines = wrap(text, width, break_long_words=False)
    while width > 1 and len(narrower := wrap(text, width - 1, break_long_words=False)) == len(lines):
        lines, width = narrower, width - 1
    return "\n".join(lines)
