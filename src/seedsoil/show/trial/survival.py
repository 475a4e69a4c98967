"""Survival in all arms: curves with bands, hazard ratios against the first arm, numbers at risk."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray

from seedsoil.foundation.units import plain
from seedsoil.show.palette import PALE, Picture, arm_colour, arm_dash, grid, house_style, ink_on_white, time_ticks
from seedsoil.show.results import YEAR, Curve, Floats, TrialLike, size_of, thinned, words

#: Steps up to which all of a curve are drawn, and how many, evenly spaced, of one that has more: closer than a dot of print.
_all_steps, _some_steps = 2000, 1000
#: How much all bands together cover at most: more of them are paler, or they mix to a colour that is no arm's.
_shade = 0.28
_endpoint_axis = {"overall_survival": "Alive [%]", "progression_free_survival": "Alive without progression [%]"}


def survival_figure(trial: TrialLike, endpoint: str = "overall_survival") -> Picture:
    """Draw Kaplan-Meier curves of all arms.

    Parameters
    ----------
    trial : Trial
        With ``arms``, ``survival(arm, endpoint)`` and ``compare(arm, versus, endpoint)``.
    endpoint : str
        "overall_survival" or "progression_free_survival".

    Returns
    -------
    Picture
        A matplotlib Figure; ``table`` holds arm, day, fraction, low and high.
    """
    arms = list(trial.arms)
    curves = {arm: trial.survival(arm, endpoint) for arm in arms}
    with house_style():
        picture = Picture(8.2, 4.8 + 0.42 * len(arms))
        axes, risk = picture.subplots(2, 1, sharex=True, height_ratios=[10, 0.6 + 0.75 * len(arms)])
        for place, arm in enumerate(arms):
            _draw_curve(axes, curves[arm], place, _shade / max(len(arms), 2))
        last = max([1.0, *(float(curve.days[-1]) for curve in curves.values() if len(curve.days))]) / YEAR
        _plain_axes(axes, last, _endpoint_axis.get(endpoint, f"{words(endpoint).capitalize()} [%]"))
        picture.explain(
            [
                Line2D([], [], color=arm_colour(k), linestyle=arm_dash(k), linewidth=2.2, label=label)
                for k, label in enumerate(_label(trial, arm, arms[0], curves[arm], endpoint) for arm in arms)
            ]
            + [Patch(facecolor=PALE, label="shaded: 95% interval of each curve")],
            size=10,
        )
        _risk_table(risk, axes, curves)
    counts = ", ".join(f"{arm} {size_of(trial, arm):,}" for arm in arms)
    picture.caption = (
        f"{words(endpoint).capitalize()} from diagnosis, Kaplan-Meier, with pointwise 95% intervals (patients: {counts}). "
        f"Hazard ratios are against {arms[0]}, by Cox's model; below 1 is better than {arms[0]}."
    )
    if any(len(curve.days) > _all_steps for curve in curves.values()):
        picture.caption += f" Of curves of more than {_all_steps:,} steps, {_some_steps:,} are drawn, evenly spaced."
    picture.table = _rows(curves)
    return picture


def _draw_curve(axes: Axes, curve: Curve, place: int, shade: float) -> None:
    """Draw one arm: a step curve and its band, which covers so much of what lies below."""
    drawn = _drawn(curve)
    years = np.asarray(curve.days)[drawn] / YEAR
    colour = arm_colour(place)
    axes.fill_between(
        years,
        100 * np.asarray(curve.low)[drawn],
        100 * np.asarray(curve.high)[drawn],
        step="post",
        color=colour,
        alpha=shade,
        linewidth=0,
    )
    axes.step(years, 100 * np.asarray(curve.fraction)[drawn], where="post", color=colour, linestyle=arm_dash(place))


def _drawn(curve: Curve) -> NDArray[np.int64]:
    """Return the steps of a curve that are drawn, the first and the last among them."""
    steps = len(curve.days)
    return thinned(steps, steps if steps <= _all_steps else _some_steps)


def _plain_axes(axes: Axes, last: float, label: str) -> None:
    axes.set_xlim(0, last * 1.005)
    axes.set_xlabel(time_ticks(axes, 0.0, last, 8))
    axes.set_ylim(0, 101)
    axes.set_yticks(range(0, 101, 20))
    axes.set_ylabel(label)
    axes.tick_params(labelbottom=True)
    grid(axes)


def _label(trial: TrialLike, arm: str, first: str, curve: Curve, endpoint: str) -> str:
    """Return the arm's line of the legend: name, median, hazard ratio."""
    median = "median not reached" if math.isnan(curve.median) else f"median {plain(curve.median)}"
    if arm == first:
        return f"{words(arm)}: {median} (the others are measured against this arm)"
    return f"{words(arm)}: {median}, hazard ratio {ratio_text(trial, arm, first, endpoint)}"


def ratio_text(trial: TrialLike, arm: str, versus: str, endpoint: str) -> str:
    """Return a hazard ratio with its interval, as "0.71 (0.60 to 0.84)"."""
    ratio = trial.compare(arm, versus, endpoint)
    if not math.isfinite(ratio.hazard_ratio):
        return "cannot be told"
    return f"{ratio.hazard_ratio:.2f} ({ratio.low:.2f} to {ratio.high:.2f})"


def _risk_table(axes: Axes, above: Axes, curves: dict[str, Curve]) -> None:
    """Write under each tick how many are still under observation in each arm."""
    ticks: Floats = np.asarray(above.get_xticks(), dtype=np.float64)
    axes.set_ylim(len(curves) - 0.4, -1.0)
    axes.set_axis_off()
    axes.text(0.0, -0.75, "Number at risk", fontsize=9, weight="bold", ha="left", va="center")
    for place, (arm, curve) in enumerate(curves.items()):
        colour = ink_on_white(arm_colour(place))
        name = words(arm) if len(arm) <= 16 else words(arm)[:15] + "…"
        axes.annotate(
            name, (0.0, place), (-24, 0), textcoords="offset points", ha="right", va="center", color=colour, fontsize=9,
            weight="bold", annotation_clip=False,
        )  # fmt: skip
        for tick, left in zip(ticks, curve.at_risk(ticks * YEAR), strict=True):
            # Only the last can reach beyond the axes, so only that one needs room.
            axes.text(
                tick, place, f"{int(left)}", ha="center", va="center", fontsize=9, color=colour,
                in_layout=bool(tick == ticks[-1]),
            )  # fmt: skip


def _rows(curves: dict[str, Curve]) -> dict[str, list[object]]:
    rows: dict[str, list[object]] = {"arm": [], "day": [], "fraction": [], "low": [], "high": []}
    for arm, curve in curves.items():
        drawn = _drawn(curve)
        columns = (np.asarray(one)[drawn] for one in (curve.days, curve.fraction, curve.low, curve.high))
        for day, *rest in zip(*columns, strict=True):
            rows["arm"].append(arm)
            for name, number in zip(("day", "fraction", "low", "high"), (day, *rest), strict=True):
                rows[name].append(float(number))
    return rows
