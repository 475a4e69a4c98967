"""Charts on the pages of claims: no text lies on another, whatever an axis spans."""

from __future__ import annotations

import pytest

from seedsoil.evidence.claim import Chart
from seedsoil.show.evidence.figures import chart_figure
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
