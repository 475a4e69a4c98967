"""Each picture by its name, with the right numbers in it, on small made-up results whose answers are known."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from matplotlib.collections import LineCollection, PolyCollection

from seedsoil.experiment.orders.sampling.looks import Biopsy, BloodDraw
from seedsoil.experiment.protocol import Ablate, Inject, Irradiate, Scan, Shunt
from seedsoil.foundation.errors import StudyError
from seedsoil.observe.scan import INSTRUMENTS
from seedsoil.show.patient.arms import side_by_side_figure
from seedsoil.show.patient.clones import muller_figure
from seedsoil.show.patient.drugs import drugs_figure
from seedsoil.show.patient.lesions import trajectories_figure
from seedsoil.show.patient.overview import patient_figure
from seedsoil.show.patient.spread import spread_figure, tree_of
from seedsoil.show.patient.treatment import treatment_rows
from seedsoil.show.pictures import NAMES, OF_PATIENTS, OF_TRIALS, draw_of_patient, draw_of_trial
from seedsoil.show.show import show
from seedsoil.show.trial.pairs import pairs_figure
from seedsoil.show.trial.sums import spider_figure, waterfall_figure
from seedsoil.show.trial.swimmers import swimmer_figure
from tests.unit.show.examples import MadeTrial, made_history, made_trial, scanned_trial
from tests.unit.show.layout import outside, overlaps


def _boxes(axes: Any) -> list[tuple[float, float]]:
    """Return place and height of the bars of a panel, from left to right."""
    shapes = [
        path.vertices for each in axes.collections if isinstance(each, PolyCollection) for path in each.get_paths()
    ]
    return sorted(
        (round(float(shape[:, 0].mean()), 1), float(shape[np.abs(shape[:, 1]).argmax(), 1])) for shape in shapes
    )


def _labels(picture: Any) -> list[str]:
    assert picture.key is not None
    return [text.get_text() for text in picture.key.get_texts()]


def test_waterfall_bars_are_the_best_changes_in_order() -> None:
    """Catches bars of the last change, or of changes after progression, or in another order."""
    picture = waterfall_figure(scanned_trial())
    none, drug = picture.axes
    assert [height for _, height in _boxes(none)] == pytest.approx([100.0, 25.0])  # 150 % is cut, and marked
    assert [height for _, height in _boxes(drug)] == pytest.approx([10.0, -50.0, -100.0])
    assert picture.table["best_change_percent"] == pytest.approx([150.0, 25.0, 10.0, -50.0, -100.0])
    assert picture.table["response"] == ["PD", "PD", "PD", "PR", "CR"]
    assert "none 2 of 4, drug 3 of 4" in picture.caption
    assert "1 higher bars end here" in picture.caption
    assert none.get_ylabel().endswith("[%]")
    assert overlaps(picture) == outside(picture) == []


def test_spider_legs_are_every_change_in_time() -> None:
    picture = spider_figure(scanned_trial())
    legs = [
        leg for each in picture.axes[1].collections if isinstance(each, LineCollection) for leg in each.get_segments()
    ]
    assert len(legs) == 3
    ends = sorted((round(leg[-1][0] * 365.25), round(float(leg[-1][1]), 1)) for leg in legs)
    assert ends == [(140, 33.3), (196, -47.5), (196, -20.0)]
    assert picture.table["response"].count("BASELINE") == 5
    assert overlaps(picture) == outside(picture) == []


def test_swimmers_carry_responses_progression_and_ends() -> None:
    table = swimmer_figure(scanned_trial()).table
    lines = list(zip(*table.values(), strict=True))
    assert ("drug", 0, "best response", 84.0, 84.0, "PR") in lines
    assert ("drug", 1, "best response", 84.0, 84.0, "CR") in lines
    assert ("drug", 1, "progression", 196.0, 196.0, "") in lines
    assert ("none", 2, "followed", 0.0, 60.0, "died") in lines
    picture = swimmer_figure(scanned_trial())
    assert {"first partial response", "first complete response", "progression", "death", "alive at the end"} <= set(
        _labels(picture)
    )
    assert overlaps(picture) == []


def test_pairs_hold_the_same_patient_against_himself() -> None:
    """Catches arms that are exchanged, patients that are matched by row, and the dead taken for the living."""
    trial = scanned_trial()
    picture = pairs_figure(trial)
    assert picture.table["gain_days"] == [40.0, 500.0, 140.0, 0.0]
    assert picture.table["exact"] == [False, True, True, False]
    assert "3 lived longer, 0 shorter, 1 the same" in picture.caption
    assert "Median gain of the 2 who died in both: 11 months more" in picture.caption
    assert picture.axes[0].get_xlabel() == "Survival in arm none [years]"
    assert picture.axes[0].get_ylabel() == "Survival in arm drug [years]"
    assert "lived shorter" not in _labels(picture)
    back = pairs_figure(trial, "none", "drug")
    assert back.table["gain_days"] == [-40.0, -500.0, -140.0, 0.0]
    assert overlaps(picture) == overlaps(back) == []


def test_nobody_scanned_nobody_dead_and_one_patient() -> None:
    trial = scanned_trial()
    patients = {name: column[[3, 7]].copy() for name, column in trial.tables["patients"].items()}
    bare = MadeTrial(trial.arms, {"patients": patients, "lesions": trial.tables["lesions"]}, trial.study, trial.record)
    for draw in (waterfall_figure, spider_figure):
        picture = draw(bare)
        assert [axes.texts[0].get_text() for axes in picture.axes] == [
            "nobody had a target lesion\nand a later scan"
        ] * 2
        assert overlaps(picture) == []
    assert "1 patient" in [axes.get_ylabel() for axes in pairs_figure(bare).axes]
    assert "death" not in _labels(swimmer_figure(bare))


def test_limit_drawn_is_that_of_the_instrument_that_looks() -> None:
    """Half of 3 mm for magnetic resonance, 7 mm for CT, and no line where nobody looks."""
    for tool in ("ct", "mri"):
        history = made_history()
        history.done = [(28.0, Scan(84.0, 28.0, tool)), (700.0, Scan(84.0, 28.0, tool))]
        axes = trajectories_figure(history).axes[0]
        limit = float(INSTRUMENTS[tool].d50)
        (line,) = [line for line in axes.lines if list(line.get_ydata()) == [limit, limit]]
        assert np.asarray(line.get_xdata()) * 365.25 == pytest.approx([28.0, 700.0])
        assert f"{tool.upper()} shows half\nof {limit:g} mm" in [text.get_text() for text in axes.texts]
    history.done = []
    picture = trajectories_figure(history)
    assert [text.get_text() for text in picture.axes[0].texts] == ["without vessels\nstalls near 1 mm"]
    assert "Nobody scans this patient." in picture.caption


def _busy() -> SimpleNamespace:
    history = made_history()
    history.done = [
        (14.0, Ablate("liver", 14.0, 5.0)),
        (30.0, Irradiate("primary", 30.0, 2.0, 2)),
        (31.0, Irradiate("primary", 30.0, 2.0, 2)),
        (40.0, Inject(1.0, "liver", 40.0)),
        (50.0, Shunt(10.0, "vena_cava", 50.0, 20.0)),
        (57.0, Shunt(10.0, "vena_cava", 50.0, 20.0)),
        (60.0, Biopsy("primary", 60.0)),
        (70.0, BloodDraw(70.0)),
        (80.0, Scan(84.0, 80.0, "mri")),
    ]
    kinds = ("paused", "resumed", "reduced", "delayed", "stopped")
    history.events = [
        *history.events,
        *(
            {"day": 100.0 + 50.0 * k, "kind": kind, "detail": f"5-Fluorouracil {kind}: why"}
            for k, kind in enumerate(kinds)
        ),
    ]
    return history


def test_strip_marks_every_deed_and_every_change_of_a_course() -> None:
    rows = {row.name: row for row in treatment_rows(_busy())}
    for name, days in (("ablation", [14.0]), ("irradiation", [30.0, 31.0]), ("injection", [40.0]), ("biopsy", [60.0])):
        assert rows[name].days.tolist() == days
    assert rows["blood drawn"].days.tolist() == [70.0]
    assert rows["shunt"].spans == ((50.0, 70.0),)
    assert rows["MRI scan"].days.tolist() == [80.0]
    assert [kind for _, kind in rows["fluorouracil"].changes] == ["paused", "resumed", "reduced", "delayed", "stopped"]
    assert rows["bevacizumab"].changes == ()
    for draw in (trajectories_figure, patient_figure):
        picture = draw(_busy())
        assert {"drug paused", "drug stopped"} <= set(_labels(picture))
        assert overlaps(picture) == outside(picture) == []


def test_a_pump_is_drawn_where_it_acts_and_in_the_body() -> None:
    """The artery's strip comes first and has the artery's level: catches the body's drawn for both."""
    history = made_history(arm="seed")
    days, body = history.concentrations["fluorouracil"]
    history.arteries = {"fluorouracil": ("liver", days, 100.0 * body)}
    picture = drugs_figure(history)
    assert [axes.get_title(loc="left") for axes in picture.axes] == [
        "fluorouracil, 24 doses of 700 mg: in the artery of the liver",
        "fluorouracil: in the rest of the body",
    ]
    table = picture.table
    peak = {
        where: max(
            float(v) for v, at in zip(table["mg_per_litre"], table["where"], strict=True) if at == where and v != ""
        )
        for where in ("liver", "body")
    }
    assert peak["liver"] == pytest.approx(100.0 * peak["body"])
    assert overlaps(picture) == outside(picture) == []


