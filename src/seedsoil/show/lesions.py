"""One patient's lesions in time: their sizes, what the scans saw, what was done, and the levels of the drugs."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from textwrap import shorten
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from seedsoil.show.palette import (
    BLACK,
    BLUE,
    DARK,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    VERMILLION,
    Picture,
    grid,
    house_style,
    site_colours,
    time_ticks,
)
from seedsoil.show.results import (
    AVASCULAR_LIMIT_MM,
    BEFORE_DIAGNOSIS,
    CT_LIMIT_MM,
    YEAR,
    Floats,
    HistoryLike,
    diameter_mm,
    thinned,
    words,
)

_agent_colours = (BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILLION)
_most_points = 500


def trajectories_figure(history: HistoryLike, most: int = 150, ct_limit: float = CT_LIMIT_MM) -> Picture:
    """Draw each lesion's diameter in time, above a strip of treatments.

    Parameters
    ----------
    history : History
        With days, cells [days, lesions], lesions (site, parent), observations, doses, events and ending.
    most : int
        How many lesions are drawn, the largest first.
    ct_limit : float
        Smallest diameter that a CT scan shows [mm].

    Returns
    -------
    Picture
        ``table`` holds lesion, site, day and diameter_mm of the lines drawn.
    """
    strips = treatment_rows(history)
    with house_style():
        picture = Picture(9.2, 5.2 + 0.3 * len(strips))
        axes, strip = picture.subplots(2, 1, sharex=True, height_ratios=[13, 0.5 + 0.95 * max(len(strips), 1)])
        handles, table, left_out = draw_sizes(axes, history, most, ct_limit)
        draw_treatment(strip, strips)
        time_axis(strip, history)
        axes.set_title(patient_title(history), fontsize=11)
        picture.explain(handles, 5)
    picture.caption = lesions_caption(history, left_out)
    picture.table = table
    return picture


def lesions_caption(history: HistoryLike, left_out: int) -> str:
    """Return what the picture of the lesions' sizes shows."""
    return (
        f"Patient {history.patient}, arm {words(history.arm)}: true diameter of each lesion (lines) and as measured on scans (circles). "
        f"{history.ending[:1].upper()}{history.ending[1:]}."
        + (f" {left_out} smaller lesions are left out." if left_out else "")
    )


def draw_sizes(
    axes: Axes, history: HistoryLike, most: int, ct_limit: float
) -> tuple[list[Any], dict[str, list[Any]], int]:
    """Draw diameters in time; return the legend's lines, the numbers drawn, and how many lesions are left out."""
    largest = np.asarray(history.cells, dtype=float).max(axis=0, initial=0.0)
    chosen = np.argsort(-largest, kind="stable")[:most]
    chosen = chosen[largest[chosen] > 0.0]
    sites = np.asarray(history.lesions["site"]).astype(str)
    colours = _colours(sites, np.asarray(history.lesions["parent"]), largest)
    _size_axes(axes, history, ct_limit)
    table = _draw_lines(axes, history, chosen, sites, colours)
    _draw_observations(axes, history)
    axes.axvline(0.0, color=GREY, linewidth=0.9, linestyle=":", zorder=0)
    handles = _legend(sites, chosen, colours)
    if len(history.observations.get("day", ())):
        handles.append(
            Line2D(
                [],
                [],
                marker="o",
                linestyle="",
                color=BLACK,
                markerfacecolor="white",
                markersize=4.5,
                label="seen on scan",
            )
        )
    return handles, table, int((largest > 0.0).sum()) - len(chosen)


def time_axis(axes: Axes, history: HistoryLike) -> None:
    """Give an axis the years that are drawn."""
    start, stop = _span(history)
    axes.set_xlim(start, stop + 0.01 * (stop - start))
    axes.set_xlabel(time_ticks(axes, start, stop))
    axes.axvline(0.0, color=GREY, linewidth=0.9, linestyle=":", zorder=0)


def patient_title(history: HistoryLike) -> str:
    """Return who this is and how it ended, short enough for a title."""
    return shorten(f"Patient {history.patient}, {words(history.arm)}: {history.ending}", 70)


def _span(history: HistoryLike) -> tuple[float, float]:
    """Return the first and the last year that is drawn."""
    days = np.asarray(history.days, dtype=float)
    if not days.size:
        return 0.0, 1.0
    stop = max(float(days[-1]), 1.0) / YEAR
    return max(float(days[0]) / YEAR, -BEFORE_DIAGNOSIS), stop


def _colours(sites: NDArray[Any], parents: NDArray[Any], largest: Floats) -> dict[str, str]:
    """Return a colour for each site: black for that of the primary, then by the largest lesion in it."""
    weight = {site: float(largest[sites == site].max(initial=0.0)) for site in np.unique(sites).tolist()}
    primary = sites[parents < 0]
    return dict(
        site_colours(sorted(weight, key=lambda site: (-weight[site], site)), str(primary[0]) if primary.size else None)
    )


def _size_axes(axes: Axes, history: HistoryLike, ct_limit: float) -> None:
    axes.set_yscale("log")
    top = float(np.nanmax(diameter_mm(history.cells), initial=20.0))
    axes.set_ylim(0.01, max(100.0, 1.6 * top))
    axes.set_yticks([0.01, 0.1, 1.0, 10.0, 100.0], ["0.01", "0.1", "1", "10", "100"])
    axes.minorticks_off()
    axes.set_ylabel("Diameter of lesion [mm]")
    axes.tick_params(labelbottom=False)
    grid(axes, "x")
    for size, text in (
        (ct_limit, f"CT shows\n{ct_limit:g} mm or more"),
        (AVASCULAR_LIMIT_MM, f"without vessels\nstalls near {AVASCULAR_LIMIT_MM:g} mm"),
    ):
        axes.axhline(size, color=DARK, linewidth=0.9, linestyle=(0, (5, 3)), zorder=0)
        axes.annotate(
            text,
            (1.0, size),
            (6, 0),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            fontsize=9,
            va="center",
            color=DARK,
        )


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


