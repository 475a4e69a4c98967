"""Pictures of claims: a figure against its band and its ablation, the checks, and the overview of verdicts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from seedsoil.evidence.claim import Band, Figure
from seedsoil.evidence.review import SECTIONS
from seedsoil.evidence.runner.parameters import Moved, by_weight
from seedsoil.evidence.runner.result import Result
from seedsoil.evidence.verdict import RULES, Status
from seedsoil.show.evidence.charts import folded, mark_decades
from seedsoil.show.evidence.words import least_of, printed
from seedsoil.show.palette import (
    BLUE,
    DARK,
    GREEN,
    ORANGE,
    PALE,
    PURPLE,
    SKY,
    VERMILLION,
    Picture,
    grid,
    house_style,
    in_powers,
)

#: Colours of the verdicts, from good to bad; each is hatched or not as well, for print.
STATUS_COLOURS: dict[Status, str] = {
    "reproduced": GREEN,
    "partly": SKY,
    "direction only": PALE,
    "not reproduced": ORANGE,
    "not a test": VERMILLION,
    "failed": DARK,
}
_band_colour = "#D6EAD9"
#: Where an experiment broke off.
_nothing = Figure(math.nan, math.nan, math.nan)
#: Ratio of the largest to the smallest number from which on an axis is logarithmic.
_wide = 30.0
#: Numbers of an axis between these are written out; others as multiples of a power of ten, each by its mark.
_plainly = (1e-3, 1e5)
#: Key of the verdicts: all in one row up to so many.
_most_beside = 4


def verdict_figure(result: Result) -> Picture:
    """Draw the observable with its interval, with the ablation's below it, and the band or reference that it is held to.

    ``table`` holds what, value, low, high.
    """
    if result.found is None or result.ablated is None:
        raise ValueError(f"{result.claim.id} failed: it has no figure to draw")
    rows = [
        ("as it is", result.found.figure),
        (f"ablation:\n{folded(result.claim.ablation.name)}", result.ablated.figure),
    ]
    with house_style():
        picture = Picture(7.6, 2.5)
        axes = picture.subplots()
        direction = result.claim.direction
        references = () if direction is None else (direction.of,)
        marks = _draw_rows(axes, rows, result.claim.band, (BLUE, VERMILLION), references)
        if direction is not None:
            said = f"reference: {direction.side} is claimed"
            axes.axvline(direction.of, color=DARK, lw=1.2, ls=(0, (3, 2)))
            marks.append(Line2D([], [], color=DARK, lw=1.2, ls=(0, (3, 2)), label=said))
        axes.set_xlabel(folded(printed(f"{_capital(result.claim.observable)}{_unit(result.claim.unit)}"), 70))
        picture.explain(marks, 3)
    picture.caption = f"{result.claim.id}: the figure with its 95 % interval and what is left with the ablation ({result.verdict.status})."
    picture.table = {
        "what": ["as it is", "ablation"],
        **{part: [float(getattr(figure, part)) for _, figure in rows] for part in ("value", "low", "high")},
    }
    return picture


def checks_figure(result: Result) -> Picture | None:
    """Draw the further figures, each on an axis of its own with its band; None if the claim has none that is a number."""
    found = result.found
    checks = [
        check for check in result.claim.checks if found is not None and math.isfinite(found.checks[check.name].value)
    ]
    if found is None or not checks:
        return None
    with house_style():
        picture = Picture(7.6, 0.75 + 0.95 * len(checks))
        panels = np.atleast_1d(picture.subplots(len(checks), 1))
        for axes, check in zip(panels, checks, strict=True):
            _draw_rows(axes, [("", found.checks[check.name])], check.band, (BLUE,))
            axes.set_xlabel(folded(printed(f"{_capital(check.words)}{_unit(check.unit)}"), 84), fontsize=9)
            axes.tick_params(labelsize=8.5)
        banded = [Patch(color=_band_colour, label="band")] if any(check.band for check in checks) else []
        picture.explain([*banded, _mark(BLUE, "figure, 95 % interval")], 2)
    told = "; those with a band have to lie in it" if banded else "; none has a band"
    absent = "; ".join(check.words for check in result.claim.checks if check not in checks)
    picture.caption = f"Further figures of the same experiment{told}." + (
        f" Not drawn, for it came to no figure: {absent}." if absent else ""
    )
    picture.table = {
        "check": [check.name for check in checks],
        **{
            part: [float(getattr(found.checks[check.name], part)) for check in checks]
            for part in ("value", "low", "high")
        },
    }
    return picture


def parameters_figure(result: Result, moved: Sequence[Moved]) -> Picture:
    """Draw the observable as it is and with each parameter at both ends of its range; that one first which moves it farthest.

    ``table`` holds what, value, low, high.
    """
    if result.found is None:
        raise ValueError(f"{result.claim.id} failed: it has no figure to draw")
    rows, colours = [("all as they stand", result.found.figure)], [BLUE]
    for ends in by_weight(tuple(moved), result.found.figure):
        for one in ends:
            rows.append((f"{one.path}\nat {one.goes} for {one.stands}", one.figure or _nothing))
            colours.append(PURPLE if one.end == "lowest" else ORANGE)
    with house_style():
        picture = Picture(7.6, 1.2 + 0.46 * len(rows))
        axes = picture.subplots()
        marks = _draw_rows(axes, rows, result.claim.band, colours)
        axes.tick_params(axis="y", labelsize=8)
        axes.set_xlabel(folded(printed(f"{_capital(result.claim.observable)}{_unit(result.claim.unit)}"), 70))
        ends_of = ((PURPLE, "a parameter at its lowest"), (ORANGE, "at its highest"))
        picture.explain(
            [*marks, *(Line2D([], [], color=colour, marker="s", lw=2.4, label=label) for colour, label in ends_of)], 2
        )
    picture.caption = f"{result.claim.id}: the figure with one parameter at a time at an end of the range that its source allows, all else as it stands."
    picture.table = {
        "what": [name.replace("\n", " ") for name, _ in rows],
        **{part: [float(getattr(figure, part)) for _, figure in rows] for part in ("value", "low", "high")},
    }
    return picture


def overview_figure(results: Sequence[Result]) -> Picture:
    """Draw how many claims of each section have which verdict, as bars. ``table`` holds section, verdict, claims."""
    rows: dict[str, list[Any]] = {"section": [], "verdict": [], "claims": []}
    there = [section for section in SECTIONS if any(one.claim.section == section.letter for one in results)]
    with house_style():
        picture = Picture(8.2, 1.4 + 0.42 * len(there))
        axes = picture.subplots()
        for place, section in enumerate(there):
            left = 0
            for status, colour in STATUS_COLOURS.items():
                count = sum(one.claim.section == section.letter and one.verdict.status == status for one in results)
                if not count:
                    continue
                axes.barh(place, count, left=left, height=0.7, color=colour, edgecolor="white", linewidth=1)
                ink = "white" if status in ("reproduced", "not a test", "failed") else "black"
                axes.text(left + 0.5 * count, place, str(count), ha="center", va="center", fontsize=9, color=ink)
                left += count
                for column, cell in zip(rows.values(), (section.letter, status, count), strict=True):
                    column.append(cell)
        axes.set_yticks(range(len(there)), [f"{section.letter}  {section.title}" for section in there])
        axes.set_ylim(len(there) - 0.5, -0.5)
        axes.set_xlabel("Claims")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.tick_params(left=False)
        axes.spines[["left"]].set_visible(False)
        used = [status for status in STATUS_COLOURS if any(one.verdict.status == status for one in results)]
        picture.explain(
            [Patch(color=STATUS_COLOURS[status], label=status) for status in used],
            len(used) if len(used) <= _most_beside else 3,
        )
    picture.caption = "Verdicts by section of the review. " + " ".join(
        f"{_capital(status)}: {RULES[status]}." for status in used
    )
    picture.table = rows
    return picture


def _draw_rows(
    axes: Axes,
    rows: Sequence[tuple[str, Figure]],
    band: Band | None,
    colours: Sequence[str],
    references: Sequence[float] = (),
) -> list[Any]:
    """Draw figures as points with intervals, one a row, over the band; return the key's marks.

    The axis reaches to all of them, to the band's edges and to the ``references`` that they are held against.
    """
    numbers = [
        number for _, figure in rows for number in (figure.value, figure.low, figure.high) if math.isfinite(number)
    ]
    edges = [edge for edge in ((least_of(band), band.high) if band else ()) if math.isfinite(edge)]
    scale = _scale(axes, [*numbers, *edges, *references])
    marks: list[Any] = []
    if band is not None:
        low, high = axes.get_xlim()
        axes.axvspan(max(low, least_of(band)), min(high, band.high), color=_band_colour, zorder=0)
        if band.low == band.high:
            axes.axvline(band.low, color=GREEN, lw=5, alpha=0.35)
        axes.set_xlim(low, high)
        marks.append(Patch(color=_band_colour, label="published band"))
    for place, ((_, figure), colour) in enumerate(zip(rows, colours, strict=False)):
        if not math.isfinite(figure.value):
            axes.text(
                0.5,
                place,
                "no figure: the effect did not come about",
                transform=axes.get_yaxis_transform(),
                ha="center",
                va="center",
                fontsize=9,
            )
            continue
        if math.isfinite(figure.low):
            axes.plot([figure.low, figure.high], [place, place], color=colour, lw=2.4, solid_capstyle="butt")
        axes.plot([figure.value], [place], "o" if place == 0 else "s", color=colour, ms=7)
    axes.set_yticks(range(len(rows)), [name for name, _ in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.tick_params(left=False)
    axes.spines["left"].set_visible(False)
    grid(axes, "x")
    if scale == "log":
        axes.tick_params(which="minor", bottom=False)
    marks.append(_mark(colours[0], "figure, 95 % interval"))
    return marks


def _scale(axes: Axes, numbers: Sequence[float]) -> str:
    """Set scale, limits and marks so that all numbers are well inside; one that stands alone is seen against nothing at all."""
    least, most = min(numbers, default=0.0), max(numbers, default=1.0)
    if least == most:
        least, most = min(0.0, least), max(0.0, most)
        most = 1.0 if least == most else most
    if least > 0.0 and most / least > _wide:
        axes.set_xscale("log")
        axes.set_xlim(least / 1.6, most * 1.6)
        mark_decades(axes.xaxis)
        return "log"
    # An interval that is narrow against its figure stays a point, and its axis keeps whole numbers.
    room = max(0.08 * (most - least), 0.02 * max(abs(least), abs(most))) or 0.1
    axes.set_xlim(least - room, most + room)
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
    greatest = max(abs(edge) for edge in axes.get_xlim())
    if not _plainly[0] <= greatest < _plainly[1]:
        power = math.floor(math.log10(greatest))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda number, _: in_powers(number, power)))
    return "linear"


def _mark(colour: str, label: str) -> Line2D:
    return Line2D([], [], color=colour, marker="o", lw=2.4, label=label)


def _unit(unit: str) -> str:
    return f" [{unit}]" if unit and unit != "1" else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
