"""Procedures: each does what it says, and with its effect taken away the course is the control's, byte for byte."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from seedsoil.biology.clone import Radiosensitivity
from seedsoil.biology.journey.transplant import PARTNER, joined
from seedsoil.biology.patient import Patient
from seedsoil.body.state import CELLS, DETECTED, DORMANT, EXTINCT, FATE, GROWING, HYPOXIA, LESIONS, RESECTED, SITE
from seedsoil.catalogue.load import entry
from seedsoil.experiment.arm import Arm, open_arm
from seedsoil.experiment.grow import Diagnosis, Grown, grow
from seedsoil.experiment.orders.operations import ablate, irradiate, left_by_heat, resect
from seedsoil.experiment.orders.release import entering
from seedsoil.experiment.protocol import (
    Ablate,
    Biopsy,
    BloodDraw,
    Inject,
    Irradiate,
    Protocol,
    Resect,
    Scan,
    Shunt,
)
from seedsoil.foundation.errors import ModelError
from seedsoil.trial.runner.patients import run_patients
from seedsoil.trial.trial import simulate
from tests.properties.arms import FLUOROURACIL, SCANS, SURGERY, assumed, differing, fluorouracil, told_of
from tests.properties.examples import ADULT, COLON, TWO_POOL, changed, patient, plan_of, same

INDEX = ADULT.anatomy.index


def _irradiated(alpha: float) -> Patient:
    cell = Radiosensitivity.model_validate(
        {
            "alpha": assumed(alpha, "1/Gy"),
            "alpha_beta_ratio": assumed(10.0, "Gy"),
            "hypoxic_protection": assumed(3.0),
        }
    )
    return patient(tumour=COLON.model_copy(update={"radiosensitivity": cell}))


@lru_cache
def _grown(alpha: float = 0.0) -> Grown:
    """One patient with metastases, who would respond to radiation as told."""
    return grow(_irradiated(alpha), TWO_POOL, Diagnosis(25.0, 2, 2.0), 11, 1)


def _opened(alpha: float = 0.0) -> Arm:
    """A patient of whose metastases every other one was seen."""
    arm = open_arm(_grown(alpha), TWO_POOL, {}, Protocol(), 400.0)
    growing = [row for row in range(1, int(arm.state.count[LESIONS])) if arm.state.lesion[row, FATE] == GROWING]
    assert len(growing) >= 4
    arm.state.lesion[growing[::2], DETECTED] = 0.0
    return arm


def _tables(protocols: dict[str, Protocol], who: Patient | None = None, **changes: Any) -> dict[str, dict[str, Any]]:
    plan = plan_of(protocols, FLUOROURACIL, **({"patient": who or _irradiated(0.3), "until_days": 364.0} | changes))
    return run_patients(plan, 0, plan.patients)


# ------------------------------------------------------------ what does nothing changes nothing


@lru_cache
def _idle() -> dict[str, dict[str, Any]]:
    """A control, and arms whose orders can change nothing."""
    return _tables(
        {
            "control": Protocol(SURGERY),
            "beads": Protocol(SURGERY, injections=(Inject(1e5, "veins", 31.0, "beads"),)),
            "no_cells": Protocol(SURGERY, injections=(Inject(0.0, "veins", 31.0),)),
            "no_reach": Protocol(SURGERY, ablations=(Ablate("visible metastases", 31.5, 0.0),)),
            "samples": Protocol(
                SURGERY,
                biopsies=(Biopsy("primary", 3.0, 1, 4), Biopsy("liver", 31.5)),
                draws=(BloodDraw(1.0, 30.0), BloodDraw(5.5)),
            ),
        },
        patient(shedding_rate=0.1, viable_when_shed=1e-3),
        patients=3,
    )


@pytest.mark.parametrize("arm", ["beads", "no_cells", "no_reach", "samples"])
def test_what_can_do_nothing_is_the_control(arm: str) -> None:
    """In the middle of a step, all of the tumour's tables: catches one cut or one draw by an order without effect."""
    assert differing(_idle(), "control", arm) == set()


