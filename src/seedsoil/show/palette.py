"""Colours that all eyes can tell apart, plain axes, and pictures that are the same bytes each time."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib
import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.layout_engine import LayoutEngine
from matplotlib.legend import Legend
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from seedsoil.show.results import YEAR

#: Okabe and Ito's colours (2008), distinguishable with any colour vision.
BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, VERMILLION, PURPLE = (
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7",
)  # fmt: skip
GREY, PALE, DARK = "#8C8C8C", "#D9D9D9", "#444444"

#: Arms in the order of the study. The dashes tell them apart in print and where curves lie on each other.
_arm_colours = (DARK, ORANGE, BLUE, VERMILLION, GREEN, PURPLE, SKY, GREY)
_arm_dashes: tuple[Any, ...] = (
    "-",
    (0, (7, 1.5)),
    (0, (3, 1.2)),
    "-",
    (0, (7, 1.5, 1.5, 1.5)),
    (0, (1.2, 1.2)),
    "-",
    "-",
)
#: Drugs; those of the responses are left out.
AGENT_COLOURS = (BLUE, PURPLE, DARK, YELLOW)
_site_colours = (VERMILLION, BLUE, GREEN, ORANGE, PURPLE, SKY)
_rules: dict[str, Any] = {
    "font.family": "DejaVu Sans",  # travels with matplotlib, so every machine draws the same
    "font.size": 10.0,
    "axes.titlesize": 12.0,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.titley": 1.0,  # or each drawing would look for ticks above the axes: there are none
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.edgecolor": DARK,
    "grid.color": "#E6E6E6",
    "grid.linewidth": 0.8,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "hatch.linewidth": 0.7,
    "savefig.dpi": 150.0,
    "svg.hashsalt": "seedsoil",
    "svg.fonttype": "path",
    "path.simplify": True,
}


# The date, the maker and its version would make each file differ.
_unnamed: dict[str, dict[str, None]] = {
    "svg": {"Date": None, "Creator": None},
    "png": {"Software": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}


_raised = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
#: Distance from the edge of a picture, and between its axes [inch].
_edge, _gap = 0.06, 0.1


@contextmanager
def house_style() -> Iterator[None]:
    """Draw by the house's rules only, whatever the user's matplotlibrc says."""
    with matplotlib.style.context(["default", _rules]):
        yield


class Margins(LayoutEngine):
    """Gives each axes of a grid the room that its labels need, measured once, and the key the room above or beside.

    Matplotlib's own engine solves for any nesting and measures every text again and again; pictures here are plain grids.
    """

    _adjust_compatible = True
    _colorbar_gridspec = True

    def execute(self, fig: Any) -> None:
        """Place the axes and the key of a `Picture`."""
        width, height = fig.get_size_inches()
        made: Any = RendererAgg  # it measures here, and draws nothing
        renderer = made(width * fig.dpi, height * fig.dpi, fig.dpi)
        left, bottom, right, top = _edge, _edge, width - _edge, height - _edge
        if fig.key is not None:
            box = fig.key.get_window_extent(renderer)
            if fig.key_beside:
                right -= box.width / fig.dpi + _gap
                fig.key.set_bbox_to_anchor((1.0 - _edge / width, 1.0 - _edge / height))
            else:
                top -= box.height / fig.dpi + _gap
                fig.key.set_bbox_to_anchor((_edge / width, 1.0 - _edge / height))
        placed = [(axes, axes.get_subplotspec()) for axes in fig.axes if axes.get_subplotspec() is not None]
        if not placed:
            return
        form = placed[0][1].get_gridspec()
        before, after = np.zeros((2, max(form.nrows, form.ncols))), np.zeros((2, max(form.nrows, form.ncols)))
        for axes, spec in placed:
            # In space Matplotlib leaves the names of axes out of what a layout is to know.
            flat = axes.name != "3d"
            inner, outer = axes.bbox, axes.get_tightbbox(renderer, for_layout_only=flat) or axes.bbox
            column, row = spec.colspan.start, spec.rowspan.start
            before[0, column] = max(before[0, column], (inner.x0 - outer.x0) / fig.dpi)
            after[0, column] = max(after[0, column], (outer.x1 - inner.x1) / fig.dpi)
            before[1, row] = max(before[1, row], (outer.y1 - inner.y1) / fig.dpi)
            after[1, row] = max(after[1, row], (inner.y0 - outer.y0) / fig.dpi)
        across = _stretches(left, right, before[0], after[0], form.get_width_ratios())
        down = _stretches(height - top, height - bottom, before[1], after[1], form.get_height_ratios())
        for axes, spec in placed:
            (x0, x1), (y0, y1) = across[spec.colspan.start], down[spec.rowspan.start]
            axes.set_position(Bbox([[x0 / width, 1.0 - y1 / height], [x1 / width, 1.0 - y0 / height]]))
            axes.set_in_layout(True)  # moving axes by hand takes them out of it


def _stretches(
    first: float, last: float, before: NDArray[np.float64], after: NDArray[np.float64], ratios: Sequence[float]
) -> list[tuple[float, float]]:
    """Share out a length [inch] between axes in a row, each with room before and after it, in these ratios."""
    count = len(ratios)
    free = last - first - float(before.sum() + after.sum()) - _gap * (count - 1)
    places, here = [], first
    for place, ratio in enumerate(ratios):
        start = here + float(before[place])
        stop = start + max(free, 0.1) * ratio / sum(ratios)
        places.append((start, stop))
        here = stop + float(after[place]) + _gap
    return places


class Picture(Figure):
    """A matplotlib Figure that carries its numbers and saves to the same bytes each time.

    Attributes
    ----------
    caption : str
        What the picture shows, in a sentence.
    table : dict of name to column
        The numbers that are drawn.
    """

    def __init__(self, width: float, height: float, caption: str = "") -> None:
        with house_style():
            super().__init__(figsize=(width, height), layout=Margins())
        FigureCanvasAgg(self)
        self.key: Legend | None = None
        self.key_beside = False
        self.caption = caption
        self.table: Mapping[str, Sequence[Any]] = {}

    def explain(self, handles: Sequence[Any], columns: int = 1, *, beside: bool = False, size: float = 9.5) -> None:
        """Put the key of the whole picture above the axes, or beside them; ``size`` is that of its text [pt]."""
        self.key = self.legend(
            handles=list(handles), loc="upper right" if beside else "upper left", ncols=columns, fontsize=size,
            borderaxespad=0.0, handlelength=2.6,
        )  # fmt: skip
        self.key_beside = beside

    def savefig(self, fname: Any, **options: Any) -> None:
        """Save as matplotlib does, without the date and the version that would make each file differ."""
        kind = str(options.get("format") or Path(str(fname)).suffix.lstrip(".")).lower()
        options.setdefault("metadata", _unnamed.get(kind))
        with house_style():
            super().savefig(fname, **options)

    def settle(self) -> Picture:
        """Lay the picture out now and keep the places, so that writing it several times is quick."""
        engine = self.get_layout_engine()
        if engine is not None:
            with house_style():
                engine.execute(self)
                self.set_layout_engine("none")
        return self

    def save(self, path: str | Path) -> Path:
        """Save to a file (.svg, .png or .pdf) and return where it lies."""
        self.savefig(Path(path))
        return Path(path)

    def svg(self) -> bytes:
        """Return the picture as the bytes of an SVG file."""
        return self._bytes("svg")

    def png(self) -> bytes:
        """Return the picture as the bytes of a PNG file."""
        return self._bytes("png")

    def _bytes(self, kind: str) -> bytes:
        """Write without matplotlib's rehearsal, which a settled picture does not need."""
        self.settle()
        stream = io.BytesIO()
        dpi, canvas = self.dpi, self.canvas
        writer: Any = FigureCanvasSVG(self) if kind == "svg" else FigureCanvasAgg(self)
        try:
            with house_style():
                if kind == "svg":
                    writer.print_svg(stream, metadata=_unnamed["svg"])
                else:
                    self.dpi = float(_rules["savefig.dpi"])
                    writer.print_png(stream, metadata=_unnamed["png"])
        finally:
            self.dpi = dpi
            self.set_canvas(canvas)
        return stream.getvalue()

    def csv(self) -> str:
        """Return the numbers that are drawn, as text of a CSV file."""
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(self.table)
        for row in zip(*self.table.values(), strict=True):
            writer.writerow([f"{cell:.10g}" if isinstance(cell, float) else cell for cell in row])
        return stream.getvalue()


