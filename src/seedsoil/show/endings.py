"""How it ends: causes of death in each arm, and patients drawn as swimmers in time."""

from __future__ import annotations

from collections.abc import Sequence
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
    PALE,
    PURPLE,
    SKY,
    VERMILLION,
    YELLOW,
    Picture,
    house_style,
    time_ticks,
)
from seedsoil.show.results import YEAR, TrialLike, of_arm, words

_cause_colours = (VERMILLION, BLUE, ORANGE, GREEN, PURPLE, YELLOW)
_alive = "alive at the end"
_responses = {
    "CR": ("complete response", GREEN),
    "PR": ("partial response", SKY),
    "SD": ("stable disease", ORANGE),
    "NON-CR/NON-PD": ("unmeasured disease, no progression", YELLOW),
    "PD": ("progressive disease", VERMILLION),
    "NE": ("not evaluable", PALE),
}


def causes_figure(trial: TrialLike) -> Picture:
    """Draw what the patients of each arm died of, as shares of all patients of the arm.

    Needs the table ``patients`` with arm, alive and cause. ``table`` holds arm, cause, patients, share.
    """
    arms = list(trial.arms)
    tables = {arm: of_arm(trial.tables["patients"], arm) for arm in arms}
    causes = {
        arm: np.where(table["alive"].astype(bool), _alive, table["cause"].astype(str)) for arm, table in tables.items()
    }
    names = _by_weight(np.concatenate(list(causes.values())))
    colours = {name: PALE if name == _alive else GREY for name in names}
    deadly = [name for name in names if name not in (_alive, "other causes")]
    colours |= dict(zip(deadly, _cause_colours, strict=False))
    rows: dict[str, list[Any]] = {"arm": [], "cause": [], "patients": [], "share": []}
    with house_style():
        picture = Picture(8.2, 1.5 + 0.55 * len(arms) + 0.25 * ((len(names) + 2) // 3))
        axes = picture.subplots()
        for place, arm in enumerate(arms):
            left = 0.0
            for name in names:
                count = int((causes[arm] == name).sum())
                share = count / max(len(causes[arm]), 1)
                for column, cell in zip(rows.values(), (arm, name, count, share), strict=True):
                    column.append(cell)
                axes.barh(
                    place, 100 * share, left=left, height=0.68, color=colours[name], edgecolor="white", linewidth=1
                )
                if share >= 0.045:
                    ink = "white" if colours[name] in (BLUE, VERMILLION, GREEN) else BLACK
                    axes.text(
                        left + 50 * share, place, f"{100 * share:.0f}%", ha="center", va="center", fontsize=9, color=ink
                    )
                left += 100 * share
        axes.set_yticks(range(len(arms)), [words(arm) for arm in arms])
        axes.set_ylim(len(arms) - 0.5, -0.5)
        axes.set_xlim(0, 100)
        axes.set_xlabel("Patients [%]")
        axes.tick_params(left=False)
        axes.spines[["left", "bottom"]].set_visible(False)
        picture.explain([Patch(color=colours[name], label=words(name)) for name in names], min(len(names), 4))
    picture.caption = "What the patients of each arm died of by the end of follow-up."
    picture.table = rows
    return picture


def _by_weight(causes: NDArray[Any]) -> list[str]:
    """Return causes from the commonest to the rarest, the living last."""
    names, counts = np.unique(causes, return_counts=True)
    order = sorted(
        zip(names.tolist(), counts.tolist(), strict=True),
        key=lambda pair: (pair[0] == _alive, pair[0] == "other causes", -pair[1], pair[0]),
    )
    return [name for name, _ in order]


def swimmer_figure(trial: TrialLike, most: int = 40) -> Picture:
    """Draw patients as bars in time, coloured by their best response, with progression and death.

    The first ``most`` patients of each arm are drawn: patients are alike in law, so the first are a fair sample, and
    the same people appear in every arm. Needs the table ``patients``; ``table`` holds what is drawn.
    """
    arms = list(trial.arms)
    columns = 2 if len(arms) > 1 else 1
    lines = -(-len(arms) // columns)
    rows: dict[str, list[Any]] = {
        "arm": [],
        "patient": [],
        "response": [],
        "end_day": [],
        "progression_day": [],
        "alive": [],
    }
    with house_style():
        picture = Picture(9.4, 0.9 + 3.5 * lines)
        grid_of_axes = picture.subplots(lines, columns, sharex=True, squeeze=False)
        last = float(np.max(trial.tables["patients"]["end_day"], initial=1.0)) / YEAR
        for place, axes in enumerate(grid_of_axes.ravel()):
            if place >= len(arms):
                axes.set_axis_off()
                continue
            chosen = _sample(of_arm(trial.tables["patients"], arms[place]), most)
            _swim(axes, chosen)
            axes.set_title(words(arms[place]), fontsize=11)
            axes.set_xlim(0, last * 1.04)
            label = time_ticks(axes, 0.0, last)
            axes.tick_params(labelbottom=True)
            if place >= len(arms) - columns:
                axes.set_xlabel(label)
            rows["arm"] += [arms[place]] * len(chosen["patient"])
            for name in ("patient", "response", "end_day", "progression_day", "alive"):
                rows[name] += chosen[name].tolist()
        handles: list[Any] = [Patch(color=colour, label=f"{text}") for text, colour in _responses.values()]
        handles.append(_mark("D", "progression", "white"))
        handles.append(_mark("X", "death", BLACK))
        handles.append(_mark(">", "alive at the end", BLACK))
        picture.explain(handles, 4)
    shown = max(np.unique(rows["arm"], return_counts=True)[1], default=0)
    picture.caption = (
        f"The first {shown} patients of each arm, one bar each from diagnosis to the end, coloured by best response."
    )
    picture.table = rows
    return picture


def _mark(shape: str, label: str, face: str) -> Line2D:
    return Line2D([], [], marker=shape, linestyle="", color=BLACK, markerfacecolor=face, markersize=6, label=label)


def _sample(table: dict[str, NDArray[Any]], most: int) -> dict[str, NDArray[Any]]:
    """Return the first patients, the longest followed at the top."""
    first = np.argsort(table["patient"], kind="stable")[:most]
    order = first[np.argsort(-table["end_day"][first].astype(float), kind="stable")]
    return {name: column[order] for name, column in table.items()}


def _swim(axes: Axes, table: dict[str, NDArray[Any]]) -> None:
    """Draw the bars and the marks of one arm."""
    end = table["end_day"].astype(float) / YEAR
    progression = table["progression_day"].astype(float) / YEAR
    row = np.arange(end.size)
    colours: Sequence[str] = [_responses.get(str(response), ("", PALE))[1] for response in table["response"]]
    bars = [
        [(0.0, k - 0.36), (years, k - 0.36), (years, k + 0.36), (0.0, k + 0.36)] for k, years in enumerate(end.tolist())
    ]
    axes.add_collection(PolyCollection(bars, facecolors=colours, linewidths=0.0))
    progressed = np.isfinite(progression) & table["progressed"].astype(bool)
    axes.scatter(
        progression[progressed],
        row[progressed],
        marker="D",
        s=13,
        color="white",
        edgecolor=BLACK,
        linewidth=0.8,
        zorder=3,
    )
    alive = table["alive"].astype(bool)
    axes.scatter(end[~alive], row[~alive], marker="X", s=20, color=BLACK, linewidth=0, zorder=4)
    axes.scatter(end[alive], row[alive], marker=">", s=20, color=BLACK, linewidth=0, zorder=4, clip_on=False)
    axes.set_ylim(end.size - 0.3, -0.7)
    axes.set_yticks([])
    axes.set_ylabel(f"{end.size} patients")
    axes.spines["left"].set_visible(False)