def test_radiation_without_sensitivity_is_the_control() -> None:
    """Alpha 0 and sixty grays, or none of a dose: catches a fraction that kills or cuts, while thirty that work do both."""
    for alpha, dose, equal in ((0.0, 2.0, True), (0.3, 0.0, True), (0.3, 2.0, False)):
        field = Protocol(SURGERY, irradiations=(Irradiate("liver", 31.5, dose, 30),))
        tables = _tables({"control": Protocol(SURGERY), "field": field}, _irradiated(alpha))
        assert (differing(tables, "control", "field") == set()) == equal
        assert len(told_of(tables, "field", "irradiation")) == 2


def test_samples_were_taken() -> None:
    """The arm above had its needles and tubes: catches a test that compares nothing with nothing."""
    taken, tubes = _idle()["biopsies"], _idle()["blood"]
    assert set(taken["lesion"]) == {0}
    assert set(taken["zone"]) == {1}
    for who in range(3):
        assert taken["cells"][taken["patient"] == who].sum() == 1000.0
    assert tubes["patient"].size >= 3 * 13
    assert tubes["cells"].max() > 0.0
    assert "there is nothing to take" in told_of(_idle(), "samples", "biopsy")[1]
    assert len(told_of(_idle(), "samples", "blood_draw")) == tubes["patient"].size


def test_beads_arrest_and_found_nothing() -> None:
    """A control embolus: each bead is told of, and none grows; catches a bead that is a cell."""
    (words,) = set(told_of(_idle(), "beads", "injection")[:1])
    numbers = [int(part.rsplit(" ", 1)[1].replace(",", "")) for part in _arrests(words)]
    assert sum(numbers) == 100_000
    assert "comes of it" not in words  # of beads nobody expects a lesion
    assert numbers == sorted(numbers, reverse=True)


def _arrests(words: str) -> list[str]:
    return words.split("arrested ")[1].split("; ", maxsplit=1)[0].split(", ")


# ------------------------------------------------------------ operations


def test_heat_leaves_what_lies_beyond_its_reach() -> None:
    """1 - (r / R)^3, and nothing where it reaches further: catches a diameter taken for a radius."""
    cells = np.pi / 6.0 * 20.0**3 * 1e6
    assert left_by_heat(cells, 5.0) == pytest.approx(1.0 - 0.125)
    assert left_by_heat(cells, 10.0) == pytest.approx(0.0, abs=1e-9)
    assert left_by_heat(cells, 15.0) == 0.0
    assert left_by_heat(cells, 0.0) == 1.0


def test_ablation_hits_what_was_seen() -> None:
    """Seen lesions lose their centre or all, and no other loses a cell: catches a needle that finds the unseen."""
    for reach, gone in ((0.2, False), (200.0, True)):
        arm = _opened()
        before, cells = arm.state.lesion.copy(), arm.state.cells.copy()
        ablate(arm, Ablate("visible metastases", 0.0, reach), 0)
        for row in range(int(arm.state.count[LESIONS])):
            seen = before[row, DETECTED] >= 0.0 and before[row, FATE] == GROWING and row > 0
            if not seen:
                assert (arm.state.lesion[row] == before[row]).all()
            elif gone or left_by_heat(before[row, CELLS], reach) == 0.0:
                assert arm.state.lesion[row, FATE] == EXTINCT
                assert arm.state.lesion[row, CELLS] == arm.state.used[row] == 0.0
            else:
                share = left_by_heat(before[row, CELLS], reach)
                left, mean = arm.state.lesion[row, CELLS], share * before[row, CELLS]
                assert abs(left - mean) < 6.0 * np.sqrt(mean * (1.0 - share)) + 1.0
                assert (arm.state.cells[row] <= cells[row]).all()
        assert arm.wounds == []