def treatment_rows(history: HistoryLike) -> list[tuple[str, str, Floats, str]]:
    """Return one row for surgery and one for each agent: name, colour, days, marker."""
    operations = [float(event["day"]) for event in history.events if event["kind"] == "resection"]
    progressions = [float(event["day"]) for event in history.events if event["kind"] == "progression"]
    rows: list[tuple[str, str, Floats, str]] = []
    if operations:
        rows.append(("surgery", DARK, np.array(operations), "v"))
    for agent, colour in _colours_of_agents(history).items():
        days = np.array([day for day, name, _ in history.doses if name == agent])
        if days.size:
            rows.append((words(agent), colour, days, "|"))
    if progressions:
        rows.append(("progression", VERMILLION, np.array(progressions), "D"))
    return rows


def _colours_of_agents(history: HistoryLike) -> dict[str, str]:
    """Return each agent's colour, the same in every picture of a patient."""
    agents = dict.fromkeys([*(agent for _, agent, _ in history.doses), *history.concentrations])
    return {agent: _agent_colours[place % len(_agent_colours)] for place, agent in enumerate(agents)}


def draw_treatment(axes: Axes, strips: Sequence[tuple[str, str, Floats, str]]) -> None:
    """Draw what was done and when: one row each."""
    for row, (_, colour, days, marker) in enumerate(strips):
        axes.axhline(row, color="#E6E6E6", linewidth=0.8, zorder=0)
        wide: dict[str, Any] = (
            {"markersize": 9, "markeredgewidth": 1.1} if marker == "|" else {"markersize": 6, "markeredgewidth": 0.0}
        )
        axes.plot(days / YEAR, np.full(len(days), row), marker, color=colour, clip_on=False, **wide)
    axes.set_yticks(range(len(strips)), [name for name, *_ in strips])
    axes.set_ylim(max(len(strips), 1) - 0.4, -0.6)
    axes.tick_params(left=False)
    axes.spines["left"].set_visible(False)
    if not strips:
        axes.text(0.5, 0.5, "no treatment", transform=axes.transAxes, ha="center", va="center", color=DARK)


def concentration_figure(history: HistoryLike) -> Picture:
    """Draw the level of each agent in time [mg/L], one strip each with its own scale.

    ``table`` holds agent, day and mg_per_litre of the points drawn.
    """
    agents, colours = list(history.concentrations), _colours_of_agents(history)
    rows: dict[str, list[Any]] = {"agent": [], "day": [], "mg_per_litre": []}
    with house_style():
        picture = Picture(9.2, 1.0 + 1.25 * max(len(agents), 1))
        panels = picture.subplots(max(len(agents), 1), 1, sharex=True, squeeze=False)[:, 0]
        for agent, axes in zip(agents, panels, strict=False):
            days, level = _envelope(*history.concentrations[agent])
            colour = colours[agent]
            axes.fill_between(days / YEAR, 0.0, level, color=colour, alpha=0.25, linewidth=0)
            axes.plot(days / YEAR, level, color=colour, linewidth=0.9)
            axes.set_ylim(0, max(1.08 * float(level.max(initial=0.0)), 1e-12))
            axes.set_ylabel("mg/L")
            axes.set_title(words(agent), fontsize=10)
            axes.locator_params(axis="y", nbins=4)
            grid(axes)
            rows["agent"] += [agent] * len(days)
            rows["day"] += days.tolist()
            rows["mg_per_litre"] += level.tolist()
        if agents:
            last = max(_last_day(*history.concentrations[agent]) for agent in agents)
            panels[-1].set_xlim(0, max(1.03 * last, 1.0) / YEAR)
            panels[-1].set_xlabel(time_ticks(panels[-1], 0.0, max(1.03 * last, 1.0) / YEAR))
        else:
            panels[0].text(
                0.5, 0.5, "no drug was given", transform=panels[0].transAxes, ha="center", va="center", color=DARK
            )
            panels[0].set_axis_off()
        picture.align_ylabels(panels.tolist())
    picture.caption = (
        f"Level of each drug where it acts, in patient {history.patient}, arm {words(history.arm)}, until it is gone."
    )
    picture.table = rows
    return picture


def _last_day(days: Floats, level: Floats) -> float:
    """Return the last day with more than a thousandth of the peak level."""
    there = np.flatnonzero(np.asarray(level) > 1e-3 * np.max(level, initial=0.0))
    return float(days[there[-1]]) if there.size else 0.0


def _envelope(days: Floats, level: Floats, most: int = 1200) -> tuple[Floats, Floats]:
    """Return fewer points that keep the peaks and the troughs: the least and the greatest of each stretch."""
    day, value = np.asarray(days, dtype=float), np.asarray(level, dtype=float)
    if len(day) <= most:
        return day, value
    edges = np.linspace(0, len(day), most // 2 + 1).astype(int)
    kept = {0, len(day) - 1}
    for first, after in itertools.pairwise(edges.tolist()):
        kept |= {first + int(value[first:after].argmin()), first + int(value[first:after].argmax())}
    order = np.array(sorted(kept))
    return day[order], value[order]
