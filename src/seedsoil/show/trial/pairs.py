"""The same patients in two arms: same luck, other treatment, so that each patient's own gain can be read."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from seedsoil.foundation.errors import StudyError, did_you_mean
from seedsoil.foundation.units import plain
from seedsoil.show.palette import BLACK, BLUE, DARK, GREY, ORANGE, Picture, grid, house_style
from seedsoil.show.results import YEAR, Floats, TrialLike, of_arm, thinned, words

#: Lives that differ by less than this are the same [day].
_same = 1.0
#: Lives up to so long [years] are told in days, as in the other pictures of time.
_short = 0.75
_shorter, _longer = ORANGE, BLUE
#: Points that are drawn at most, those of the first patients: they are alike in law.
_most_points = 1000
#: Bars up to which all are drawn, and how many, evenly spaced in order, of more.
_all_bars, _some_bars = 400, 100


def pairs_figure(trial: TrialLike, arm: str | None = None, against: str | None = None) -> Picture:
    """Draw each patient's survival in one arm against that in another, and the gains in order.

    Parameters
    ----------
    trial : Trial
        Its table ``patients`` needs patient, arm, alive and end_day.
    arm, against : str
        Two arms; the last and the first of the study if not given.

    Returns
    -------
    Picture
        ``table`` holds patient, the day of death or last follow-up in both arms, whether alive then, gain_days, and whether that
        gain is exact.

    Raises
    ------
    StudyError
        If there are no two such arms.
    """
    arm, against = two_arms(trial, arm, against)
    numbers, days, alive = _paired(trial, arm, against)
    gain = days[0] - days[1]
    exact: NDArray[np.bool_] = ~np.any(alive, axis=0)
    with house_style():
        picture = Picture(9.4, 5.2)
        both, gains = picture.subplots(1, 2, width_ratios=[1.25, 1.0])
        last = max(1.0, float(days.max(initial=0.0)))
        unit, name = (YEAR, "years") if last > _short * YEAR else (1.0, "days")
        _draw_both(both, days[:, :_most_points] / unit, exact[:_most_points], gain[:_most_points], last / unit)
        both.set_xlabel(f"Survival in arm {words(against)} [{name}]")
        both.set_ylabel(f"Survival in arm {words(arm)} [{name}]")
        _draw_gains(gains, gain, exact, unit)
        gains.set_xlabel(f"Gain by {words(arm)} over {words(against)} [{name}]")
        picture.explain(_key(gain, alive), 4)
    picture.caption = _caption(arm, against, gain, exact, alive)
    drawn = np.union1d(np.arange(min(numbers.size, _most_points)), _in_order(gain))
    picture.table = {
        "patient": numbers[drawn].tolist(),
        f"{arm}_day": days[0][drawn].tolist(),
        f"{arm}_alive": alive[0][drawn].tolist(),
        f"{against}_day": days[1][drawn].tolist(),
        f"{against}_alive": alive[1][drawn].tolist(),
        "gain_days": gain[drawn].tolist(),
        "exact": exact[drawn].tolist(),
    }
    return picture


def _in_order(gain: Floats) -> NDArray[np.int64]:
    """Return the patients whose gains are drawn as bars, the greatest gain first."""
    order = np.argsort(-gain, kind="stable")
    return order[thinned(gain.size, gain.size if gain.size <= _all_bars else _some_bars)]


def two_arms(trial: TrialLike, arm: str | None, against: str | None) -> tuple[str, str]:
    """Return the arms to hold against each other, the study's last and first if not given; StudyError if that is no pair."""
    arms = list(trial.arms)
    if len(arms) < 2:
        raise StudyError("a picture of two arms needs a trial with two: this one has one.")
    for name in (arm, against):
        if name is not None and name not in arms:
            raise StudyError(f"no arm {name!r}.{did_you_mean(name, arms)} Arms: {', '.join(arms)}.")
    if against is None:
        against = arms[0] if arm != arms[0] else arms[-1]
    if arm is None:
        arm = arms[-1] if against != arms[-1] else arms[0]
    if arm == against:
        raise StudyError(f"arm {arm!r} against itself: choose two of {', '.join(arms)}.")
    return arm, against


def _paired(trial: TrialLike, arm: str, against: str) -> tuple[NDArray[np.int64], Floats, NDArray[np.bool_]]:
    """Return numbers (n,) of the patients in both arms, and for each arm the last day and whether alive then (2, n)."""
    tables = [of_arm(trial.tables["patients"], name, "patient", "end_day", "alive") for name in (arm, against)]
    numbers, *places = np.intersect1d(tables[0]["patient"], tables[1]["patient"], return_indices=True)
    days = [table["end_day"][place].astype(float) for table, place in zip(tables, places, strict=True)]
    alive = [table["alive"][place].astype(bool) for table, place in zip(tables, places, strict=True)]
    return numbers, np.array(days), np.array(alive)