def test_radiation_leaves_the_linear_quadratic_share() -> None:
    """2 Gy to a primary of which a part lacks oxygen: the share left to 6 standard errors, 1e-4; catches oxygen ignored."""
    arm = _opened(0.3)
    primary = arm.state.lesion[0]
    primary[HYPOXIA] = 0.4
    cells = float(primary[CELLS])
    irradiate(arm, Irradiate("primary", 0.0, 2.0), 0, 0)
    share = 0.6 * np.exp(-0.3 * 2.0 * 1.2) + 0.4 * np.exp(-0.3 * (2.0 / 3.0) * (1.0 + 2.0 / 30.0))
    assert abs(primary[CELLS] / cells - share) < 6.0 * np.sqrt(share * (1.0 - share) / cells)


def test_a_field_hits_all_that_lies_in_it() -> None:
    """Seen, unseen and asleep in the liver, and nothing elsewhere: catches a field that spares what no scan has shown."""
    arm = _opened(0.3)
    before = arm.state.lesion[: int(arm.state.count[LESIONS])].copy()
    there = (before[:, SITE] == INDEX("liver")) & ((before[:, FATE] == GROWING) | (before[:, FATE] == DORMANT))
    assert (there & (before[:, DETECTED] < 0.0)).any()
    assert (there & (before[:, FATE] == DORMANT)).any()
    irradiate(arm, Irradiate("liver", 0.0, 100.0), 0, 0)
    after = arm.state.lesion[: before.shape[0]]
    assert (after[there, FATE] == EXTINCT).all()
    assert (after[~there] == before[~there]).all()


def test_sleepers_survive_as_often_as_cells_do() -> None:
    """The same founder over 300 courses of 1 Gy: its share of survivals within 6 standard errors (0.15)."""
    alive = 0
    arm = _opened(0.3)
    row = next(r for r in range(int(arm.state.count[LESIONS])) if arm.state.lesion[r, FATE] == DORMANT)
    name = ADULT.anatomy.sites[int(arm.state.lesion[row, SITE])].name
    kept = arm.state.lesion.copy(), arm.state.cells.copy(), arm.state.used.copy()
    for number in range(300):
        for array, copy in zip((arm.state.lesion, arm.state.cells, arm.state.used), kept, strict=True):
            array[:] = copy
        irradiate(arm, Irradiate(name, 0.0, 1.0), number, 1)
        alive += int(arm.state.lesion[row, FATE] == DORMANT)
    share = np.exp(-0.3 * 1.1)
    assert abs(alive / 300 - share) < 6.0 * np.sqrt(share * (1.0 - share) / 300)


def test_resistant_cells_feel_their_share() -> None:
    """A mechanism that leaves nothing of the damage keeps its clones whole: catches a mask that is not read."""
    nothing = changed(COLON.mechanisms[0], fitness_cost=0.0).fitness_cost
    armour = COLON.mechanisms[0].model_copy(update={"radiation_share": nothing})
    cell = _irradiated(0.3).tumour.radiosensitivity
    tumour = COLON.model_copy(update={"mechanisms": (armour, *COLON.mechanisms[1:]), "radiosensitivity": cell})
    grown = grow(patient(tumour=tumour), TWO_POOL, Diagnosis(25.0), 11, 1)
    arm = open_arm(grown, TWO_POOL, {}, Protocol(), 100.0)
    used = int(arm.state.used[0])
    resistant = (arm.model.mask[arm.state.kind[0, :used]] & 1) == 1
    before = arm.state.cells[0, :used].copy()
    irradiate(arm, Irradiate("primary", 0.0, 600.0), 0, 0)
    assert resistant.any()
    assert (arm.state.cells[0, :used][resistant] == before[resistant]).all()
    assert arm.state.cells[0, :used][~resistant].sum() == 0.0


