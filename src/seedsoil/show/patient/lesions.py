"""One patient's lesions in time: their sizes, what the scans saw and could not see, and what was done."""

from __future__ import annotations

from textwrap import shorten
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from seedsoil.show.palette import BLACK, DARK, GREY, Picture, grid, house_style, site_colours, time_ticks
from seedsoil.show.patient.treatment import draw_treatment, scan_days, treatment_rows
from seedsoil.show.results import (
    AVASCULAR_LIMIT_MM,
    BEFORE_DIAGNOSIS,
    YEAR,
    Floats,
    HistoryLike,
    diameter_mm,
    limit_mm,
    thinned,
    words,
)

_most_points = 500
#: Sizes that the axis always shows [mm]: of a lesion of some fifty cells, and of one that every scan shows.
_usual_sizes = (0.05, 20.0)
#: Length of the line of an instrument that looked once, as a share of the time that is drawn.
_shortest_line = 0.02


def trajectories_figure(history: HistoryLike, most: int = 150) -> Picture:
    """Draw each lesion's diameter in time, above a strip of treatments.

    Parameters
    ----------
    history : History
        With days, cells [days, lesions], lesions (site, parent), observations, doses, done, events and ending.
    most : int
        How many lesions are drawn, the largest first.

    Returns
    -------
    Picture
        ``table`` holds lesion, site, day and diameter_mm of the lines drawn.
    """
    strips = treatment_rows(history)
    with house_style():
        picture = Picture(9.2, 5.2 + 0.3 * len(strips))
        axes, strip = picture.subplots(2, 1, sharex=True, height_ratios=[13, 0.5 + 0.95 * max(len(strips), 1)])
        handles, table, left_out = draw_sizes(axes, history, most)
        handles += draw_treatment(strip, strips)
        time_axis(strip, history)
        axes.set_title(patient_title(history), fontsize=11)
        picture.explain(handles, 5)
    picture.caption = lesions_caption(history, left_out)
    picture.table = table
    return picture


def lesions_caption(history: HistoryLike, left_out: int) -> str:
    """Return what the picture of the lesions' sizes shows, and how to read it."""
    tools = scan_days(history)
    hidden = (
        f" What lies under the dashed line of {' and '.join(tool.upper() for tool in tools)} is mostly hidden from it: "
        f"of lesions of that diameter it shows half. The line lasts as long as the patient is scanned."
        if tools
        else " Nobody scans this patient."
    )
    return (
        f"Patient {history.patient}, arm {words(history.arm)}: true diameter of each lesion (lines)"
        f"{' and as measured on scans (circles)' if tools else ''}. {history.ending[:1].upper()}{history.ending[1:]}.{hidden}"
        + (f" {left_out} smaller lesions are left out." if left_out else "")
    )


def draw_sizes(
    axes: Axes, history: HistoryLike, most: int, colours: dict[str, str] | None = None, *, label_limits: bool = True
) -> tuple[list[Any], dict[str, list[Any]], int]:
    """Draw diameters in time; return the legend's lines, the numbers drawn, and how many lesions are left out.

    ``colours`` by site replace those of this patient's own (see `lesion_colours`); ``label_limits`` says whether the dashed
    lines get their words, right of the axes.
    """
    largest = np.asarray(history.cells, dtype=float).max(axis=0, initial=0.0)
    chosen = np.argsort(-largest, kind="stable")[:most]
    chosen = chosen[largest[chosen] > 0.0]
    sites = np.asarray(history.lesions["site"]).astype(str)
    colours = colours or lesion_colours(history)
    _size_axes(axes, history, chosen, label_limits)
    table = _draw_lines(axes, history, chosen, sites, colours)
    _draw_observations(axes, history)
    axes.axvline(0.0, color=GREY, linewidth=0.9, linestyle=":", zorder=0)
    handles = _legend(sites, chosen, colours)
    if len(history.observations.get("day", ())):
        mark: dict[str, Any] = {"marker": "o", "color": BLACK, "markerfacecolor": "white", "markersize": 4.5}
        handles.append(Line2D([], [], linestyle="", label="seen on scan", **mark))
    return handles, table, int((largest > 0.0).sum()) - len(chosen)


