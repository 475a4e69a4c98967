"""Charts on the pages of claims: no text lies on another, whatever an axis spans."""

from __future__ import annotations

import math

import pytest

from seedsoil.evidence.claim import Ablation, Band, Chart, Check, Claim, Direction, Figure, Finding
from seedsoil.evidence.runner.result import Result, result_of
from seedsoil.evidence.runner.work import Done
from seedsoil.show.evidence.charts import chart_figure, folded
from seedsoil.show.evidence.figures import checks_figure, verdict_figure
from seedsoil.show.evidence.words import banded, number, printed
from tests.unit.show.layout import outside, overlaps, texts


@pytest.mark.parametrize("span", [1.5, 4.0, 64.0, 900.0, 1e5, 1e9])
@pytest.mark.parametrize("kind", ["lines", "points", "bars"])
def test_marks_of_logarithmic_axes(span: float, kind: str) -> None:
    """Marks stand apart on both axes and there are two at least: Matplotlib's own lie on each other over one to two decades."""
    places = [0.125, 0.125 * span**0.5, 0.125 * span]
    log_x = kind != "bars"
    picture = chart_figure(
        Chart("A title", "Balance [1]", "Vessels [1]", {"one": {"x": places if log_x else [0.0, 1.0, 2.0], "y": places}},
              kind, log_x=log_x, log_y=True)  # type: ignore[arg-type]
    )  # fmt: skip
    assert not overlaps(picture)
    assert not outside(picture)
    for axis in (picture.axes[0].xaxis, picture.axes[0].yaxis):
        low, high = axis.get_view_interval()
        marks = [tick for tick in axis.get_majorticklocs() if low <= tick <= high]
        assert 2 <= len(marks) <= 12
    assert any(text.get_text() == "Balance [1]" for text in texts(picture))


@pytest.mark.parametrize("count", [3, 6])
def test_names_on_an_axis(count: int) -> None:
    """Names of places stand level, folded, up to six of them."""
    names = [f"resistant line {number}, peritoneum" for number in range(count)]
    y = [10.0**number for number in range(count)]
    chart = Chart(
        "A title",
        "",
        "Cells per mouse",
        {"mean": {"x": [float(n) for n in range(count)], "y": y}},
        "bars",
        log_y=True,
        names=names,
    )
    picture = chart_figure(chart)
    assert not overlaps(picture)
    assert not outside(picture)


@pytest.mark.parametrize("kind", ["lines", "bars"])
def test_nothing_on_a_logarithmic_axis_is_told_and_not_given_a_height(kind: str) -> None:
    """A bar of nothing is a 0 above its name: drawn as the least height that fits, it would look like something."""
    series = {"tumours": {"x": [0.0, 1.0], "y": [0.0, 12.0]}}
    chart = Chart("Grafts", "", "Mean per mouse", series, kind, log_y=kind == "bars", names=("kidney", "lung"))  # type: ignore[arg-type]
    picture = chart_figure(chart)
    seen = [text.get_text() for text in picture.axes[0].texts]
    assert seen == (["0"] if kind == "bars" else [])
    assert ("a logarithmic axis has no place" in picture.caption) == (kind == "bars")
    assert not overlaps(picture)


def test_intervals_are_explained() -> None:
    """Whoever sees thin lines about bars reads in the caption what they are."""
    series = {"median": {"x": [0.0], "y": [1.0], "low": [0.5], "high": [2.0]}}
    assert "thin lines are 95 % intervals" in chart_figure(Chart("Title", "", "g", series, "bars")).caption


def test_a_small_fall_does_not_look_like_a_plunge() -> None:
    """Lines that fall by three parts in a hundred are drawn from zero on, with room above; those that halve are not."""
    low, high = (
        chart_figure(Chart("Title", "Day", "Share", {"one": {"x": [0.0, 1.0], "y": [0.9, last]}})).axes[0].get_ylim()
        for last in (0.87, 0.2)
    )
    assert low[0] == 0.0
    assert low[1] > 0.9
    assert high[0] > 0.0