def test_resection_leaves_a_wound() -> None:
    """On the day of surgery, once, and none where nothing was cut out: catches a wound that does not heal twice."""
    arm = _opened()
    resect(arm, Resect("visible metastases", 0.0))
    assert arm.wounds == [0.0]
    resect(arm, Resect("primary", 0.0))
    assert arm.wounds == [0.0]
    assert (arm.state.lesion[0, FATE], arm.state.used[0]) == (RESECTED, 0)
    nothing = open_arm(_grown(), TWO_POOL, {}, Protocol(), 400.0)
    resect(nothing, Resect("visible metastases", 0.0))
    assert nothing.wounds == []


def test_radiation_asks_for_a_sensitivity() -> None:
    """Refused in words: catches radiation that silently does nothing."""
    grown = grow(patient(tumour=COLON.model_copy(update={"radiosensitivity": None})), TWO_POOL, Diagnosis(2.0), 1, 0)
    with pytest.raises(ModelError, match="has no radiosensitivity: give it one"):
        open_arm(grown, TWO_POOL, {}, Protocol(irradiations=(Irradiate("liver", 1.0, 2.0),)), 100.0)


# ------------------------------------------------------------ cells let go


MOUSE = entry("hosts", "mouse")
LINE = changed(entry("tumours", "b16_f1"), early_loss_rate=0.0)


def _healthy(
    protocols: dict[str, Protocol], who: Patient, days: float = 28.0, **changes: Any
) -> dict[str, dict[str, Any]]:
    return _tables(protocols, who, diagnosis=Diagnosis(0.0), until_days=days, **changes)


def test_a_healthy_host_stays_healthy() -> None:
    """Nothing is injected and nothing grows, from day 0: catches a founder left in the row of the primary."""
    tables = _healthy({"control": Protocol(scans=(Scan(7.0, 0.0),))}, patient(MOUSE, LINE))
    assert tables["lesions"]["fate"].tolist() == ["extinct"] * 2
    for column in ("cells_at_end", "largest_cells", "cells_at_diagnosis"):
        assert (tables["lesions"][column] == 0.0).all()
    assert (tables["patients"]["lesions_ever"] == 0).all()
    assert (tables["patients"]["tumour_age_days"] == 0.0).all()
    assert (tables["patients"]["primary_diameter_mm"] == 0.0).all()
    assert tables["observations"]["patient"].size == 0


def test_injected_cells_grow_where_they_arrest() -> None:
    """Into a vein mostly in the lung, into the portal vein mostly in the liver: catches cells let go elsewhere."""
    arms = {into: Protocol(injections=(Inject(2e4, into, 3.0),)) for into in ("veins", "portal_vein")}
    tables = _healthy(arms, patient(MOUSE, LINE))
    lesions = tables["lesions"]
    for arm, organ in (("veins", "lung"), ("portal_vein", "liver")):
        chosen = (lesions["arm"] == arm) & (lesions["lesion"] > 0) & (lesions["arrival_day"] == 3.0)
        assert chosen.sum() > 50
        assert np.mean(lesions["site"][chosen] == organ) > 0.7
        assert (lesions["parent"][chosen] == -1).all()
        assert (lesions["clone"][chosen] == 0).all()


def test_arms_share_the_luck_of_their_injections() -> None:
    """The same cells with and without a later look, and with later surgery: the same founders, key by key."""
    cells = (Inject(2e4, "veins", 3.0),)
    arms = {
        "bare": Protocol(injections=cells),
        "cut": Protocol((Resect("visible metastases", 20.0),), injections=cells),
    }
    lesions = _healthy(arms, patient(MOUSE, LINE))["lesions"]
    keys = [set(lesions["key"][(lesions["arm"] == arm) & (lesions["arrival_day"] == 3.0)].tolist()) for arm in arms]
    assert keys[0] == keys[1]
    assert len(keys[0]) > 100


