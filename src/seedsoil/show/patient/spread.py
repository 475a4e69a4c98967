"""Who seeded whom: one patient's lesions as a tree in time, and beside it the ways between organs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from numpy.typing import NDArray

from seedsoil.show.palette import BLACK, DARK, GREY, Picture, grid, house_style, time_ticks
from seedsoil.show.patient.lesions import lesion_colours, patient_title
from seedsoil.show.results import YEAR, Floats, HistoryLike, diameter_mm, words

#: Most of the bands' height is theirs; the rest keeps sites apart, and a thin band still has room for its label.
_gap, _least = 0.03, 0.05


def spread_figure(history: HistoryLike, most: int = 45) -> Picture:
    """Draw the lesions as a tree in time, each from its arrival on, beside bands from the organs that shed to those seeded.

    Parameters
    ----------
    history : History
        Its ``lesions`` need site, parent, arrival_day, active_day, largest_cells, cells_at_end and fate.
    most : int
        How many lesions the tree shows: the largest of each way from organ to organ, then the second largest, and so on, and
        with them those that they came from. The bands count all.

    Returns
    -------
    Picture
        ``table`` holds lesion, site, parent, parent_site, arrival_day, active_day, gone_day, largest_diameter_mm and fate of
        every lesion; days since diagnosis, nan where there is none.
    """
    lesions = history.lesions
    parent, site = np.asarray(lesions["parent"], dtype=np.int64), np.asarray(lesions["site"]).astype(str)
    arrival = np.asarray(lesions["arrival_day"], dtype=float)
    active = np.asarray(lesions["active_day"], dtype=float)
    gone, end = _gone_days(history), float(history.days[-1]) if len(history.days) else 0.0
    largest = np.asarray(lesions["largest_cells"], dtype=float)
    # Founders of whose family treatment has left nothing were never lesions, and gave rise to none.
    lost = (np.asarray(lesions["fate"]).astype(str) == "extinct") & (largest <= 0.0)
    kept = tree_of(parent, _by_way(parent, site, largest), most)
    kept = kept[~lost[kept]]
    colours = lesion_colours(history)
    with house_style():
        picture = Picture(10.4, 2.0 + min(6.0, max(3.2, 0.115 * len(kept))))
        tree, ways = picture.subplots(1, 2, width_ratios=[1.5, 1.0])
        draw_tree(
            tree,
            kept,
            parent,
            arrival,
            active,
            np.where(np.isfinite(gone), gone, end),
            [colours[one] for one in site],
            largest,
        )
        tree.set_title(patient_title(history, 80), fontsize=10)
        moves = [(site[parent[k]], site[k]) for k in range(len(parent)) if parent[k] >= 0]
        draw_ways(ways, moves, colours)
        injected = int(np.count_nonzero(parent < 0)) - 1
        shown = [one for one in colours if one in set(site[kept].tolist())]
        named = [one for one in shown if colours[one] != GREY]
        handles: list[Any] = [Line2D([], [], color=colours[one], linewidth=2.2, label=words(one)) for one in named]
        handles += [Line2D([], [], color=GREY, linewidth=2.2, label="other sites")] if len(shown) > len(named) else []
        handles.append(
            Line2D([], [], color=DARK, linewidth=1.0, linestyle=(0, (1, 1.5)), label="asleep, or a few cells")
        )
        handles.append(Line2D([], [], marker="x", linestyle="", color=BLACK, markersize=5, label="gone"))
        picture.explain(handles, 6)
    left_out = len(parent) - len(kept) - int(lost.sum())
    picture.caption = (
        f"Lesions of patient {history.patient}, arm {words(history.arm)}. Left: each line is a lesion from arrival to its end, hung on the one "
        "that shed its founder; a thicker line grew larger. Right: how many lesions each organ sent out (left ends) and received (right "
        f"ends), {len(moves)} in all."
        + (f" {left_out} smaller lesions are not in the tree." if left_out > 0 else "")
        + (f" Founders of which treatment left nothing, not drawn: {int(lost.sum())}." if lost.any() else "")
        + (f" {injected} lesions came of injected cells." if injected > 0 else "")
    )
    picture.table = {
        "lesion": list(range(len(parent))),
        "site": site.tolist(),
        "parent": parent.tolist(),
        "parent_site": [site[up] if up >= 0 else "" for up in parent.tolist()],
        "arrival_day": arrival.tolist(),
        "active_day": active.tolist(),
        "gone_day": gone.tolist(),
        "largest_diameter_mm": diameter_mm(largest).tolist(),
        "fate": np.asarray(lesions["fate"]).astype(str).tolist(),
    }
    return picture


def _gone_days(history: HistoryLike) -> Floats:
    """Return the first recorded day without cells after a lesion's last cell; nan for those that are there at the end."""
    cells, days = np.asarray(history.cells, dtype=float), np.asarray(history.days, dtype=float)
    gone = np.full(cells.shape[1], np.nan)
    for lesion in range(cells.shape[1]):
        there = np.flatnonzero(cells[:, lesion] > 0.0)
        if there.size and there[-1] + 1 < len(days):
            gone[lesion] = days[there[-1] + 1]
    return gone


