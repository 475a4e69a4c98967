"""A block of tissue in time: a layer at several moments side by side, and below them how many cells of each kind live."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from seedsoil.foundation.errors import StudyError
from seedsoil.show.palette import DARK, GREY, PALE, Picture, grid, house_style, ink_on_white, log_ticks
from seedsoil.show.results import thinned, words
from seedsoil.show.tissue.looks import (
    Colours,
    day_words,
    draw_layer,
    extent,
    has_tumour,
    key,
    kind_colours,
    known_layer,
    plain_axes,
    scale_bar,
)
from seedsoil.tissue.snapshot import Snapshot

#: Width of the picture, and height of the lower panel [inch]; the gap between slices as a share of a slice's width.
_wide, _low, _gap = 10.0, 2.4, 0.04
#: Width of a letter of the names beside the lower panel [inch].
_letter = 0.075
#: From how many powers of ten on every second one is marked.
_many_powers = 4
#: How much a line stands out from white at least.
_seen = 1.8
#: Names of lines that have room above each other.
_names = 11.0
_dashes: tuple[Any, ...] = ("-", (0, (5, 1.5)), (0, (2, 1.2)), (0, (7, 1.5, 1.5, 1.5)))


def strip_figure(
    shots: Iterable[Snapshot], layer: int | None = None, counts: Mapping[str, Sequence[float]] | None = None,
    most: int = 6, colours: Colours | None = None,
) -> Picture:  # fmt: skip
    """Draw a layer at several moments, and the live cells of each kind in time.

    Parameters
    ----------
    shots : iterable of Snapshot
        Of one block, in order of time.
    layer : int, optional
        Number along z, from 0; the one with most live tumour cells when they are first seen if not given.
    counts : mapping, optional
        ``day`` and, by the name of each kind, live cells: a finer record than the moments give.
    most : int
        So many moments are drawn, evenly many of more, the first and the last among them.
    colours : mapping of str to str, optional
        Of each kind, by name; `looks.kind_colours` of the first moment if not given.

    Returns
    -------
    Picture
        ``table`` holds day, kind, cells.

    Raises
    ------
    StudyError
        No moment, moments of different blocks, no such layer, or counts without ``day`` or of other lengths.
    """
    every = list(shots)
    if not every:
        raise StudyError("shots: at least one moment is needed")
    if any((shot.kinds, shot.kind.shape) != (every[0].kinds, every[0].kind.shape) for shot in every):
        raise StudyError("shots: all moments must be of one block")
    layer = known_layer(next((shot for shot in every if has_tumour(shot)), every[-1]), layer)
    colours = colours or kind_colours(every[0])
    lines = _lines(every, counts)
    drawn = [every[place] for place in thinned(len(every), max(most, 1))]
    left, right, bottom, top = extent(drawn[0])
    whole = (right - left) * (len(drawn) + _gap * (len(drawn) - 1))
    longest = max(len(words(kind.title)) for kind in every[0].kinds)
    tall = min((_wide - 0.8 - _letter * longest) * (top - bottom) / whole, 4.5)
    handles = key(drawn, colours, layer)
    with house_style():
        picture = Picture(_wide, tall + _low + 0.75 + 0.2 * -(-len(handles) // 5))
        slices, below = picture.subplots(2, 1, height_ratios=[tall, _low - 0.6])
        _draw_slices(slices, drawn, layer, colours)
        _draw_counts(below, lines, [shot.day for shot in drawn], colours, every[0])
        picture.explain(handles, 5)
    picture.caption = _caption(every, drawn, layer)
    picture.table = {
        "day": [day for name in lines if name != "day" for day in lines["day"]],
        "kind": [name for name in lines if name != "day" for _ in lines["day"]],
        "cells": [int(count) for name in lines if name != "day" for count in lines[name]],
    }
    return picture


def _lines(shots: list[Snapshot], counts: Mapping[str, Sequence[float]] | None) -> dict[str, list[float]]:
    """Days and live cells by kind: as given, or of the moments."""
    names = [kind.name for kind in shots[0].kinds]
    if counts is None:
        of_shots = [shot.counts() for shot in shots]
        return {"day": [shot.day for shot in shots]} | {name: [each[name] for each in of_shots] for name in names}
    lines = {name: [float(each) for each in values] for name, values in counts.items() if name in {"day", *names}}
    if "day" not in lines or len({len(values) for values in lines.values()}) != 1:
        raise StudyError("counts: needs 'day' and, by kind, as many numbers as there are days")
    return lines


def _draw_slices(axes: Axes, shots: list[Snapshot], layer: int, colours: Colours) -> None:
    """Draw the layer at each moment, from left to right, with its day above."""
    left, right, bottom, top = extent(shots[0])
    step = (right - left) * (1.0 + _gap)
    for number, shot in enumerate(shots):
        draw_layer(axes, shot, layer, colours, (number * step, 0.0), 0.6)
        axes.text(
            left + number * step,
            top + 0.02 * (right - left),
            day_words(shot),
            fontsize=10,
            fontweight="bold",
            va="bottom",
        )
    axes.set_xlim(left, right + (len(shots) - 1) * step)
    axes.set_ylim(bottom, top)
    plain_axes(axes)
    scale_bar(axes, shots[0], 0.02)


def _draw_counts(
    axes: Axes, lines: dict[str, list[float]], moments: list[float], colours: Colours, first: Snapshot
) -> None:
    """Draw live cells in time on a logarithmic axis, each line with its name; the moments as dotted lines."""
    days, ends = np.array(lines["day"]), []
    every = [one for name, values in lines.items() if name != "day" for one in values if one > 0]
    highest, first_power = max([10.0, *every]), int(np.log10(min(every, default=1.0)))
    for number, kind in enumerate(first.kinds):
        cells = np.array(lines.get(kind.name, []))
        if not (cells > 0).any():
            continue
        # What all lies in is pale: as a line it would not be seen.
        ink = GREY if colours[kind.name] == PALE else colours[kind.name]
        marks: dict[str, Any] = {"marker": "o", "markersize": 4.0} if days.size < 30 else {}
        axes.plot(
            days, np.where(cells > 0, cells, np.nan), color=ink_on_white(ink, _seen), linestyle=_dashes[number % len(_dashes)],
            **marks,
        )  # fmt: skip
        ends.append((float(cells[cells > 0][-1]), words(kind.title), ink_on_white(ink)))
    axes.set_yscale("log")
    axes.set_ylim(0.8 * 10.0**first_power, highest * 2.0)
    last_power = int(np.log10(highest * 2.0))
    log_ticks(axes.yaxis, last_power, 1 if last_power - first_power < _many_powers else 2, first_power)
    _name_lines(axes, ends)
    for day in moments:
        axes.axvline(day, color=DARK, linewidth=0.8, linestyle=":", zorder=0)
    span = float(days[-1] - days[0]) or 1.0
    axes.set_xlim(float(days[0]) - 0.01 * span, float(days[-1]) + 0.01 * span)
    axes.set_xlabel("Days")
    axes.set_ylabel("Live cells")
    grid(axes, "y")


def _name_lines(axes: Axes, ends: list[tuple[float, str, str]]) -> None:
    """Write the name of each line beside its end, names of lines close to each other one above the other."""
    bottom, top = np.log10(axes.get_ylim())
    apart = (top - bottom) / max(_names, len(ends))
    heights = np.zeros(len(ends))
    ends = sorted(ends)
    for place, (cells, _, _) in enumerate(ends):
        heights[place] = max(np.log10(cells), heights[place - 1] + apart if place else -np.inf)
    # What was pushed above the axes goes down again, and takes along what is below it.
    heights = np.minimum(heights, top - apart * (0.5 + np.arange(len(ends))[::-1]))
    for height, (_, name, ink) in zip(heights.tolist(), ends, strict=True):
        axes.annotate(
            name, (1.0, 10.0**height), (6, 0), xycoords=("axes fraction", "data"), textcoords="offset points", fontsize=9,
            va="center", color=ink, annotation_clip=False,
        )  # fmt: skip


def _caption(shots: list[Snapshot], drawn: list[Snapshot], layer: int) -> str:
    """What the picture shows, in sentences."""
    z = (layer + 0.5 - shots[0].kind.shape[0] / 2.0) * shots[0].edge
    return (
        f"Above: cells of the layer at z = {z:g} µm of a block of tissue at {len(drawn)} moments; dead cells are grey. Below: live cells "
        f"of the whole block by kind, each named at its end; dotted lines are those moments."
    )
