"""Pictures of claims: a figure against its band and its ablation, the checks, the curves, and the overview of verdicts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from seedsoil.evidence.claim import Band, Chart, Figure
from seedsoil.evidence.review import SECTIONS
from seedsoil.evidence.runner.parameters import Moved, by_weight
from seedsoil.evidence.runner.result import Result
from seedsoil.evidence.verdict import RULES, Status
from seedsoil.show.palette import (
    BLUE,
    DARK,
    GREEN,
    GREY,
    ORANGE,
    PALE,
    PURPLE,
    SKY,
    VERMILLION,
    Picture,
    grid,
    house_style,
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
_line_colours = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, GREY)
_dashes: tuple[Any, ...] = ("-", (0, (6, 1.5)), (0, (2, 1.2)), (0, (7, 1.5, 1.5, 1.5)), "-", "-")
#: More series than colours take another mark each round.
_markers = ("o", "^", "s", "D")
#: Names of places on an axis stand level up to so many, and on a slant beyond.
_most_level = 6
#: Ratio of the largest to the smallest number from which on an axis is logarithmic.
_wide = 30.0
#: Ratio from which on a logarithmic axis is marked at its decades alone.
_long = 1000.0


def verdict_figure(result: Result) -> Picture:
    """Draw the observable with its interval, with the ablation's below it, and the band or reference that it is held to.

    ``table`` holds what, value, low, high.
    """
    if result.found is None or result.ablated is None:
        raise ValueError(f"{result.claim.id} failed: it has no figure to draw")
    rows = [
        ("as it is", result.found.figure),
        (f"ablation:\n{_folded(result.claim.ablation.name)}", result.ablated.figure),
    ]
    with house_style():
        picture = Picture(7.6, 2.5)
        axes = picture.subplots()
        marks = _draw_rows(axes, rows, result.claim.band, (BLUE, VERMILLION))
        if result.claim.direction is not None:
            axes.axvline(result.claim.direction.of, color=DARK, lw=1.2, ls=(0, (3, 2)))
            marks.append(
                Line2D(
                    [],
                    [],
                    color=DARK,
                    lw=1.2,
                    ls=(0, (3, 2)),
                    label=f"reference: {result.claim.direction.side} is claimed",
                )
            )
        axes.set_xlabel(_folded(f"{_capital(result.claim.observable)}{_unit(result.claim.unit)}", 70))
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
            axes.set_xlabel(_folded(f"{_capital(check.words)}{_unit(check.unit)}", 84), fontsize=9)
            axes.tick_params(labelsize=8.5)
        banded = [Patch(color=_band_colour, label="band")] if any(check.band for check in checks) else []
        picture.explain([*banded, _mark(BLUE, "figure, 95 % interval")], 2)
    told = "; those with a band have to lie in it" if banded else "; none has a band"
    picture.caption = f"Further figures of the same experiment{told}."
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
        axes.set_xlabel(_folded(f"{_capital(result.claim.observable)}{_unit(result.claim.unit)}", 70))
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


def chart_figure(chart: Chart) -> Picture:
    """Draw one chart of a finding. ``table`` holds series, x, y."""
    rows: dict[str, list[Any]] = {"series": [], "x": [], "y": []}
    with house_style():
        picture = Picture(7.6, 4.2)
        axes = picture.subplots()
        for place, (name, line) in enumerate(chart.series.items()):
            colour, dash = _line_colours[place % len(_line_colours)], _dashes[place % len(_dashes)]
            x, y = np.asarray(line["x"], dtype=float), np.asarray(line["y"], dtype=float)
            if chart.kind == "bars":
                width = 0.8 / len(chart.series)
                axes.bar(x + (place - 0.5 * (len(chart.series) - 1)) * width, y, width=width, color=colour)
            elif chart.kind == "points":
                axes.plot(x, y, _markers[place // len(_line_colours) % len(_markers)], color=colour, ms=4.5, alpha=0.8)
            else:
                axes.plot(x, y, color=colour, ls=dash)
            if "low" in line:
                low, high = (np.asarray(line[end], dtype=float) for end in ("low", "high"))
                if chart.kind == "lines":
                    axes.fill_between(x, low, high, color=colour, alpha=0.2, lw=0)
                else:
                    axes.vlines(x, low, high, color=DARK if chart.kind == "bars" else colour, lw=1.4, alpha=0.8)
            for column, cells in zip(rows.values(), ([name] * x.size, x.tolist(), y.tolist()), strict=True):
                column.extend(cells)
        axes.set_xscale("log" if chart.log_x else "linear")
        axes.set_yscale("log" if chart.log_y else "linear")
        for axis in [axes.xaxis] * chart.log_x + [axes.yaxis] * chart.log_y:
            _mark_decades(axis)
        if len(chart.names) > _most_level:
            axes.set_xticks(range(len(chart.names)), chart.names, rotation=35, ha="right", rotation_mode="anchor")
        elif chart.names:
            axes.set_xticks(range(len(chart.names)), [_folded(name, 14) for name in chart.names])
        axes.set_xlabel(chart.x)
        axes.set_ylabel(chart.y)
        grid(axes, "y")
        if len(chart.series) > 1:
            picture.explain([_key_of(chart, place, name) for place, name in enumerate(chart.series)], 4)
    picture.caption, picture.table = f"{chart.title}.", rows
    return picture


def _mark_decades(axis: Axis) -> None:
    """Mark a logarithmic axis of less than three decades at 1, 2 and 5, in plain numbers; a longer one at its decades alone."""
    least, most = axis.get_view_interval()
    if most / least < _long:
        axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:g}"))
    axis.set_minor_formatter(NullFormatter())


def _key_of(chart: Chart, place: int, name: str) -> Line2D | Patch:
    """Return the mark in the key of one series of a chart."""
    colour = _line_colours[place % len(_line_colours)]
    if chart.kind == "bars":
        return Patch(color=colour, label=name)
    if chart.kind == "points":
        marker = _markers[place // len(_line_colours) % len(_markers)]
        return Line2D([], [], color=colour, ls="", marker=marker, label=name)
    return Line2D([], [], color=colour, ls=_dashes[place % len(_dashes)], label=name)


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
        picture.explain([Patch(color=STATUS_COLOURS[status], label=status) for status in used], 3)
    picture.caption = "Verdicts by section of the review. " + " ".join(
        f"{_capital(status)}: {RULES[status]}." for status in used
    )
    picture.table = rows
    return picture


def _draw_rows(axes: Axes, rows: Sequence[tuple[str, Figure]], band: Band | None, colours: Sequence[str]) -> list[Any]:
    """Draw figures as points with intervals, one a row, over the band; return the key's marks."""
    numbers = [
        number for _, figure in rows for number in (figure.value, figure.low, figure.high) if math.isfinite(number)
    ]
    edges = [edge for edge in ((band.low, band.high) if band else ()) if math.isfinite(edge)]
    scale = _scale(axes, [*numbers, *edges])
    marks: list[Any] = []
    if band is not None:
        low, high = axes.get_xlim()
        axes.axvspan(max(low, band.low), min(high, band.high), color=_band_colour, zorder=0)
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
    """Set scale and limits so that all numbers are well inside."""
    least, most = min(numbers, default=0.0), max(numbers, default=1.0)
    if least > 0.0 and most / least > _wide:
        axes.set_xscale("log")
        axes.set_xlim(least / 1.6, most * 1.6)
        return "log"
    # An interval that is narrow against its figure stays a point, and its axis keeps whole numbers.
    room = max(0.08 * (most - least), 0.02 * max(abs(least), abs(most))) or 0.1
    axes.set_xlim(least - room, most + room)
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
    return "linear"


def _mark(colour: str, label: str) -> Line2D:
    return Line2D([], [], color=colour, marker="o", lw=2.4, label=label)


def _unit(unit: str) -> str:
    return f" [{unit}]" if unit and unit != "1" else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _folded(text: str, width: int = 24) -> str:
    """Fold a text to lines of a width."""
    import textwrap

    return "\n".join(textwrap.wrap(text, width))
