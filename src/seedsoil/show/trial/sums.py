"""How target lesions answer: the best change of their sum as a waterfall, and every change in time as a spider's legs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray

from seedsoil.observe.response import NEITHER, PARTIAL_FALL, PROGRESS_RISE
from seedsoil.show.palette import (
    BLACK,
    DARK,
    GREEN,
    ORANGE,
    PALE,
    SKY,
    VERMILLION,
    YELLOW,
    Picture,
    grid,
    house_style,
    time_ticks,
)
from seedsoil.show.results import YEAR, TrialLike, followed, of_arm, size_of, thinned, words
from seedsoil.trial.reading.summaries import Changes, best_changes
from seedsoil.trial.targets import TargetSums

#: Best responses in words, and their colours.
RESPONSES = {
    "CR": ("complete response", GREEN),
    "PR": ("partial response", SKY),
    "SD": ("stable disease", ORANGE),
    NEITHER: ("unmeasured disease, no progression", YELLOW),
    "PD": ("progressive disease", VERMILLION),
    "NE": ("not evaluable", PALE),
}
_dashes: dict[str, Any] = {
    "CR": "-", "PR": (0, (6, 1.5)), "SD": (0, (3, 1.5)), NEITHER: (0, (3, 1, 1, 1)), "PD": (0, (1.2, 1.2)), "NE": "-",
}  # fmt: skip
_hatches = {"CR": "", "PR": "///", "SD": "---", NEITHER: "|||", "PD": "\\\\\\", "NE": ""}
#: Rises are drawn up to here [%].
_ceiling = 100.0
#: The least height of a bar [%]: a change of nothing is still a patient, and more than the line at nothing.
_sliver = 2.5
#: Bars up to which all are drawn, and how many, evenly spaced in order, of more; the same for lines, of the first patients.
_all_bars, _some_bars = 400, 100
_all_legs, _some_legs = 400, 100
_nobody = "nobody had a target lesion\nand a later scan"


def waterfall_figure(trial: TrialLike) -> Picture:
    """Draw each patient's best change of the sum of target lesions, from the greatest rise to the greatest fall.

    Needs the tables ``patients`` and ``assessments``. ``table`` holds arm, patient, baseline_mm, best_change_percent and response.
    """
    rows: dict[str, list[Any]] = {
        name: [] for name in ("arm", "patient", "baseline_mm", "best_change_percent", "response")
    }
    cut, sampled = 0, False
    counts = []
    with house_style():
        measured = _measured(trial)
        picture, panels = _panels(measured, "Best change of the sum\nof target lesions [%]")
        for arm, axes in panels.items():
            those = measured[arm]
            size = those.patients.size
            counts.append(f"{words(arm)} {size:,} of {size_of(trial, arm):,}")
            # Ordered by number before: equal changes come by number.
            order = np.argsort(-those.best, kind="stable")[thinned(size, size if size <= _all_bars else _some_bars)]
            best = _best(trial, arm, those.patients[order])
            bars: dict[str, list[tuple[int, float]]] = {}
            for place, one in enumerate(order.tolist()):
                patient, change = int(those.patients[one]), float(those.best[one])
                response = best[patient]
                bars.setdefault(response, []).append((place, min(change, _ceiling)))
                for column, cell in zip(
                    rows.values(), (arm, patient, float(those.baseline[one]), change, response), strict=True
                ):
                    column.append(cell)
            cut += int(np.count_nonzero(those.best > _ceiling))
            sampled = sampled or order.size < size
            _draw_bars(axes, bars)
            axes.set_xlim(-0.8, max(order.size, 6) - 0.2)
            axes.set_xticks([])
            axes.set_xlabel(f"{size:,} {'patient' if size == 1 else 'patients'}")
            axes.spines["bottom"].set_visible(False)
            axes.axhline(0.0, color=DARK, linewidth=0.8)
        picture.explain(_key(hatched=True), 4)
    picture.caption = (
        "Best change of the sum of target lesions since the first scan, one bar a patient, up to progression: bars that reach the lower "
        "dashed line (30% less) are responses if nothing else grew, bars that stay above the upper one (20% more) never shrank. "
        f"Colour and hatch: best response by all rules, new lesions among them. Patients with a target and a later scan: {', '.join(counts)}."
        + (f" Of more than {_all_bars}, {_some_bars} are drawn, evenly spaced in this order." if sampled else "")
        + (f" Triangles: {cut} higher bars end here." if cut else "")
    )
    picture.table = rows
    return picture


def _draw_bars(axes: Axes, bars: dict[str, list[tuple[int, float]]]) -> None:
    """Draw bars (place, height), those of one response together; a triangle says that a bar ends at the ceiling."""
    for response, those in bars.items():
        heights = [height if abs(height) > _sliver else math.copysign(_sliver, height) for _, height in those]
        boxes = [
            [(place - 0.43, 0.0), (place - 0.43, height), (place + 0.43, height), (place + 0.43, 0.0)]
            for (place, _), height in zip(those, heights, strict=True)
        ]
        _, colour = RESPONSES[response]
        hatch = _hatches[response] or None
        axes.add_collection(PolyCollection(boxes, facecolors=colour, hatch=hatch, edgecolors="white", linewidths=0.4))
        high = [place for place, height in those if height >= _ceiling]
        axes.plot(high, [_ceiling - 6.0] * len(high), "^", color=BLACK, markersize=4, markeredgewidth=0.0)


def spider_figure(trial: TrialLike) -> Picture:
    """Draw each patient's change of the sum of target lesions in time, a line each.

    Needs the tables ``patients`` and ``assessments``. ``table`` holds arm, patient, day, sum_mm, change_percent and the
    response that this scan was judged.
    """
    rows: dict[str, list[Any]] = {
        name: [] for name in ("arm", "patient", "day", "sum_mm", "change_percent", "response")
    }
    counts, last, sampled = [], 0.0, False
    with house_style():
        measured = _measured(trial)
        picture, panels = _panels(measured, "Change of the sum\nof target lesions [%]")
        for arm, axes in panels.items():
            numbers = measured[arm].patients
            counts.append(f"{words(arm)} {numbers.size:,} of {size_of(trial, arm):,}")
            sampled = sampled or numbers.size > _all_legs
            numbers = numbers if numbers.size <= _all_legs else numbers[:_some_legs]
            those, best = followed(trial, arm, numbers), _best(trial, arm, numbers)
            _draw_legs(axes, those, best)
            last = max([last, *(float(one.days[-1]) / YEAR for one in those)])
            for one in those:
                changes, judged = one.change.tolist(), list(one.responses)
                for line in zip(one.days.tolist(), one.sums.tolist(), changes, judged, strict=True):
                    for column, cell in zip(rows.values(), (arm, one.patient, *line), strict=True):
                        column.append(cell)
        for place, axes in enumerate(panels.values()):
            axes.set_xlim(0.0, max(last, 0.1) * 1.03)
            label = time_ticks(axes, 0.0, max(last, 0.1), 10.5 if len(panels) == 1 else 6)
            axes.tick_params(labelbottom=True)
            if place >= len(panels) - 2 or len(panels) == 1:
                axes.set_xlabel(label)
        progressed = Line2D(
            [], [], marker="D", linestyle="", color=BLACK, markerfacecolor="white", markersize=5, label="progression"
        )
        picture.explain([*_key(hatched=False), progressed], 3)
    picture.caption = (
        "Change of the sum of target lesions since the first scan, one line a patient: down is shrinking, and a line that turns up has "
        "found its way out. Dashed: 30% less, and 20% more. A diamond marks the scan that found progression, by the sum's rise above its "
        f"lowest value or by a new lesion. Patients with a target and a later scan: {', '.join(counts)}."
        + (f" Of more than {_all_legs}, the first {_some_legs} are drawn." if sampled else "")
        + (
            f" Lines above {_ceiling:g}% leave the picture."
            if max(rows["change_percent"], default=0.0) > _ceiling
            else ""
        )
    )
    picture.table = rows
    return picture


def _panels(measured: dict[str, Changes], label: str) -> tuple[Picture, dict[str, Axes]]:
    """Return a picture with one panel an arm, the change of the sum upwards."""
    arms = list(measured)
    columns = 2 if len(arms) > 1 else 1
    lines = -(-len(arms) // columns)
    picture = Picture(9.4, 0.9 + 2.6 * lines)
    panels: dict[str, Axes] = {}
    for place, axes in enumerate(picture.subplots(lines, columns, sharey=True, squeeze=False).ravel()):
        if place >= len(arms):
            axes.set_axis_off()
            continue
        panels[arms[place]] = axes
        axes.set_title(words(arms[place]), fontsize=11)
        axes.set_ylim(-105.0, 1.05 * _ceiling)
        axes.set_yticks(range(-100, int(_ceiling) + 1, 50))
        if place % columns == 0:
            axes.set_ylabel(label)
        axes.tick_params(labelleft=place % columns == 0)
        for height in (-100.0 * PARTIAL_FALL, 100.0 * PROGRESS_RISE):
            axes.axhline(height, color=DARK, linewidth=0.8, linestyle=(0, (5, 3)), zorder=0)
        grid(axes, "y")
        if not measured[arms[place]].patients.size:
            axes.text(0.5, 0.5, _nobody, transform=axes.transAxes, ha="center", va="center", color=DARK, linespacing=1.3,
                      bbox={"facecolor": "white", "edgecolor": "none"})  # fmt: skip
    return picture, panels


def _measured(trial: TrialLike) -> dict[str, Changes]:
    """Return the patients of each arm who had a target lesion and a later scan, by number."""
    nobody = Changes(np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0))
    found = best_changes(trial.tables) if "assessments" in trial.tables else {}
    return {arm: found.get(arm, nobody) for arm in trial.arms}


def _best(trial: TrialLike, arm: str, numbers: NDArray[Any]) -> dict[int, str]:
    """Return the best response of some patients of an arm."""
    table = of_arm(trial.tables["patients"], arm, "patient", "response")
    mine = np.isin(table["patient"], numbers)
    return dict(zip(table["patient"][mine].tolist(), map(str, table["response"][mine].tolist()), strict=True))


def _draw_legs(axes: Axes, those: list[TargetSums], best: dict[int, str]) -> None:
    """Draw one arm's lines; those of many patients are thinner."""
    thin = 1.4 if len(those) <= 15 else 0.9 if len(those) <= 60 else 0.5
    for response in RESPONSES:
        legs = [
            np.column_stack([one.days / YEAR, np.minimum(one.change, 4.0 * _ceiling)])
            for one in those
            if best[one.patient] == response
        ]
        colour = RESPONSES[response][1]
        axes.add_collection(LineCollection(legs, colors=colour, linewidths=thin, linestyles=[_dashes[response]]))
    found = [one for one in those if one.progressed]
    if found:
        x = [float(one.days[-1]) / YEAR for one in found]
        y = [min(float(one.change[-1]), _ceiling) for one in found]
        axes.plot(
            x, y, "D", markersize=4.0, markerfacecolor="white", markeredgecolor=BLACK, markeredgewidth=0.7, zorder=3, clip_on=False,
        )  # fmt: skip
    axes.axhline(0.0, color=DARK, linewidth=0.8)


def _key(*, hatched: bool) -> list[Any]:
    return [
        Patch(facecolor=colour, hatch=_hatches[kind], edgecolor="white", label=text)
        if hatched
        else Line2D([], [], color=colour, linestyle=_dashes[kind], label=text)
        for kind, (text, colour) in RESPONSES.items()
        if kind not in ("NE", NEITHER)
    ]