def time_axis(axes: Axes, history: HistoryLike) -> None:
    """Give an axis the years that are drawn."""
    start, stop = _span(history)
    axes.set_xlim(start, stop + 0.01 * (stop - start))
    axes.set_xlabel(time_ticks(axes, start, stop))
    axes.axvline(0.0, color=GREY, linewidth=0.9, linestyle=":", zorder=0)


def patient_title(history: HistoryLike, most: int = 70) -> str:
    """Return who this is and how it ended, in so many characters at most."""
    return shorten(f"Patient {history.patient}, {words(history.arm)}: {history.ending}", most)


def _span(history: HistoryLike) -> tuple[float, float]:
    """Return the first and the last year that is drawn."""
    days = np.asarray(history.days, dtype=float)
    if not days.size:
        return 0.0, 1.0
    stop = max(float(days[-1]), 1.0) / YEAR
    return max(float(days[0]) / YEAR, -BEFORE_DIAGNOSIS), stop


def lesion_colours(*histories: HistoryLike) -> dict[str, str]:
    """Return a colour for each site of these patients: black for that of the primary, then by the largest lesion in it."""
    weight: dict[str, float] = {}
    primary: list[str] = []
    for history in histories:
        sites = np.asarray(history.lesions["site"]).astype(str)
        largest = np.asarray(history.cells, dtype=float).max(axis=0, initial=0.0)
        for site in np.unique(sites).tolist():
            weight[site] = max(weight.get(site, 0.0), float(largest[sites == site].max(initial=0.0)))
        primary += sites[np.asarray(history.lesions["parent"]) < 0].tolist()
    return dict(site_colours(sorted(weight, key=lambda site: (-weight[site], site)), primary[0] if primary else None))


def _size_axes(axes: Axes, history: HistoryLike, chosen: NDArray[Any], label_limits: bool) -> None:
    """Give the axes the sizes of what is drawn, and the lines of what stalls and what scans show."""
    axes.set_yscale("log")
    seen = np.asarray(history.days, dtype=float) >= -BEFORE_DIAGNOSIS * YEAR
    sizes = diameter_mm(np.asarray(history.cells)[seen][:, chosen])
    axes.set_yticks([0.01, 0.1, 1.0, 10.0, 100.0], ["0.01", "0.1", "1", "10", "100"])
    # After the marks: matplotlib widens an axis to all that it is given.
    axes.set_ylim(
        0.8 * float(np.nanmin(sizes, initial=_usual_sizes[0])), 1.6 * float(np.nanmax(sizes, initial=_usual_sizes[1]))
    )
    axes.minorticks_off()
    axes.set_ylabel("Diameter of lesion [mm]")
    axes.tick_params(labelbottom=False)
    grid(axes, "x")
    start, stop = _span(history)
    lines = [(AVASCULAR_LIMIT_MM, f"without vessels\nstalls near {AVASCULAR_LIMIT_MM:g} mm", start, stop)]
    for tool, days in scan_days(history).items():
        limit = limit_mm(tool, _slices(history, tool))
        # One scan alone has a line as well, or nothing would go with its words.
        last = max(days[-1] / YEAR, days[0] / YEAR + _shortest_line * (stop - start))
        lines.append((limit, f"{tool.upper()} shows half\nof {limit:g} mm", days[0] / YEAR, last))
    heights = _apart([size for size, *_ in lines])
    for (size, text, first, last), height in zip(lines, heights, strict=True):
        axes.plot([first, last], [size, size], color=DARK, linewidth=0.9, linestyle=(0, (5, 3)), zorder=0)
        if label_limits:
            axes.annotate(
                text, (1.0, height), (6, 0), xycoords=("axes fraction", "data"), textcoords="offset points", fontsize=9,
                va="center", color=DARK,
            )  # fmt: skip


def _slices(history: HistoryLike, tool: str) -> float:
    """Return the thickness of the first scan's slices [mm]; 0 is the usual one."""
    for _, order in history.done:
        if type(order).__name__ == "Scan" and order.instrument == tool:
            return float(order.slice_mm)
    return 0.0


