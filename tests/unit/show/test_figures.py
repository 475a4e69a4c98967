"""Each figure shows what the tables hold, keeps its text apart, and is the same bytes each time."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from copy import copy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from seedsoil.foundation.errors import SeedsoilError
from seedsoil.show.palette import BLACK, BLUE, ORANGE, PALE, SKY, YELLOW, Picture, ink_on_white, time_ticks
from seedsoil.show.patient.clones import muller_figure
from seedsoil.show.patient.drugs import drugs_figure
from seedsoil.show.patient.lesions import trajectories_figure
from seedsoil.show.patient.overview import patient_figure
from seedsoil.show.patient.spread import spread_figure
from seedsoil.show.patient.treatment import treatment_rows
from seedsoil.show.show import show
from seedsoil.show.trial.causes import causes_figure
from seedsoil.show.trial.organs import organs_figure
from seedsoil.show.trial.pairs import pairs_figure
from seedsoil.show.trial.survival import survival_figure
from seedsoil.show.trial.swimmers import swimmer_figure
from tests.unit.show.examples import MadeTrial, made_history, made_trial, spheres
from tests.unit.show.layout import overlaps, texts


@pytest.fixture(scope="module")
def trial() -> MadeTrial:
    return made_trial(60)


@pytest.fixture(scope="module")
def history() -> SimpleNamespace:
    return made_history()


of_trials: list[Callable[..., Picture]] = [survival_figure, causes_figure, organs_figure, swimmer_figure, pairs_figure]
of_patients: list[Callable[..., Picture]] = [
    trajectories_figure,
    muller_figure,
    drugs_figure,
    patient_figure,
    spread_figure,
]


def _name(function: Callable[..., Picture]) -> str:
    return function.__name__


@pytest.mark.parametrize("draw", of_trials, ids=_name)
def test_no_text_of_a_trial_lies_on_another(draw: Callable[..., Picture], trial: MadeTrial) -> None:
    assert overlaps(draw(trial)) == []


@pytest.mark.parametrize("draw", of_patients, ids=_name)
def test_no_text_of_a_patient_lies_on_another(draw: Callable[..., Picture], history: SimpleNamespace) -> None:
    assert overlaps(draw(history)) == []


def test_overlaps_are_seen(history: SimpleNamespace) -> None:
    picture = trajectories_figure(history)
    picture.axes[0].text(0.5, 0.5, "one", transform=picture.axes[0].transAxes)
    picture.axes[0].text(0.5, 0.5, "two", transform=picture.axes[0].transAxes)
    assert ("one", "two") in overlaps(picture)


@pytest.mark.parametrize("draw", [*of_trials, *of_patients], ids=_name)
def test_each_picture_has_units_numbers_and_a_caption(
    draw: Callable[..., Picture], trial: MadeTrial, history: SimpleNamespace
) -> None:
    picture = draw(trial if draw in of_trials else history)
    assert picture.caption.endswith(".")
    lengths = {len(column) for column in picture.table.values()}
    assert len(lengths) == 1
    assert lengths != {0}
    labels = [axes.get_ylabel() + axes.get_xlabel() for axes in picture.axes if axes.axison]
    assert any(mark in " ".join(labels) for mark in ("[%]", "[mm]", "[years]", "Years", "mg/L"))
    assert "".join(labels)


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_the_same_bytes_each_time(kind: str, trial: MadeTrial, tmp_path: Path) -> None:
    """Catches dates, versions, random ids and dependence on drawing order."""
    pictures = [swimmer_figure(trial).save(tmp_path / f"{number}.{kind}").read_bytes() for number in range(2)]
    assert pictures[0] == pictures[1]
    assert b"dc:date" not in pictures[0]
    assert (survival_figure(trial).svg(), survival_figure(trial).png()) == (
        survival_figure(trial).svg(),
        survival_figure(trial).png(),
    )


def test_saving_leaves_no_global_trace(trial: MadeTrial) -> None:
    """No pyplot, no open figure, no changed default."""
    code = (
        "import sys, matplotlib; before = str(sorted(matplotlib.rcParams.copy().items(), key=str))\n"
        "from tests.unit.show.examples import made_trial\n"
        "from seedsoil.show.trial.survival import survival_figure\n"
        "survival_figure(made_trial(8)).svg()\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
        "assert str(sorted(matplotlib.rcParams.copy().items(), key=str)) == before\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_survival_table_is_the_curve(trial: MadeTrial) -> None:
    table = survival_figure(trial).table
    chosen = [k for k, arm in enumerate(table["arm"]) if arm == "both"]
    assert [table["fraction"][k] for k in chosen] == trial.survival("both").fraction.tolist()


def test_shares_of_causes_add_to_one(trial: MadeTrial) -> None:
    table = causes_figure(trial).table
    for arm in trial.arms:
        assert sum(share for share, of in zip(table["share"], table["arm"], strict=True) if of == arm) == pytest.approx(
            1.0
        )


def test_organs_count_patients_not_lesions_and_not_the_primary() -> None:
    trial = made_trial(4)
    lesions = {
        "patient": np.array([0, 0, 0, 1, 2]),
        "arm": np.array(["surgery"] * 5, dtype=object),
        "lesion": np.arange(5),
        "site": np.array(["colon", "liver", "liver", "liver", "lung"], dtype=object),
        "parent": np.array([-1, 0, 0, 0, 0]),
        "cells_at_diagnosis": np.array([1e9, 10.0, float(spheres(7.5)), 0.0, 5.0]),
        "cells_at_end": np.array([0.0, 5.0, 5.0, 9.0, 0.0]),
        "fate": np.array(["resected", "growing", "growing", "growing", "extinct"], dtype=object),
    }
    one = MadeTrial(("surgery",), {"patients": trial.tables["patients"], "lesions": lesions}, trial.study, trial.record)
    for tool, seen in (("", 0.0), ("pet", 0.0), ("ct", 0.25), ("mri", 0.25)):
        one.tables["assessments"] = {"instrument": np.array([tool] if tool else [], dtype=object)}
        table = organs_figure(one).table
        assert table["site"] == ["liver", "lung"]
        assert table["at_diagnosis"] == [0.25, 0.25]
        # 7.5 mm: what an instrument shows half of is told by its own limit, and nothing is seen where nobody looks.
        assert table["seen_at_diagnosis"] == [seen, 0.0]
        assert table["at_end"] == [0.5, 0.0]


def test_muller_keeps_every_cell_and_nests_children(history: SimpleNamespace) -> None:
    """Merging small clones loses no cell and no resistance, however few bands are drawn."""
    for most in (1, 3, 40):
        table = muller_figure(history, most=most).table
        days = np.array(table["day"])
        last = (days == days.max()) & (np.array(table["what"]) == "clone")
        kept = history.clone_cells[history.days == days.max()][0]
        assert sum(np.array(table["cells"])[last]) == pytest.approx(kept.sum())
        resistant = np.array([r != "" for r in table["kind"]])
        assert sum(np.array(table["cells"])[last & resistant]) == pytest.approx(
            kept[history.clones["resistance"] != ""].sum()
        )


def test_levels_keep_their_peaks(history: SimpleNamespace) -> None:
    table = drugs_figure(history).table
    for agent, (_, level) in history.concentrations.items():
        drawn = [v for v, of in zip(table["mg_per_litre"], table["agent"], strict=True) if of == agent and v != ""]
        assert max(drawn) == level.max()


def test_surgery_falls_straight_down(history: SimpleNamespace) -> None:
    """The primary is gone between two recorded days, not over a stretch of thinned ones."""
    table = trajectories_figure(history).table
    of_primary = [day for day, lesion in zip(table["day"], table["lesion"], strict=True) if lesion == 0]
    assert max(of_primary) == 10.0


def test_nothing_to_draw_is_drawn_plainly(tmp_path: Path) -> None:
    bare = made_history(count=1, arm="surgery")
    bare.events, bare.observations, bare.done = [], {"day": np.zeros(0), "diameter_mm": np.zeros(0)}, []
    for draw in of_patients:
        assert draw(bare).save(tmp_path / f"{draw.__name__}.svg").stat().st_size > 1000
    trial = made_trial(3)
    empty = MadeTrial(
        ("surgery",),
        {"patients": trial.tables["patients"], "lesions": {k: v[:0] for k, v in trial.tables["lesions"].items()}},
        trial.study,
        trial.record,
    )
    for draw in of_trials:
        if draw is pairs_figure:
            continue  # there is one arm
        assert draw(empty).save(tmp_path / f"{draw.__name__}.svg").stat().st_size > 1000


def test_many_arms_lesions_and_long_names(tmp_path: Path) -> None:
    """Ten arms and 300 lesions are still drawn without a clash of texts."""
    made = made_trial(30)
    arms = tuple(f"arm_{k}_with_a_name" for k in range(6))
    parts = []
    for arm in arms:
        rows = {k: v[made.tables["patients"]["arm"] == "seed"].copy() for k, v in made.tables["patients"].items()}
        rows["arm"][:] = arm
        parts.append(rows)
    patients = {k: np.concatenate([p[k] for p in parts]) for k in parts[0]}
    trial = MadeTrial(
        arms,
        {"patients": patients, "lesions": {k: v[:0] for k, v in made.tables["lesions"].items()}},
        made.study,
        made.record,
    )
    for draw in of_trials:
        assert overlaps(draw(trial)) == []


@pytest.mark.parametrize(
    ("start", "stop", "label", "marks"),
    [
        (0.0, 10.0, "Years", ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]),
        (-2.0, 0.5, "Years", ["−2", "−1.75", "−1.5", "−1.25", "−1", "−0.75", "−0.5", "−0.25", "0", "0.25", "0.5"]),
        (0.0, 45 / 365.25, "Days", ["0", "5", "10", "15", "20", "25", "30", "35", "40", "45"]),
    ],
)
def test_time_is_marked_in_round_years_or_days(start: float, stop: float, label: str, marks: list[str]) -> None:
    axes = Picture(4.0, 3.0).subplots()
    assert time_ticks(axes, start, stop) == f"{label} since diagnosis"
    assert [text.get_text() for text in axes.get_xticklabels()] == marks
    year = {"Years": 1.0, "Days": 365.25}[label]
    assert axes.get_xticks() == pytest.approx([float(mark.replace("−", "-")) / year for mark in marks])


def test_one_agent_has_one_colour(history: SimpleNamespace) -> None:
    """The doses and the levels of a drug are the same colour, though they are listed in different orders."""
    levels = drugs_figure(history)
    lines = {axes.get_title(loc="left").split(",")[0]: axes.lines[0].get_color() for axes in levels.axes}
    doses = {row.name: row.colour for row in treatment_rows(history) if row.name in lines}
    assert doses
    assert all(lines[name] == colour for name, colour in doses.items())


@pytest.mark.parametrize("draw", [*of_trials, *of_patients], ids=_name)
def test_nothing_is_cut_at_the_edge(draw: Callable[..., Picture], trial: MadeTrial, history: SimpleNamespace) -> None:
    """Fails where the margins forget a label: texts may leave the page by no more than a pixel."""
    picture = draw(trial if draw in of_trials else history)
    boxes = {text.get_text(): text.get_window_extent() for text in texts(picture)}
    wide, tall = picture.bbox.width, picture.bbox.height
    cut = [name for name, box in boxes.items() if box.x0 < -1 or box.y0 < -1 or box.x1 > wide + 1 or box.y1 > tall + 1]
    assert cut == []


def test_show_draws_trials_and_patients(trial: MadeTrial, history: SimpleNamespace) -> None:
    import seedsoil.show as room

    assert len(show(trial).axes) == 2
    assert len(show(history).axes) == 3
    assert len(room(trial).axes) == 2  # type: ignore[operator]
    with pytest.raises(SeedsoilError, match="no picture of str"):
        show("a text")


@pytest.mark.parametrize("colour", [YELLOW, ORANGE, SKY, PALE, BLUE, BLACK])
def test_letters_stand_out_from_white(colour: str) -> None:
    """A name in the colour of its line is read: yellow on white was not. What stands out already is left as it is."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(ink_on_white(colour))
    )
    assert 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05) >= 3.0
    assert (ink_on_white(colour) == colour) == (colour in {BLUE, BLACK})