def _by_way(parent: NDArray[np.int64], site: NDArray[Any], largest: Floats) -> Floats:
    """Return a weight for each lesion: the largest of each way from site to site weigh most, the larger of them more."""
    seen: dict[tuple[str, str], int] = {}
    weight = np.zeros(len(parent))
    order = np.argsort(-largest, kind="stable").tolist()
    for place, lesion in enumerate(order):
        way = (str(site[parent[lesion]]) if parent[lesion] >= 0 else "", str(site[lesion]))
        seen[way] = seen.get(way, 0) + 1
        weight[lesion] = -seen[way] - place / (len(order) + 1.0)
    return weight


def tree_of(parent: NDArray[np.int64], weight: Floats, most: int) -> NDArray[np.int64]:
    """Return the lesions to draw: the weightiest, and all that they came from; in order of their numbers.

    ``parent`` (lesions,) is the number of the lesion that each came from, -1 for none; ``weight`` (lesions,).
    """
    kept: set[int] = set()
    for lesion in np.argsort(-weight, kind="stable").tolist():
        line, up = [], lesion
        while up >= 0 and up not in kept and up not in line:
            line.append(up)
            up = int(parent[up])
        if kept and len(kept) + len(line) > most:
            continue
        kept |= set(line)
        if len(kept) >= most:
            break
    return np.array(sorted(kept), dtype=np.int64)


def draw_tree(
    axes: Axes, kept: NDArray[np.int64], parent: NDArray[np.int64], arrival: Floats, active: Floats, stop: Floats,
    colours: Sequence[str], largest: Floats,
) -> None:  # fmt: skip
    """Draw lesions as a tree in time: a line each, hung on its parent's line at the day of arrival.

    Parameters
    ----------
    axes : Axes
    kept : (drawn,)
        Numbers of the lesions to draw; the parent of each is among them, or is none.
    parent : (lesions,)
        Number of the lesion that each came from, -1 for none.
    arrival, active, stop : (lesions,) day since diagnosis
        Arrival, first division (nan: never), and last day that is drawn.
    colours : (lesions,)
    largest : (lesions,) cell
        Largest size: sets the width of the line.
    """
    row = {lesion: place for place, lesion in enumerate(_rows_of(kept, parent, arrival))}
    thickest = max([1.0, *(float(largest[lesion]) for lesion in row)])
    hangers, lines, asleep, widths, inks = [], [], [], [], []
    for lesion, y in row.items():
        start, end = arrival[lesion] / YEAR, max(stop[lesion], arrival[lesion]) / YEAR
        wakes = min(max(active[lesion] / YEAR, start), end) if np.isfinite(active[lesion]) else end
        asleep.append([(start, y), (wakes, y)])
        lines.append([(wakes, y), (end, y)])
        widths.append(0.9 + 4.0 * float(np.cbrt(largest[lesion] / thickest)))
        inks.append(colours[lesion])
        if parent[lesion] >= 0:
            hangers.append([(start, row[int(parent[lesion])]), (start, y)])
    axes.add_collection(LineCollection(hangers, colors=GREY, linewidths=0.6, zorder=1))
    axes.add_collection(LineCollection(asleep, colors=inks, linewidths=1.0, linestyles=[(0, (1, 1.5))], zorder=2))
    axes.add_collection(LineCollection(lines, colors=inks, linewidths=widths, zorder=2, capstyle="butt"))
    last = max((float(stop[lesion]) for lesion in row), default=1.0)
    ended = [lesion for lesion in row if stop[lesion] < last - 1e-6]
    if ended:
        years, places = [stop[lesion] / YEAR for lesion in ended], [row[lesion] for lesion in ended]
        axes.plot(years, places, "x", color=BLACK, markersize=4.0, markeredgewidth=0.9, zorder=3)
    first = min((float(arrival[lesion]) for lesion in row), default=0.0) / YEAR
    axes.axvline(0.0, color=GREY, linewidth=0.9, linestyle=":", zorder=0)
    axes.set_xlim(first - 0.02 * (last / YEAR - first), last / YEAR + 0.02 * (last / YEAR - first))
    axes.set_xlabel(time_ticks(axes, first, max(last / YEAR, first + 0.01)))
    axes.set_ylim(len(row) - 0.3, -0.7)
    axes.set_yticks([])
    axes.set_ylabel(f"{len(row)} {'lesion' if len(row) == 1 else 'lesions'}")
    axes.spines["left"].set_visible(False)
    grid(axes, "x")