def test_spread_tells_who_seeded_whom() -> None:
    """A chain colon, liver, lung: catches senders taken for receivers, and a parent's site for the child's."""
    history = made_history(count=4)
    history.lesions |= {
        "site": np.array(["colon", "liver", "lung", "liver"], dtype=object),
        "parent": np.array([-1, 0, 1, 0]),
    }
    history.cells[:, 3] = np.where(np.asarray(history.days) > 500.0, 0.0, history.cells[:, 3])
    picture = spread_figure(history)
    assert picture.table["parent_site"] == ["", "colon", "liver", "colon"]
    left = {text.get_text() for text in picture.axes[1].texts if text.get_position()[0] <= 0.0}
    right = {text.get_text() for text in picture.axes[1].texts if text.get_position()[0] >= 1.0}
    assert left == {"shed from", "colon 2", "liver 1"}
    assert right == {"founded in", "liver 2", "lung 1"}
    gone = picture.table["gone_day"]
    assert gone[0] == 15.0
    assert gone[3] == 505.0
    assert np.isnan(gone[1])
    assert "3 in all" in picture.caption
    assert overlaps(picture) == outside(picture) == []
    alone = spread_figure(made_history(count=1))
    assert [text.get_text() for text in alone.axes[1].texts] == ["no metastasis"]