def test_short_lives_are_told_in_days(trial: MadeTrial) -> None:
    """Of mice that live for weeks an axis in years has marks like 0.01."""
    patients = {name: column.copy() for name, column in trial.tables["patients"].items()}
    patients["end_day"] = patients["end_day"] / patients["end_day"].max() * 40.0
    short = MadeTrial(trial.arms, trial.tables | {"patients": patients}, trial.study, trial.record)
    for one, unit, most in ((trial, "years", 20.0), (short, "days", 42.0)):
        picture = pairs_figure(one)
        assert all(f"[{unit}]" in axes.get_xlabel() for axes in picture.axes)
        assert 0.9 < picture.axes[0].get_xlim()[1] <= most
        assert overlaps(picture) == []


def test_the_axis_of_sizes_begins_where_lesions_do(history: SimpleNamespace) -> None:
    """It reaches to the smallest and the largest size that is drawn, and little beyond."""
    large = copy(history)
    large.cells = np.where(history.cells < spheres(0.06), 0.0, history.cells)
    for one in (history, large):
        picture = trajectories_figure(one)
        low, high = picture.axes[0].get_ylim()
        drawn = picture.table["diameter_mm"]
        assert low <= min(drawn)
        assert high >= max(drawn)
        assert low >= 0.7 * min(0.05, *drawn)
        assert high <= 1.7 * max(20.0, *drawn)


def test_bands_and_their_meaning_are_in_the_key(trial: MadeTrial) -> None:
    """Four bands on each other stay so pale that they mix to no arm's colour."""
    picture = survival_figure(trial)
    assert picture.key is not None
    assert "95% interval" in picture.key.get_texts()[-1].get_text()
    shades = [float(band.get_alpha()) for band in picture.axes[0].collections]
    assert sum(shades) <= 0.29
