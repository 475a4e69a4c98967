"""Pictures of very many patients draw a fair part of them, count all, and say so."""

import numpy as np
import pytest
from matplotlib.collections import PolyCollection

from seedsoil.show.trial.pairs import pairs_figure
from seedsoil.show.trial.sums import spider_figure, waterfall_figure
from seedsoil.show.trial.survival import survival_figure
from tests.unit.show.examples import MadeTrial, made_trial, scanned_trial
from tests.unit.show.layout import outside, overlaps


def scanned(count: int) -> MadeTrial:
    """Return one arm of so many patients, whose targets change by -90 % to +90 %, evenly, from the last to the first."""
    made, change = scanned_trial(), np.linspace(90.0, -90.0, count)
    text = {"arm": "drug", "instrument": "ct", "cause": "", "ending": "", "response": "SD"}
    patients = {
        name: np.full(count, text[name], dtype=object) if name in text else np.zeros(count, values.dtype)
        for name, values in made.tables["patients"].items()
    }
    looks = {
        name: np.full(2 * count, text[name], dtype=object) if name in text else np.ones(2 * count, values.dtype)
        for name, values in made.tables["assessments"].items()
    }
    patients["patient"] = np.arange(count)
    looks["patient"], looks["day"] = np.repeat(np.arange(count), 2), np.tile([28.0, 84.0], count)
    looks["response"][::2] = "BASELINE"
    looks["target_sum_mm"] = np.column_stack([np.full(count, 50.0), 50.0 + change / 2.0]).ravel()
    tables = {"patients": patients, "assessments": looks, "lesions": made.tables["lesions"]}
    return MadeTrial(("drug",), tables, made.study, made.record)


@pytest.mark.parametrize(("count", "bars", "lines"), [(400, 400, 400), (401, 100, 100), (5000, 100, 100)])
def test_bars_and_lines_of_targets(count: int, bars: int, lines: int) -> None:
    """The bars are spaced evenly in order, the extremes among them: catches the first ones alone, and counts of the drawn."""
    waterfall, spider = waterfall_figure(scanned(count)), spider_figure(scanned(count))
    drawn = np.array(waterfall.table["best_change_percent"])
    np.testing.assert_allclose(drawn, np.linspace(90.0, -90.0, bars), atol=0.25)
    assert sorted(set(spider.table["patient"])) == list(range(lines))
    for picture in (waterfall, spider):
        assert f"drug {count:,} of {count:,}" in picture.caption
        assert ("are drawn" in picture.caption) == (count > 400)
        assert overlaps(picture) == outside(picture) == []


def test_pairs_and_curves() -> None:
    """All are counted; the first 1,000 are points, 100 are bars, and of a curve's steps 1,000, the last among them."""
    trial = made_trial(2500)
    pairs, curves = pairs_figure(trial), survival_figure(trial)
    both, gains = pairs.axes
    assert sum(len(line.get_xdata()) for line in both.lines) == 1000 + 2  # and the two ends of the dashed line
    bars = [path for each in gains.collections if isinstance(each, PolyCollection) for path in each.get_paths()]
    assert len(bars) == 100
    assert "The same 2,500 patients" in pairs.caption
    assert "first 1,000 patients" in pairs.caption
    assert "1,000 are drawn" in curves.caption
    for arm in trial.arms:
        mine = [place for place, name in enumerate(curves.table["arm"]) if name == arm]
        whole = trial.survival(arm)
        assert len(mine) == (1000 if len(whole.days) > 2000 else len(whole.days))
        assert curves.table["day"][mine[-1]] == whole.days[-1]
        assert curves.table["fraction"][mine[-1]] == whole.fraction[-1]