def test_founders_of_which_nothing_was_left_are_told_and_not_drawn() -> None:
    """Drawn, such a founder would seem to sleep to the end; one that was a lesion and is gone is drawn."""
    history = made_history(count=4)
    history.lesions |= {
        "fate": np.array(["growing", "extinct", "extinct", "growing"], dtype=object),
        "largest_cells": np.array([1e9, 0.0, 1e6, 1e7]),
    }
    picture = spread_figure(history)
    assert "treatment left nothing, not drawn: 1." in picture.caption
    assert "smaller lesions" not in picture.caption
    assert picture.axes[0].get_ylabel() == "3 lesions"
    assert len(picture.table["lesion"]) == 4


def test_a_tree_keeps_what_its_lesions_came_from() -> None:
    parent = np.array([-1, 0, 1, 2, 0])
    assert tree_of(parent, np.array([0.0, 0.0, 0.0, 9.0, 5.0]), 4).tolist() == [0, 1, 2, 3]
    assert tree_of(parent, np.array([0.0, 0.0, 0.0, 9.0, 5.0]), 5).tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("count", [3, 14])
def test_lesions_of_a_muller_plot_add_up_and_lie_in_their_parents(count: int) -> None:
    """All cells are drawn, and the bands fill 100 % as long as there is a cell."""
    history = made_history(count=count)
    picture = muller_figure(history, most=5)
    table = {name: np.array(column) for name, column in picture.table.items()}
    last = (table["what"] == "lesion") & (table["day"] == table["day"].max())
    assert table["cells"][last].sum() == pytest.approx(history.cells[-1].sum())
    tops = [path.vertices[:, 1].max() for each in picture.axes[2].collections for path in each.get_paths()]
    assert max(tops) == pytest.approx(100.0)
    assert overlaps(picture) == outside(picture) == []