def _result(
    found: Figure, ablated: Figure, band: Band | None, direction: Direction | None, *checks: tuple[Check, Figure]
) -> Result:
    """Make a result of figures alone."""
    claim = Claim(
        "X1", "A claim.", ("recalled",), "A set-up.", "radius of what was seen", "um", Ablation("none", "why"),
        lambda setting: Finding(found, 1), band, direction, tuple(check for check, _ in checks),
    )  # fmt: skip
    finding = Finding(found, 3, {check.name: figure for check, figure in checks})
    return result_of(claim, "fast", 1, Done("X1", 1.0, finding, Finding(ablated, 3)))


@pytest.mark.parametrize("of", [0.0, 1.0, 24.0, 4000.0, -3.0])
def test_the_reference_of_the_key_is_in_the_picture(of: float) -> None:
    """However far from the figure a claim's reference lies, and where a logarithmic axis had no place for it."""
    figure, nothing = Figure(0.8, 0.6, 0.9), Figure(0.05, 0.009, 0.2)
    picture = verdict_figure(_result(figure, nothing, Band(0.5, 0.9), Direction("above", of)))
    low, high = picture.axes[0].get_xlim()
    assert low < of < high
    assert not overlaps(picture)
    assert not outside(picture)
    assert picture.axes[0].get_xlabel().endswith("[µm]")


@pytest.mark.parametrize("value", [0.0, 1.0, 7.0, 3e8, 2e-9])
def test_a_number_alone_is_seen_against_nothing(value: float) -> None:
    """An exact figure without a band has zero on its axis, and every mark of the axis says its power of ten."""
    check = (Check("one", "cells of a lesion", "cells"), Figure.exact(value))
    lost = (Check("two", "minute of the least", "min"), Figure(math.nan, math.nan, math.nan))
    picture = checks_figure(_result(Figure.exact(1.0), Figure.exact(2.0), None, Direction("above", 0.0), check, lost))
    assert picture is not None
    axes = picture.axes[0]
    low, high = axes.get_xlim()
    assert low <= 0.0 <= high
    assert low <= value <= high
    assert not overlaps(picture)
    assert axes.xaxis.get_offset_text().get_text() == ""
    assert "it came to no figure: minute of the least" in picture.caption


def test_a_band_that_asks_for_any_does_not_stretch_the_axis() -> None:
    """More than none is 0 to the eye, and not ten decades of a logarithmic axis."""
    band = Band(1e-9, math.inf)
    check = (Check("one", "mutations"), Figure(8.0, 7.0, 9.0))
    picture = checks_figure(
        _result(
            Figure.exact(1.0),
            Figure.exact(2.0),
            None,
            Direction("above", 0.0),
            (Check("one", "mutations", "", band), check[1]),
        )
    )
    assert picture is not None
    assert picture.axes[0].get_xscale() == "linear"
    assert banded(band) == "above 0"
    assert banded(Band(0.0, math.inf)) == "0 or more"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.25, "0.25"),
        (11_972.0, "11,970"),
        (-1e4, "-10,000"),
        (1.198e6, "1.198×10⁶"),
        (3.2e-5, "3.2×10⁻⁵"),
        (-2e7, "-2×10⁷"),
        (math.nan, "-"),
    ],
)
def test_numbers_are_written_as_a_reader_writes_them(value: float, written: str) -> None:
    assert number(value) == written


def test_units_are_printed_as_such() -> None:
    assert printed("depth in um") == "depth in µm"
    assert printed("mol/m^3/s, sum") == "mol/m³/s, sum"
    assert (
        printed("1e5 B16 cells, 3e5 of L3.6pl, 1e-9 mutations, 2.5e10")
        == "10⁵ B16 cells, 3×10⁵ of L3.6pl, 10⁻⁹ mutations, 2.5×10¹⁰"
    )


@pytest.mark.parametrize("width", [10, 24, 70])
def test_no_word_of_a_folded_label_stands_alone(width: int) -> None:
    """As few lines as it takes, none longer than the width where words allow, and these of like lengths."""
    text = "lesions of any size that the shunt adds for each million cells poured in"
    lines = folded(text, width).split("\n")
    assert " ".join(lines) == text
    assert max(map(len, lines)) <= width
    assert min(map(len, lines)) > 0.4 * max(map(len, lines))
