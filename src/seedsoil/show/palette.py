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
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

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
_site_colours = (VERMILLION, BLUE, GREEN, ORANGE, PURPLE, SKY)
_rules: dict[str, Any] = {
    "font.family": "DejaVu Sans",  # travels with matplotlib, so every machine draws the same
    "font.size": 10.0,
    "axes.titlesize": 12.0,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
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


@contextmanager
def house_style() -> Iterator[None]:
    """Draw by the house's rules only, whatever the user's matplotlibrc says."""
    with matplotlib.style.context(["default", _rules]):
        yield


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
            super().__init__(figsize=(width, height), layout="constrained")
        FigureCanvasAgg(self)
        self.caption = caption
        self.table: Mapping[str, Sequence[Any]] = {}

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


def site_colours(sites: Sequence[str], primary: str | None = None) -> Mapping[str, str]:
    """Return a colour for each site in order of weight: black for the primary's, grey when the colours run out."""
    others = [site for site in sites if site != primary]
    colours = {site: _site_colours[k] if k < len(_site_colours) else GREY for k, site in enumerate(others)}
    return ({primary: BLACK} if primary is not None else {}) | colours


def grid(axes: Axes, which: str = "both") -> None:
    """Draw a quiet grid behind the data."""
    axes.grid(True, axis="both" if which == "both" else "x" if which == "x" else "y")