def _apart(sizes: list[float], least: float = 2.4) -> list[float]:
    """Return heights for labels at these sizes on a logarithmic axis, moved up so that each has room above the last."""
    heights: dict[int, float] = {}
    below = 0.0
    for place in sorted(range(len(sizes)), key=lambda place: sizes[place]):
        heights[place] = below = max(sizes[place], below * least)
    return [heights[place] for place in range(len(sizes))]


def _draw_lines(
    axes: Axes, history: HistoryLike, chosen: NDArray[Any], sites: NDArray[Any], colours: dict[str, str]
) -> dict[str, list[Any]]:
    """Draw the lines, the largest lesions last, and return what was drawn."""
    rows: dict[str, list[Any]] = {"lesion": [], "site": [], "day": [], "diameter_mm": []}
    days = np.asarray(history.days, dtype=float)
    seen = np.flatnonzero(days >= -BEFORE_DIAGNOSIS * YEAR)
    kept = seen[_corners(np.asarray(history.cells, dtype=float)[seen][:, chosen])]
    sizes = diameter_mm(np.asarray(history.cells)[np.ix_(kept, chosen)]) if len(chosen) else np.zeros((len(kept), 0))
    names = np.asarray(history.lesions.get("lesion", np.arange(len(sites))))
    crowd = {site: int((sites[chosen] == site).sum()) for site in colours}
    # Sites with many lesions are drawn first and pale, so that they do not bury the others.
    segments: list[tuple[int, Floats, Any]] = []
    for column, lesion in enumerate(chosen):
        site = str(sites[lesion])
        alive = np.isfinite(sizes[:, column])
        ink = to_rgba(colours[site], 0.9 if crowd[site] <= 15 else 0.5 if crowd[site] <= 40 else 0.3)
        segments.append((crowd[site], np.column_stack([days[kept] / YEAR, sizes[:, column]]), ink))
        rows["lesion"] += [int(names[lesion])] * int(alive.sum())
        rows["site"] += [site] * int(alive.sum())
        rows["day"] += days[kept][alive].tolist()
        rows["diameter_mm"] += sizes[alive, column].tolist()
    segments = sorted(segments[::-1], key=lambda segment: -segment[0])
    widths = [1.7 if count <= 15 else 1.0 if count <= 40 else 0.7 for count, _, _ in segments]
    lines = LineCollection([line for _, line, _ in segments], colors=[ink for _, _, ink in segments], linewidths=widths)
    axes.add_collection(lines)
    return rows


def _corners(cells: Floats) -> NDArray[np.int64]:
    """Return the days to draw: evenly spaced, and those on either side of every sudden fall (surgery)."""
    even = thinned(len(cells), _most_points)
    if len(cells) < 2:
        return even
    fall = np.flatnonzero(((cells[:-1] > 1e4) & (cells[1:] < 0.05 * cells[:-1])).any(axis=1))[:100]
    return np.unique(np.concatenate([even, fall, fall + 1]))


def _draw_observations(axes: Axes, history: HistoryLike) -> None:
    table = history.observations
    if not len(table.get("day", ())):
        return
    years, sizes = np.asarray(table["day"], dtype=float) / YEAR, np.asarray(table["diameter_mm"], dtype=float)
    axes.scatter(years, sizes, s=11, facecolor="white", edgecolor=BLACK, linewidth=0.6, zorder=3)


def _legend(sites: NDArray[Any], chosen: NDArray[Any], colours: dict[str, str]) -> list[Any]:
    """Return a line for each coloured site that is drawn, and one for all grey ones together."""
    drawn = [site for site in colours if site in set(sites[chosen].tolist())]
    coloured = [site for site in drawn if colours[site] != GREY]
    handles: list[Any] = [
        Line2D([], [], color=colours[site], label=f"{words(site)} ({int((sites[chosen] == site).sum())})")
        for site in coloured
    ]
    rest = int(sum((sites[chosen] == site).sum() for site in drawn if site not in coloured))
    if rest:
        handles.append(Line2D([], [], color=GREY, label=f"other sites ({rest})"))
    return handles