def _colour(gain: float) -> str:
    return GREY if abs(gain) < _same else _longer if gain > 0.0 else _shorter


def _draw_both(axes: Axes, lives: Floats, exact: NDArray[np.bool_], gain: Floats, last: float) -> None:
    """Draw a point for each patient; hollow ones outlived the follow-up in an arm. ``lives`` and ``last`` are in the axes' unit."""
    axes.plot([0.0, last], [0.0, last], color=DARK, linewidth=0.9, linestyle=(0, (5, 3)), zorder=0)
    axes.set_xlim(0.0, 1.02 * last)
    axes.set_ylim(0.0, 1.02 * last)
    size = 5.2 if gain.size <= 100 else 3.5
    for shape, chosen in (("v", gain <= -_same), ("o", np.abs(gain) < _same), ("^", gain >= _same)):
        colour = {"v": _shorter, "o": GREY, "^": _longer}[shape]
        for there, face in ((chosen & exact, colour), (chosen & ~exact, "none")):
            if not there.any():
                continue
            axes.plot(
                lives[1][there], lives[0][there], shape, markersize=size, markerfacecolor=face, markeredgecolor=colour,
                markeredgewidth=1.0, clip_on=False, zorder=3,
            )  # fmt: skip
    grid(axes)


def _draw_gains(axes: Axes, gain: Floats, exact: NDArray[np.bool_], unit: float) -> None:
    """Draw the gains in a unit [day], the greatest at the top.

    Where somebody outlived the follow-up the bar is hollow: at least so much.
    """
    order = _in_order(gain)
    colours = [_colour(float(one)) for one in gain[order]]
    faces = [colour if whole else "none" for colour, whole in zip(colours, exact[order].tolist(), strict=True)]
    boxes = [
        [(0.0, k - 0.35), (one, k - 0.35), (one, k + 0.35), (0.0, k + 0.35)]
        for k, one in enumerate((gain[order] / unit).tolist())
    ]
    axes.add_collection(PolyCollection(boxes, facecolors=faces, edgecolors=colours, linewidths=0.6), autolim=False)
    axes.axvline(0.0, color=DARK, linewidth=0.8)
    reach = 1.08 * max(_same, float(np.abs(gain).max(initial=0.0))) / unit
    axes.set_xlim(-reach if (gain <= -_same).any() else -0.1 * reach, reach if (gain >= _same).any() else 0.1 * reach)
    axes.set_ylim(max(order.size, 1) - 0.3, -0.7)
    axes.set_yticks([])
    axes.set_ylabel(f"{gain.size:,} {'patient' if gain.size == 1 else 'patients'}")
    axes.spines["left"].set_visible(False)
    axes.locator_params(axis="x", nbins=6)
    grid(axes, "x")


def _key(gain: Floats, alive: NDArray[np.bool_]) -> list[Any]:
    def mark(shape: str, colour: str, label: str, face: str | None = None) -> Line2D:
        return Line2D([], [], marker=shape, linestyle="", color=colour, markerfacecolor=face or colour, markersize=6, label=label)  # fmt: skip

    marks = [mark("^", _longer, "lived longer")] if (gain >= _same).any() else []
    marks += [mark("v", _shorter, "lived shorter")] if (gain <= -_same).any() else []
    marks += [mark("o", GREY, "the same")] if (np.abs(gain) < _same).any() else []
    if alive.any():
        marks.append(mark("o", BLACK, "hollow: outlived the follow-up", "none"))
    return marks


def _caption(arm: str, against: str, gain: Floats, exact: NDArray[np.bool_], alive: NDArray[np.bool_]) -> str:
    longer, shorter = int((gain >= _same).sum()), int((gain <= -_same).sum())
    parts = [
        f"The same {gain.size:,} patients in arms {words(arm)} and {words(against)}, with the same luck: each point is one patient, and above the "
        f"dashed line {words(arm)} gave the longer life. {longer:,} lived longer, {shorter:,} shorter, {gain.size - longer - shorter:,} the same."
    ]
    if exact.any():
        median = float(np.median(gain[exact]))
        told = "none" if abs(median) < _same else f"{plain(abs(median))} {'less' if median < 0.0 else 'more'}"
        parts.append(f"Median gain of the {int(exact.sum()):,} who died in both: {told}.")
    if gain.size > min(_most_points, _all_bars):
        points = f"Points: the first {_most_points:,} patients. " if gain.size > _most_points else ""
        parts.append(f"{points}Bars: {_some_bars} of them, evenly spaced in the order of their gains.")
    if alive.any() and math.isfinite(float(gain.sum())):
        parts.append("Hollow marks outlived the follow-up in one arm or both: their gain is a lower bound, or unknown.")
    return " ".join(parts)