def test_two_arms_of_a_patient_share_their_axes_and_colours() -> None:
    one, other = made_history(arm="surgery"), made_history(arm="both")
    other.cells = other.cells * 50.0
    picture = side_by_side_figure(one, other)
    left, right = picture.axes[0], picture.axes[1]
    assert left.get_ylim() == right.get_ylim()
    assert left.get_xlim() == right.get_xlim()
    assert set(picture.table["arm"]) == {"surgery", "both"}
    assert "liver" in _labels(picture)
    assert overlaps(picture) == outside(picture) == []


def _bytes(names: Sequence[str]) -> list[tuple[bytes, bytes, str]]:
    trial = scanned_trial()
    pictures = [draw_of_trial(trial, name, None if name in OF_TRIALS else 3, *_arms(name)) for name in names]
    return [(picture.svg(), picture.png(), picture.csv()) for picture in pictures]


def _arms(name: str) -> tuple[str | None, str | None]:
    return ("drug", "none") if name == "pairs" else (None, None)


def test_new_pictures_are_the_same_bytes_each_time() -> None:
    names = ("pairs", "waterfall", "spider")
    assert _bytes(names) == _bytes(names)
    pictures = [(spread_figure(made_history()), side_by_side_figure(made_history(), made_history())) for _ in range(2)]
    assert [each.svg() for each in pictures[0]] == [each.svg() for each in pictures[1]]


def test_every_name_is_drawn_from_a_trial_and_from_a_history() -> None:
    trial = made_trial(6)
    for name in NAMES:
        if name == "body":
            continue  # its host has to be known: see test_body
        picture = show(trial, name, patient=None if name in OF_TRIALS else 2)
        assert picture.caption.endswith(".")
        assert picture.csv().count("\n") >= 1
    for name in OF_PATIENTS:
        assert draw_of_patient(made_history(), name).caption == OF_PATIENTS[name].draw(made_history()).caption
    assert len(show(made_history(), "side_by_side", against=made_history(arm="seed")).axes) == 4


@pytest.mark.parametrize(
    ("name", "options", "told"),
    [
        ("waterfal", {}, "no picture 'waterfal'. Did you mean 'waterfall'"),
        ("lesions", {}, "shows one patient: say which"),
        ("survival", {"patient": 1}, "shows all patients: leave the patient out"),
        ("causes", {"arm": "seed"}, "shows all arms: leave the arm out"),
        ("causes", {"against": "seed"}, "has no second arm"),
        ("pairs", {"against": "sed"}, "no arm 'sed'. Did you mean 'seed'"),
        ("pairs", {"arm": "seed", "against": "seed"}, "against itself"),
        ("body", {}, "Picture 'organs' shows the same"),
    ],
)
def test_what_cannot_be_drawn_is_told(name: str, options: dict[str, Any], told: str) -> None:
    with pytest.raises(StudyError) as raised:
        show(made_trial(4), name, **options)
    assert told in str(raised.value)


def test_a_history_refuses_pictures_of_trials_and_lone_pairs() -> None:
    with pytest.raises(StudyError, match="drawn of a Trial"):
        show(made_history(), "waterfall")
    with pytest.raises(StudyError, match="needs the same patient in another arm"):
        show(made_history(), "side_by_side")
    with pytest.raises(StudyError, match="shows one arm"):
        show(made_history(), "lesions", against=made_history())
