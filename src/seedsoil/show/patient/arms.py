"""One patient in two arms side by side: the same lesions, the same luck, another treatment."""

from __future__ import annotations

from textwrap import shorten
from typing import Any

import numpy as np

from seedsoil.show.palette import Picture, house_style
from seedsoil.show.patient.lesions import draw_sizes, lesion_colours, time_axis
from seedsoil.show.patient.treatment import draw_treatment, treatment_rows
from seedsoil.show.results import HistoryLike, words


def side_by_side_figure(one: HistoryLike, other: HistoryLike, most: int = 100) -> Picture:
    """Draw the lesions of one patient in two arms, on the same axes, each above its own strip of treatments.

    Takes two Histories; ``most`` lesions are drawn in each, the largest first. ``table`` holds arm, lesion, site, day and
    diameter_mm of the lines drawn.
    """
    histories = (one, other)
    colours = lesion_colours(*histories)
    strips = [treatment_rows(history) for history in histories]
    tallest = max(1, *(len(rows) for rows in strips))
    table: dict[str, list[object]] = {}
    keys: dict[str, Any] = {}
    with house_style():
        picture = Picture(11.0, 4.6 + 0.3 * tallest)
        panels = picture.subplots(2, 2, sharex="col", height_ratios=[13, 0.5 + 0.95 * tallest])
        for column, (history, rows) in enumerate(zip(histories, strips, strict=True)):
            axes, strip = panels[:, column]
            handles, drawn, _ = draw_sizes(axes, history, most, colours, label_limits=column == 1)
            handles += draw_treatment(strip, rows)
            strip.set_ylim(tallest - 0.4, -0.6)
            time_axis(strip, history)
            ending = shorten(history.ending, 62)
            axes.set_title(f"Patient {history.patient}, {words(history.arm)}:\n{ending}", fontsize=10)
            keys |= {_without_count(str(handle.get_label())): handle for handle in handles}
            table.setdefault("arm", []).extend([history.arm] * len(drawn["lesion"]))
            for name, values in drawn.items():
                table.setdefault(name, []).extend(values)
        _share_axes(panels, histories)
        for label, handle in keys.items():
            handle.set_label(label)
        picture.explain(list(keys.values()), 6)
    picture.caption = (
        f"Patient {one.patient} in arms {words(one.arm)} (left) and {words(other.arm)} (right): the same person with the same luck, so that all "
        "that differs after diagnosis comes of the treatment. Lines are true diameters, circles what scans measured. "
        + " ".join(f"{words(history.arm).capitalize()}: {history.ending}." for history in histories)
    )
    picture.table = table
    return picture


def _without_count(label: str) -> str:
    """Return a site's label without its number of lesions, which differs between the arms."""
    head, _, tail = label.rpartition(" (")
    return head if head and tail.rstrip(")").isdigit() else label


def _share_axes(panels: object, histories: tuple[HistoryLike, HistoryLike]) -> None:
    """Give both arms the same axes, in time and in size."""
    grid = np.asarray(panels)
    low = min(axes.get_xlim()[0] for axes in grid[0])
    high = max(axes.get_xlim()[1] for axes in grid[0])
    bottom = min(axes.get_ylim()[0] for axes in grid[0])
    top = max(axes.get_ylim()[1] for axes in grid[0])
    for axes in grid[0]:
        axes.set_ylim(bottom, top)
    for axes in grid[1]:
        axes.set_xlim(low, high)
    longest = max(histories, key=lambda history: float(history.days[-1]) if len(history.days) else 0.0)
    for axes in grid[1]:
        time_axis(axes, longest)