def test_a_shunt_of_incompetent_cells_founds_nothing() -> None:
    """Tarin's shunts: 1e7 cells a day for 90 days and no lesion, while competence switched off gives many.

    Catches cells of ascites that need no hits.
    """
    protocol = {"shunt": Protocol(shunts=(Shunt(1e7, "veins", 0.0, 90.0),))}
    tables = _healthy(protocol, patient(), 98.0, patients=1)
    assert (tables["patients"]["lesions_ever"] == 0).all()
    words = told_of(tables, "shunt", "shunt")
    assert len(words) == 2
    caught = sum(int(part.rsplit(" ", 1)[1].replace(",", "")) for part in _arrests(words[1]))
    mean = 9e8 * entering(COLON, ADULT, "veins").sum()
    assert abs(caught - mean) < 6.0 * np.sqrt(mean)
    open_to_all = _healthy(protocol, patient(), 98.0, patients=1, without=("competence",))
    assert open_to_all["patients"]["lesions_ever"][0] > 0


def test_a_partner_shares_what_the_arteries_carry() -> None:
    """Cells let go in the great artery of one mouse reach the other as far as they exchange blood, and not if they do not."""
    protocol = {"arm": Protocol(injections=(Inject(2e5, "left_heart", 1.0),))}
    shares = []
    for exchange in (0.0, 0.5):
        tables = _healthy(protocol, patient(joined(MOUSE, exchange), LINE), 7.0, patients=1)
        sites = tables["lesions"]["site"][1:]
        shares.append(np.mean([str(site).startswith(PARTNER) for site in sites]))
        assert sites.size > 100
    assert shares[0] == 0.0
    assert abs(shares[1] - 0.5) < 6.0 * np.sqrt(0.25 / sites.size)


# ------------------------------------------------------------ all together


def test_everything_at_once_is_repeatable_and_whole() -> None:
    """Every kind of order in one arm: the same bytes again and alone, no count negative or not a number."""
    protocol = Protocol(
        (Resect("primary", 20.0, 1e-6),),
        (
            fluorouracil(adaptive=(0.5, 1.0), guard="reduce"),
            fluorouracil(agent="fluorouracil", after="progression", start=3.0),
        ),
        SCANS,
        (Ablate("liver", 61.3, 4.0),),
        (Irradiate("liver", 90.0, 3.0, 5, 1.5),),
        (Inject(1e5, "portal_vein", 33.3), Inject(1e5, "lung", 33.3, "beads")),
        (Shunt(1e5, "veins", 100.0, 30.0),),
        (Biopsy("primary", 2.0, 0, 3), Biopsy("primary", 2.0, 1, 3), Biopsy("liver", 80.0)),
        (BloodDraw(0.0, 28.0),),
    )
    arms = {"control": Protocol(), "all": protocol}
    first, second = (_tables(arms, _irradiated(0.3), patients=2) for _ in range(2))
    for table, columns in first.items():
        for column, values in columns.items():
            assert same(values, second[table][column]), f"{table}.{column}"
            if column.startswith(("cells", "largest")):
                assert (values >= 0.0).all()
                assert (values == np.floor(values)).all()
    plan = plan_of(arms, FLUOROURACIL, patient=_irradiated(0.3), until_days=364.0)
    alone = simulate(plan, "all", 1)
    chosen = (first["lesions"]["arm"] == "all") & (first["lesions"]["patient"] == 1)
    assert same(np.asarray(alone.lesions["cells_at_end"]), first["lesions"]["cells_at_end"][chosen])
    told = {str(kind) for kind in first["events"]["kind"][first["events"]["arm"] == "all"]}
    assert {"resection", "ablation", "irradiation", "injection", "shunt", "biopsy", "blood_draw", "nadir"} <= told
    days = first["events"]["day"][(first["events"]["arm"] == "all") & (first["events"]["patient"] == 0)]
    assert (np.diff(days) >= 0.0).all()