def arm_colour(place: int) -> str:
    """Return the colour of the arm at this place."""
    return _arm_colours[place % len(_arm_colours)]


def arm_dash(place: int) -> Any:
    """Return the line style of the arm at this place; it changes when the colours begin again."""
    return _arm_dashes[(place + place // len(_arm_colours)) % len(_arm_dashes)]


def ink_on_white(colour: str, contrast: float = 3.0) -> str:
    """Return a colour darkened until it stands out from white by so much (WCAG 2.2: 3 to 1 for marks and large letters)."""
    parts = np.array(to_rgb(colour))
    while 1.05 / (_luminance(parts) + 0.05) < contrast:
        parts *= 0.97
        colour = to_hex((float(parts[0]), float(parts[1]), float(parts[2])))
    return colour


def _luminance(parts: NDArray[np.float64]) -> float:
    """Return how bright red, green and blue look together, from 0 to 1."""
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def site_colours(sites: Sequence[str], primary: str | None = None) -> Mapping[str, str]:
    """Return a colour for each site in order of weight: black for the primary's, grey when the colours run out."""
    others = [site for site in sites if site != primary]
    colours = {site: _site_colours[k] if k < len(_site_colours) else GREY for k, site in enumerate(others)}
    return ({primary: BLACK} if primary is not None else {}) | colours


def grid(axes: Axes, which: str = "both") -> None:
    """Draw a quiet grid behind the data."""
    axes.grid(True, axis="both" if which == "both" else "x" if which == "x" else "y")


def time_ticks(axes: Axes, start: float, stop: float, most: float = 10.5) -> str:
    """Mark round years between two times [years], or round days of a short span; return the axis' label.

    At most about ``most`` marks, at times in years either way.
    """
    span = stop - start
    unit, word, steps = (
        (1.0, "Years", (0.25, 0.5, 1.0, 2.0, 5.0, 10.0)) if span > 0.75 else (YEAR, "Days", (1, 2, 5, 10, 20, 50))
    )
    step = next((step for step in steps if span * unit / step <= most), 20.0)
    marks = np.arange(np.ceil(start * unit / step) * step, stop * unit * 1.001, step)
    axes.set_xticks(marks / unit, [f"{mark:g}".replace("-", "−") for mark in marks])
    return f"{word} since diagnosis"


def log_ticks(axis: Axis, last: int, step: int = 1, first: int = 0) -> None:
    """Mark powers of ten from 10**first to 10**last, written plainly: mathematics would be set by a slow parser."""
    powers = range(first, last + 1, step)
    axis.set_major_locator(FixedLocator([10.0**power for power in powers]))
    axis.set_major_formatter(FixedFormatter([f"10{str(power).translate(_raised)}" for power in powers]))
    axis.set_minor_locator(NullLocator())


def in_powers(number: float, power: int) -> str:
    """Return a number as a multiple of a power of ten, as "1.5×10⁶": what stands in a corner of an axis is not read."""
    return f"{number / 10.0**power:.4g}×10{str(power).translate(_raised)}" if number else "0"