def _rows_of(kept: NDArray[np.int64], parent: NDArray[np.int64], arrival: Floats) -> list[int]:
    """Return the lesions from top to bottom: a parent, then its children with all theirs, the latest first.

    So no line crosses the stem from a parent to a child of it: what hangs between them came later.
    """
    children: dict[int, list[int]] = {}
    for lesion in kept.tolist():
        children.setdefault(int(parent[lesion]), []).append(lesion)
    order: list[int] = []
    waiting = sorted(children.get(-1, []), key=lambda lesion: (-arrival[lesion], -lesion))
    while waiting:
        lesion = waiting.pop()
        order.append(lesion)
        waiting += sorted(children.get(lesion, []), key=lambda child: (arrival[child], child))
    return order


def draw_ways(axes: Axes, moves: Sequence[tuple[str, str]], colours: Mapping[str, str]) -> None:
    """Draw how many lesions each site sent to each other: bands from the senders on the left to the receivers on the right.

    ``moves`` are (from, to) of each lesion; ``colours`` by site. A band has the colour of its sender.
    """
    axes.set_axis_off()
    axes.set_xlim(-0.52, 1.52)
    axes.set_ylim(1.02, -0.06)
    counts: dict[tuple[str, str], int] = {}
    for move in moves:
        counts[move] = counts.get(move, 0) + 1
    if not counts:
        axes.text(0.5, 0.5, "no metastasis", ha="center", va="center", color=DARK)
        return
    sides = [_places(counts, side) for side in (0, 1)]
    axes.text(0.0, -0.045, "shed from", ha="right", va="bottom", fontsize=9.5, weight="bold")
    axes.text(1.0, -0.045, "founded in", ha="left", va="bottom", fontsize=9.5, weight="bold")
    used: list[dict[str, float]] = [{}, {}]
    for pair in sorted(counts, key=lambda pair: (list(sides[0]).index(pair[0]), list(sides[1]).index(pair[1]))):
        heights = []
        for side, name in enumerate(pair):
            top, height, total = sides[side][name]
            start = top + used[side].get(name, 0.0)
            share = height * counts[pair] / total
            used[side][name] = used[side].get(name, 0.0) + share
            heights.append((start, start + share))
        axes.add_patch(
            PathPatch(
                _band(*heights), facecolor=colours.get(pair[0], GREY), edgecolor="white", linewidth=0.4, alpha=0.75
            )
        )
    for side, x in enumerate((0.0, 1.0)):
        for name, (top, height, total) in sides[side].items():
            axes.plot([x, x], [top, top + height], color=colours.get(name, GREY), linewidth=5.0, solid_capstyle="butt")
            axes.text(
                x + (0.05 if side else -0.05), top + height / 2, f"{words(name)} {total}", ha="left" if side else "right", va="center",
                fontsize=9,
            )  # fmt: skip


def _places(counts: Mapping[tuple[str, str], int], side: int) -> dict[str, tuple[float, float, int]]:
    """Return top, height and number of lesions of each site on a side, the greatest first; each has room for a label."""
    totals: dict[str, int] = {}
    for pair, count in counts.items():
        totals[pair[side]] = totals.get(pair[side], 0) + count
    order = sorted(totals, key=lambda name: (-totals[name], name))
    least = min(_least, 0.9 / len(order))
    free = 1.0 - len(order) * least - _gap * (len(order) - 1)
    whole = sum(totals.values())
    places, top = {}, 0.0
    for name in order:
        height = least + max(free, 0.0) * totals[name] / whole
        places[name] = (top, height, totals[name])
        top += height + _gap
    return places


def _band(left: tuple[float, float], right: tuple[float, float]) -> Path:
    """Return the closed shape between a stretch on the left and one on the right, with bent edges."""
    corners = [
        (0.0, left[0]), (0.5, left[0]), (0.5, right[0]), (1.0, right[0]), (1.0, right[1]), (0.5, right[1]), (0.5, left[1]),
        (0.0, left[1]), (0.0, left[0]),
    ]  # fmt: skip
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    return Path(corners, codes)
