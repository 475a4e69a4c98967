"""What was done to one patient and when: a strip with a row for each kind of deed, each drug, and progression."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.lines import Line2D

from seedsoil.show.palette import AGENT_COLOURS, BLACK, DARK, GREY, VERMILLION
from seedsoil.show.results import YEAR, Floats, HistoryLike, words

#: Orders that are no scan: name of the class, what it is called here, and its mark.
_deeds = {
    "Resect": ("surgery", "v"),
    "Ablate": ("ablation", "P"),
    "Irradiate": ("irradiation", "|"),
    "Inject": ("injection", "^"),
    "Shunt": ("shunt", ""),
    "Biopsy": ("biopsy", "o"),
    "Culture": ("culture", "p"),
    "BloodDraw": ("blood drawn", "d"),
    "Count": ("count", "."),
}
#: What rules and toxicity do to a course: the kind of event, its mark, and whether that is filled.
_changes = {
    "paused": ("s", False),
    "resumed": (">", True),
    "reduced": ("v", True),
    "delayed": ("o", False),
    "stopped": ("s", True),
}


@dataclass(frozen=True, eq=False)
class Row:
    """One row of the strip: marks on days, stretches of time, and what was changed on which day (kinds of event)."""

    name: str
    colour: str
    marker: str
    days: Floats
    spans: tuple[tuple[float, float], ...] = ()
    changes: tuple[tuple[float, str], ...] = ()


def treatment_rows(history: HistoryLike) -> list[Row]:
    """Return the rows of the strip: operations and samples, each drug with the changes of its course, scans, progression."""
    rows = []
    for kind, (name, marker) in _deeds.items():
        done = [(day, order) for day, order in history.done if type(order).__name__ == kind]
        if kind == "Shunt":
            spans = tuple(dict.fromkeys((order.start, order.start + order.duration) for _, order in done))
            days = np.zeros(0)
        else:
            spans, days = (), np.array([day for day, _ in done])
        if done:
            rows.append(Row(name, DARK, marker, days, spans))
    for agent, colour in agent_colours(history).items():
        days = np.array([day for day, name, _ in history.doses if name == agent])
        changes = _changes_of(history, agent)
        if days.size or changes:
            rows.append(Row(words(agent), colour, "|", days, changes=changes))
    for tool, looks in scan_days(history).items():
        rows.append(Row(f"{tool.upper()} scan", GREY, "|", looks))
    progressions = [float(event["day"]) for event in history.events if event["kind"] == "progression"]
    if progressions:
        rows.append(Row("progression", VERMILLION, "D", np.array(progressions)))
    return rows


def scan_days(history: HistoryLike) -> dict[str, Floats]:
    """Return for each instrument the days on which it looked, whether it saw anything or not."""
    looks: dict[str, list[float]] = {}
    for day, order in history.done:
        if type(order).__name__ == "Scan":
            looks.setdefault(str(order.instrument), []).append(float(day))
    return {tool: np.array(days) for tool, days in looks.items()}


def agent_colours(history: HistoryLike) -> dict[str, str]:
    """Return each agent's colour, the same in every picture of a patient."""
    agents = dict.fromkeys([*(agent for _, agent, _ in history.doses), *history.concentrations])
    return {agent: AGENT_COLOURS[place % len(AGENT_COLOURS)] for place, agent in enumerate(agents)}


def _changes_of(history: HistoryLike, agent: str) -> tuple[tuple[float, str], ...]:
    title = history.titles.get(agent, words(agent))
    return tuple(
        (float(event["day"]), str(event["kind"]))
        for event in history.events
        if event["kind"] in _changes and str(event.get("detail", "")).startswith(f"{title} ")
    )


def draw_treatment(axes: Axes, rows: Sequence[Row]) -> list[Any]:
    """Draw what was done and when, one row each; return the key of the marks that change a course."""
    for place, row in enumerate(rows):
        axes.axhline(place, color="#E6E6E6", linewidth=0.8, zorder=0)
        if row.days.size:
            wide: dict[str, Any] = (
                {"markersize": 9, "markeredgewidth": 1.1}
                if row.marker == "|"
                else {"markersize": 6, "markeredgewidth": 0.0}
            )
            axes.plot(row.days / YEAR, np.full(len(row.days), place), row.marker, color=row.colour, linestyle="", clip_on=False, **wide)  # fmt: skip
        if row.spans:
            boxes = [
                [(a / YEAR, place - 0.25), (b / YEAR, place - 0.25), (b / YEAR, place + 0.25), (a / YEAR, place + 0.25)]
                for a, b in row.spans
            ]
            axes.add_collection(PolyCollection(boxes, facecolors=row.colour, edgecolors=row.colour, linewidths=0.8))
        for day, kind in row.changes:
            axes.plot([day / YEAR], [place], clip_on=False, zorder=4, **_change_style(kind))
    axes.set_yticks(range(len(rows)), [row.name for row in rows])
    axes.set_ylim(max(len(rows), 1) - 0.4, -0.6)
    axes.tick_params(left=False)
    axes.spines["left"].set_visible(False)
    if not rows:
        axes.text(0.5, 0.5, "no treatment", transform=axes.transAxes, ha="center", va="center", color=DARK)
    there = {kind for row in rows for _, kind in row.changes}
    return [Line2D([], [], label=f"drug {kind}", **_change_style(kind)) for kind in _changes if kind in there]


def _change_style(kind: str) -> dict[str, Any]:
    marker, filled = _changes[kind]
    return {
        "marker": marker, "linestyle": "", "color": BLACK, "markersize": 6, "markeredgewidth": 1.0,
        "markerfacecolor": BLACK if filled else "white", "markeredgecolor": BLACK,
    }  # fmt: skip
