"""Patients drawn as swimmers: how long each was followed and treated, what scans found, and how it ended."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray

from seedsoil.show.palette import AGENT_COLOURS, BLACK, PALE, Picture, house_style, time_ticks
from seedsoil.show.results import YEAR, TrialLike, followed, of_arm, protocol_of, words
from seedsoil.show.trial.sums import RESPONSES
from seedsoil.trial.reading.tables import rows_of_patients
from seedsoil.trial.treatment import Stretch, stretches

#: What is asked of the table of patients.
_SWUM = ("patient", "arm", "alive", "followed", "end_day", "progressed", "progression_day", "response")
#: Marks: shape, face, what it says.
_partial, _complete = ("^", "white", "first partial response"), ("^", BLACK, "first complete response")
_progression, _death, _alive = ("D", "white", "progression"), ("X", BLACK, "death"), (">", BLACK, "alive at the end")
_lost = ("s", "white", "not followed further")


def swimmer_figure(trial: TrialLike, most: int = 30) -> Picture:
    """Draw patients as bars in time, with treatment, responses, progression and death.

    The first ``most`` patients of each arm are drawn: patients are alike in law, so the first are a fair sample, and the same
    people appear in every arm. Needs the table ``patients``; stretches of treatment need the trial's plan and the table
    ``events``, the days of responses ``assessments``. ``table`` holds what is drawn: one line for each patient, and then
    for each stretch of treatment.
    """
    arms = list(trial.arms)
    columns = 2 if len(arms) > 1 else 1
    lines = -(-len(arms) // columns)
    rows: dict[str, list[Any]] = {name: [] for name in ("arm", "patient", "what", "from_day", "to_day", "detail")}
    numbers = {arm: _first_patients(trial, arm, most) for arm in arms}
    treated = {arm: _treatment(trial, arm, numbers[arm]) for arm in arms}
    agents = dict.fromkeys(one.agent for arm in arms for those in treated[arm].values() for one in those)
    colours = {agent: AGENT_COLOURS[k % len(AGENT_COLOURS)] for k, agent in enumerate(agents)}
    marks: dict[tuple[str, str, str], None] = {}
    best: set[str] = set()
    with house_style():
        picture = Picture(9.4, 0.9 + 3.6 * lines)
        grid_of_axes = picture.subplots(lines, columns, sharex=True, squeeze=False)
        last = float(np.max(trial.tables["patients"]["end_day"], initial=1.0)) / YEAR
        for place, axes in enumerate(grid_of_axes.ravel()):
            if place >= len(arms):
                axes.set_axis_off()
                continue
            arm = arms[place]
            swimmers = _swimmers(trial, arm, treated[arm], numbers[arm])
            marks |= _swim(axes, swimmers, colours, last)
            axes.set_title(words(arm), fontsize=11)
            axes.set_xlim(-0.03 * last, last * 1.04)
            label = time_ticks(axes, 0.0, last, 10.5 if columns == 1 else 6)
            axes.tick_params(labelbottom=True)
            if place >= len(arms) - columns:
                axes.set_xlabel(label)
            _tell(rows, arm, swimmers)
            best |= {one["best"] for one in swimmers}
        picture.explain(_key(colours, marks, best), 4)
    picture.caption = (
        f"The first {max((one.size for one in numbers.values()), default=0)} patients of each "
        "arm, one bar each from diagnosis to the end, the longest followed at the top. Coloured stretches are time on a drug, from the "
        "first dose to the last. The square before a bar is the best response that scans showed up to progression."
    )
    picture.table = rows
    return picture


def _first_patients(trial: TrialLike, arm: str, most: int) -> NDArray[Any]:
    return np.sort(of_arm(trial.tables["patients"], arm, "patient")["patient"])[:most]


def _treatment(trial: TrialLike, arm: str, numbers: NDArray[Any]) -> dict[int, list[Stretch]]:
    protocol = protocol_of(trial, arm)
    agents = getattr(getattr(trial, "plan", None), "agents", {})
    if protocol is None or "events" not in trial.tables:
        return {}
    patients = rows_of_patients(trial.tables["patients"], numbers, ("patient", "arm", "end_day"))
    events = rows_of_patients(trial.tables["events"], numbers, ("patient", "arm", "day", "kind", "detail"))
    return stretches(patients, events, arm, protocol, agents)


def _swimmers(
    trial: TrialLike, arm: str, treated: dict[int, list[Stretch]], numbers: NDArray[Any]
) -> list[dict[str, Any]]:
    """Return some patients of an arm, the longest followed first."""
    table = of_arm(
        rows_of_patients(
            trial.tables["patients"], numbers, [name for name in _SWUM if name in trial.tables["patients"]]
        ),
        arm,
        *_SWUM,
    )
    sums = {one.patient: one for one in followed(trial, arm, numbers)}
    first = np.argsort(table["patient"], kind="stable")
    found = []
    for row in first[np.argsort(-table["end_day"][first].astype(float), kind="stable")].tolist():
        patient, best = int(table["patient"][row]), str(table["response"][row])
        responded = math.nan
        if patient in sums and best in ("CR", "PR"):
            responded = sums[patient].first_day_of(best)
        progressed = bool(table["progressed"][row])
        found.append(
            {
                "patient": patient,
                "end": float(table["end_day"][row]),
                "alive": bool(table["alive"][row]),
                "lost": not bool(table["followed"][row]) if "followed" in table else False,
                "best": best,
                "responded": responded,
                "progressed": float(table["progression_day"][row]) if progressed else math.nan,
                "treated": treated.get(patient, []),
            }
        )
    return found


def _swim(
    axes: Axes, swimmers: list[dict[str, Any]], colours: dict[str, str], last: float
) -> dict[tuple[str, str, str], None]:
    """Draw the bars and the marks of one arm; return the marks that were needed."""
    boxes: list[list[tuple[float, float]]] = []
    faces: list[str] = []

    def box(start: float, stop: float, low: float, high: float, face: str) -> None:
        boxes.append([(start, low), (stop, low), (stop, high), (start, high)])
        faces.append(face)

    for k, one in enumerate(swimmers):
        box(0.0, one["end"] / YEAR, k - 0.36, k + 0.36, PALE)
        box(-0.022 * last, -0.006 * last, k - 0.36, k + 0.36, RESPONSES.get(one["best"], ("", PALE))[1])
        drugs = list(dict.fromkeys(stretch.agent for stretch in one["treated"]))
        for stretch in one["treated"]:
            low = k - 0.36 + 0.72 * drugs.index(stretch.agent) / len(drugs)
            wide = max((stretch.last - stretch.first) / YEAR, 0.006 * last)
            box(stretch.first / YEAR, stretch.first / YEAR + wide, low, low + 0.72 / len(drugs), colours[stretch.agent])
    axes.add_collection(PolyCollection(boxes, facecolors=faces, linewidths=0.0))
    used: dict[tuple[str, str, str], None] = {}
    for mark, days in _marks(swimmers).items():
        shape, face, _ = mark
        there = [(day / YEAR, k) for k, day in enumerate(days) if math.isfinite(day)]
        if there:
            used[mark] = None
            x, y = zip(*there, strict=True)
            axes.plot(
                x, y, shape, markersize=4.6, markerfacecolor=face, markeredgecolor=BLACK, markeredgewidth=0.8, zorder=3, clip_on=False,
            )  # fmt: skip
    axes.set_ylim(len(swimmers) - 0.3, -0.7)
    axes.set_yticks([])
    axes.set_ylabel(f"{len(swimmers)} patients")
    axes.spines["left"].set_visible(False)
    return used


def _marks(swimmers: list[dict[str, Any]]) -> dict[tuple[str, str, str], list[float]]:
    """Return for each kind of mark its day in each patient, nan where it has none."""
    nan = math.nan
    return {
        _partial: [one["responded"] if one["best"] == "PR" else nan for one in swimmers],
        _complete: [one["responded"] if one["best"] == "CR" else nan for one in swimmers],
        _progression: [one["progressed"] for one in swimmers],
        _death: [nan if one["alive"] else one["end"] for one in swimmers],
        _alive: [one["end"] if one["alive"] and not one["lost"] else nan for one in swimmers],
        _lost: [one["end"] if one["alive"] and one["lost"] else nan for one in swimmers],
    }


def _key(colours: dict[str, str], marks: dict[tuple[str, str, str], None], best: set[str]) -> list[Any]:
    handles: list[Any] = [Patch(color=colour, label=f"on {words(agent)}") for agent, colour in colours.items()]
    handles.append(Patch(color=PALE, label="on no drug" if colours else "followed"))
    handles += [
        Line2D([], [], marker="s", linestyle="", color=colour, markersize=7, label=f"best: {text}")
        for response, (text, colour) in RESPONSES.items()
        if response in best
    ]
    order = (_partial, _complete, _progression, _death, _alive, _lost)
    handles += [
        Line2D([], [], marker=shape, linestyle="", color=BLACK, markerfacecolor=face, markersize=6, label=label)
        for shape, face, label in order
        if (shape, face, label) in marks
    ]
    return handles


def _tell(rows: dict[str, list[Any]], arm: str, swimmers: list[dict[str, Any]]) -> None:
    """Add one line for each patient, response, progression and stretch of treatment."""
    for one in swimmers:
        lines = [("followed", 0.0, one["end"], "alive" if one["alive"] else "died")]
        lines.append(("best response", one["responded"], one["responded"], one["best"]))
        if math.isfinite(one["progressed"]):
            lines.append(("progression", one["progressed"], one["progressed"], ""))
        lines += [("treatment", stretch.first, stretch.last, stretch.agent) for stretch in one["treated"]]
        for line in lines:
            for column, cell in zip(rows.values(), (arm, one["patient"], *line), strict=True):
                column.append(cell)
