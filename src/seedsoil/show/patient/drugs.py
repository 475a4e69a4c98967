"""Doses and levels of the drugs in one patient: in the body, and in the artery where a pump's drug acts."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from seedsoil.show.palette import DARK, Picture, grid, house_style, time_ticks
from seedsoil.show.patient.treatment import agent_colours
from seedsoil.show.results import YEAR, Floats, HistoryLike, words

#: Units in which a level is read with few zeros, and how many of them are 1 mg/L.
_units = (("mg/L", 1.0), ("µg/L", 1e3), ("ng/L", 1e6))
#: A strip: its title, the agent, where (the site that an artery feeds, or ""), days, and levels [mg/L].
_Strip = tuple[str, str, str, Floats, Floats]


def drugs_figure(history: HistoryLike) -> Picture:
    """Draw the level of each agent in time [mg/L], one strip each with its own scale, above the days of its doses.

    A drug given into an artery has two strips: where that artery goes, and the rest of the body. ``table`` holds agent,
    where ("body", or the site that the artery feeds), day, mg_per_litre of the points drawn, and the amount given on that day [mg].
    """
    strips, colours = _strips(history), agent_colours(history)
    rows: dict[str, list[Any]] = {"agent": [], "where": [], "day": [], "mg_per_litre": [], "dose_mg": []}
    with house_style():
        picture = Picture(9.2, 1.0 + 1.3 * max(len(strips), 1))
        panels = picture.subplots(max(len(strips), 1), 1, sharex=True, squeeze=False)[:, 0]
        for (title, agent, where, days, level), axes in zip(strips, panels, strict=False):
            doses = {float(day): float(amount) for day, name, amount in history.doses if name == agent}
            _draw_level(axes, days, level, np.array(list(doses)), colours[agent])
            axes.set_title(title, fontsize=10)
            rows["agent"] += [agent] * (len(days) + len(doses))
            rows["where"] += [where or "body"] * (len(days) + len(doses))
            rows["day"] += [*days.tolist(), *doses]
            rows["mg_per_litre"] += [*level.tolist(), *([""] * len(doses))]
            rows["dose_mg"] += [*([""] * len(days)), *doses.values()]
        if strips:
            last = max(_last_day(days, level) for _, _, _, days, level in strips)
            panels[-1].set_xlim(0, max(1.03 * last, 1.0) / YEAR)
            panels[-1].set_xlabel(time_ticks(panels[-1], 0.0, max(1.03 * last, 1.0) / YEAR))
        else:
            panels[0].text(0.5, 0.5, "no drug was given", transform=panels[0].transAxes, ha="center", va="center", color=DARK)  # fmt: skip
            panels[0].set_axis_off()
        picture.align_ylabels(panels.tolist())
    picture.caption = (
        f"Level of each drug at its site of action in patient {history.patient}, arm {words(history.arm)}, until it is gone; a tick "
        "below the line marks the beginning of a dose. The strips have scales of their own: compare their shapes, and read the heights."
        + (" A drug given into an artery acts there at the level of its first strip." if history.arteries else "")
    )
    picture.table = rows
    return picture


def _strips(history: HistoryLike) -> list[_Strip]:
    """Return the strips to draw, an artery's before that of the body; points are thinned, peaks and troughs kept."""
    strips: list[_Strip] = []
    doses: dict[str, list[float]] = {}
    for _, agent, amount in history.doses:
        doses.setdefault(agent, []).append(float(amount))
    for agent, (days, level) in history.concentrations.items():
        given = doses.get(agent, [])
        amounts = f"{len(given)} {'dose' if len(given) == 1 else 'doses'} of {_range(given)} mg" if given else "no dose"
        title = f"{words(agent)}, {amounts}"
        if agent in history.arteries:
            site, fine, there = history.arteries[agent]
            strips.append((f"{title}: in the artery of the {words(site)}", agent, site, *_envelope(fine, there)))
            title = f"{words(agent)}: in the rest of the body"
        strips.append((title, agent, "", *_envelope(days, level)))
    return strips


def _range(amounts: list[float]) -> str:
    low, high = f"{min(amounts):.3g}", f"{max(amounts):.3g}"
    return low if low == high else f"{low} to {high}"


def _draw_level(axes: Axes, days: Floats, level: Floats, doses: Floats, colour: str) -> None:
    peak = float(level.max(initial=0.0))
    unit, scale = next(((unit, scale) for unit, scale in _units if peak * scale >= 0.1), _units[-1])
    level = scale * level
    top = max(1.08 * scale * peak, 1e-12)
    axes.fill_between(days / YEAR, 0.0, level, color=colour, alpha=0.25, linewidth=0)
    axes.plot(days / YEAR, level, color=colour, linewidth=0.9)
    axes.plot(doses / YEAR, np.full(doses.size, -0.11 * top), "|", color=DARK, markersize=6, markeredgewidth=0.9)
    axes.axhline(0.0, color=DARK, linewidth=0.6)
    axes.set_ylim(-0.2 * top, top)
    axes.set_ylabel(unit)
    axes.locator_params(axis="y", nbins=4)
    axes.set_yticks([mark for mark in axes.get_yticks() if 0.0 <= mark <= top])
    grid(axes)


def _last_day(days: Floats, level: Floats) -> float:
    """Return the last day with more than a thousandth of the peak level."""
    there = np.flatnonzero(np.asarray(level) > 1e-3 * np.max(level, initial=0.0))
    return float(days[there[-1]]) if there.size else 0.0


def _envelope(days: Floats, level: Floats, most: int = 800) -> tuple[Floats, Floats]:
    """Return fewer points that keep the peaks and the troughs: the least and the greatest of each stretch.

    What comes after the drug is gone is left out.
    """
    day, value = np.asarray(days, dtype=float), np.asarray(level, dtype=float)
    there = np.flatnonzero(value > 1e-4 * value.max(initial=0.0))
    stop = min(int(there[-1]) + 2, len(day)) if there.size else min(2, len(day))
    day, value = day[:stop], value[:stop]
    if len(day) <= most:
        return day, value
    edges = np.linspace(0, len(day), most // 2 + 1).astype(int)
    kept = {0, len(day) - 1}
    for first, after in itertools.pairwise(edges.tolist()):
        kept |= {first + int(value[first:after].argmin()), first + int(value[first:after].argmax())}
    order = np.array(sorted(kept))
    return day[order], value[order]
