"""A patient's lesion as a block of tissue: what goes in is the lesion's, what comes out is held against the patient's record."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from seedsoil.biology.clone import Crowding, Mechanism, Visibility
from seedsoil.biology.medicine.drug import Cytostasis
from seedsoil.biology.soils.factors import FACTORS, levels
from seedsoil.biology.soils.soil import match
from seedsoil.experiment.history import History
from seedsoil.foundation.errors import StudyError
from seedsoil.scene.build import build
from seedsoil.scene.lesion_tables import scene_of
from seedsoil.scene.measure import measures
from seedsoil.scene.run import resolved
from seedsoil.scene.text import read_scene
from seedsoil.scene.translation import tumour_cell
from seedsoil.scene.zoom import Zoom, zoom
from seedsoil.trial.study.file import shipped
from seedsoil.trial.trial import simulate
from tests.properties.plain import made

#: A liver metastasis of one patient of the demo that pushes (5e9 cells), one that replaces (1.7e4), and one that replaces and is so
#: small (1e4) that the body reckons no vessels in it, on the day on which drugs begin.
PATIENT, PUSHING, REPLACING, SMALL, DAY = 20, 1, 12, 15, "42 days"


@lru_cache(maxsize=4)
def patient(arm: str) -> History:
    return simulate(shipped("demo").plan(), arm, PATIENT)


@lru_cache(maxsize=8)
def seen(arm: str, lesion: int, until: str = "7 days") -> Zoom:
    return zoom(patient(arm), lesion, day=DAY, until=until, edge="0.5 mm")


@lru_cache(maxsize=8)
def ratios(arm: str, lesion: int, until: str = "7 days") -> tuple[float, float]:
    """By how much all cells of a lesion grew, in the patient's record and in the block."""
    held = seen(arm, lesion, until)
    end = held.open().run(float(held.scene.scene.until))
    row = held.held_against(held.open(), end)[0]
    return row["patient_ratio"], row["block_ratio"]


@pytest.mark.parametrize("lesion", [PUSHING, REPLACING, SMALL])
def test_an_untreated_lesion_grows_as_in_the_body(lesion: int) -> None:
    """Within 12 % over two weeks: cells without room, vessels in their place, or rates read amiss would leave it shrinking."""
    body, block = ratios("surgery", lesion, "14 days")
    assert body > 1.0
    assert block == pytest.approx(body, rel=0.12)


@pytest.mark.parametrize("lesion", [PUSHING, REPLACING])
def test_a_drug_in_the_patients_blood_kills_in_the_block(lesion: int) -> None:
    """A week after a dose half to four fifths are left, in log units within 0.35 of the body; without the drug all are."""
    body, block = ratios("seed", lesion)
    assert abs(np.log(block / body)) < 0.35
    assert block < 0.8
    assert ratios("surgery", lesion)[1] > 0.95


#: Liver metastases of the same patient that push and have 400 to 800 cells: without vessels of their own.
PUSHING_AND_SMALL = (14, 19, 22)


def small(lesion: int, *without: str) -> tuple[float, float]:
    """By how much a small lesion grew in two weeks, in the record and in a block without some mechanisms."""
    held = zoom(patient("surgery"), lesion, day=DAY, until="14 days", edge="0.5 mm")
    head = held.scene.scene.model_copy(update={"without": without})
    scene = held.scene.model_copy(update={"scene": head})
    row = held.held_against(build(scene), build(scene).run(14.0))[0]
    return row["patient_ratio"], row["block_ratio"]


def test_small_lesions_that_push_are_fed_from_about_them() -> None:
    """Three together are left as in the body within 15 %; where vessels are no net they starve beside the lines that they crush."""
    body, block = np.array([small(lesion) for lesion in PUSHING_AND_SMALL]).mean(axis=0)
    assert block == pytest.approx(body, rel=0.15)
    assert np.mean([small(lesion, "anastomoses")[1] for lesion in PUSHING_AND_SMALL]) < 0.85 * block


def _given_a_holder(kills: bool) -> History:
    """The demo's patient under an agent in the place of fluorouracil that holds nine tenths of divisions, and kills or does not."""
    plan = shipped("demo").plan()
    drug = plan.agents["fluorouracil"]
    held = made(Cytostasis, maximum=0.9, half=1e-4, power=1.0)
    changed = drug.model_copy(update={"cytostasis": held, "kill": drug.kill if kills else None})
    return simulate(replace(plan, agents={**plan.agents, "fluorouracil": changed}), "seed", PATIENT)


def test_a_drug_that_holds_divisions_holds_them_in_the_block() -> None:
    """In two weeks a lesion that would have grown shrinks, in both, and they agree within 12 %; who resists has his fold."""
    held = zoom(_given_a_holder(False), REPLACING, day=DAY, until="14 days", edge="0.5 mm")
    start = held.open()
    row = held.held_against(start, held.open().run(14.0))[0]
    assert row["patient_ratio"] < ratios("surgery", REPLACING, "14 days")[0] - 0.1
    assert row["block_ratio"] == pytest.approx(row["patient_ratio"], rel=0.12)
    (rule,) = [one for one in held.scene.cells["carcinoma"]["rules"] if one["signal"] == "fluorouracil"]
    assert rule["lowers"] == "division"
    folds = {one["name"]: one["against"] for one in held.scene.cells["carcinoma"]["mechanisms"]}
    assert folds["target"]["fluorouracil"]
    assert not any("spares no cell" in note for note in held.notes)


def test_that_held_cells_are_not_spared_is_told() -> None:
    """In a body what kills cells in cycle spares those that are held; in a block it does not, and the notes say so."""
    held = zoom(_given_a_holder(True), REPLACING, day=DAY, until="1 day", edge="0.5 mm")
    assert any("spares no cell" in note for note in held.notes)


def test_clones_are_put_at_their_shares_and_outlive_the_drug() -> None:
    """Shares of 30 and 10 % come out within six standard errors; cells with a changed target fall less than those without.

    Catches clones put over one another, and folds that are not read.
    """
    history = patient("seed")
    names = {str(name): number for number, name in enumerate(history.clones["resistance"].tolist())}
    cells = {(): 6e5, ("target",): 3e5, ("repair",): 1e5}
    assert {"target", "repair"} <= set(names)
    table, notes = scene_of(history, PUSHING, 42.0, 500.0, 7.0, "rim", cells, 1)
    held = replace(seen("seed", PUSHING), scene=read_scene(table), first=cells)
    start = held.cells(held.open())
    total = sum(start.values())
    voxels = total / held.cells_per_voxel
    for carried, share in ((("target",), 0.3), (("repair",), 0.1)):
        assert start[carried] / total == pytest.approx(share, abs=6.0 * np.sqrt(share * (1.0 - share) / voxels))
    end = held.cells(held.open().run(7.0))
    assert end[("target",)] / start[("target",)] > 1.3 * end[()] / start[()]
    assert end[("repair",)] / start[("repair",)] == pytest.approx(end[()] / start[()], abs=0.08)
    assert not notes


def test_the_block_has_the_lesions_size_vessels_and_luck() -> None:
    """A whole lesion has as many cells as the body counts; vessels are as dense as its perfusion; a rare clone is told."""
    history = patient("surgery")
    small = zoom(history, REPLACING, day=DAY, until="1 day", edge="1 mm")
    model = small.open()
    assert small.part == "whole"
    assert sum(small.cells(model).values()) == pytest.approx(sum(small.first.values()), rel=0.15)
    core = zoom(history, PUSHING, day=DAY, until="1 day", edge="1 mm", part="core")
    place = int(np.searchsorted(history.days, 42.0))
    density = float(history.vessels[place, PUSHING]) * float(history.vasculature.reference_density)
    found = measures(core.open())
    assert found["perfused_length"] == pytest.approx(density, rel=0.25)
    assert found["grown_share"] == 1.0
    young = float(history.young_vessels[place, PUSHING]) / float(history.vessels[place, PUSHING])
    assert found["covered_share"] == pytest.approx(1.0 - young, abs=0.1)
    assert any("none is put" in note for note in core.notes)
    again = zoom(history, PUSHING, day=DAY, until="1 day", edge="1 mm", part="core")
    assert resolved(again.scene) == resolved(core.scene)


def test_what_is_silent_in_the_lesion_is_silent_in_the_block() -> None:
    """A lesion that never called for vessels gives no VEGF; one that did, does."""
    history = patient("surgery")
    assert seen("surgery", PUSHING).scene.cells["carcinoma"]["secretion"]["vegf"]["value"] > 0.0
    quiet = replace(history, lesions={**history.lesions, "vascular": np.zeros(len(history.lesions["lesion"]), bool)})
    assert zoom(quiet, PUSHING, day=DAY, until="1 day").scene.cells["carcinoma"]["secretion"]["vegf"]["value"] == 0.0


def test_a_crowded_lesion_divides_less_in_the_block() -> None:
    """At its capacity it divides as often as it dies; with crowding off, or below the onset, as ever: catches 1e-9."""
    history = patient("surgery")

    def rates(onset: float, capacity: float, without: tuple[str, ...] = ()) -> tuple[float, float]:
        crowding = Crowding.model_validate({"onset": onset, "capacity": capacity})
        tumour = history.subject.tumour.model_copy(update={"crowding": crowding})
        crowded = replace(history, subject=history.subject.model_copy(update={"tumour": tumour}), without=without)
        table = zoom(crowded, PUSHING, day=DAY, until="1 day", edge="0.5 mm").scene.cells["carcinoma"]
        divides = next(rule for rule in table["rules"] if rule["raises"] == "division" and rule["signal"] == "oxygen")
        return divides["by"]["value"], table["death"]["value"]

    size = sum(seen("surgery", PUSHING).first.values())
    free, death = rates(1e12, 1e13)
    assert free > death
    assert rates(1e2, size)[0] == pytest.approx(death, rel=1e-3)
    assert rates(1e2, size, ("crowding",)) == rates(2.0 * size, 1e13) == (free, death)


def test_what_clones_differ_in_is_handed_on() -> None:
    """Antigen less checkpoint, what a mechanism leaves of antigen and of growth in this soil: catches a trait that is forgotten."""
    history = patient("surgery")
    tumour = history.subject.tumour
    soil = history.subject.host.soil(
        next(one.soil for one in history.subject.host.anatomy.sites if one.name == "liver")
    )
    loss = made(Mechanism, name="loss", rate=1e-6, fitness_cost=0.0, antigen_kept=0.2, receptors_kept={"hgf": 0.0})
    seen_by = made(Visibility, antigen=0.5, checkpoint=0.4)
    changed = tumour.model_copy(update={"mechanisms": (*tumour.mechanisms, loss), "visibility": seen_by})
    shy = replace(history, subject=history.subject.model_copy(update={"tumour": changed}))
    cells = zoom(shy, PUSHING, day=DAY, until="1 day", edge="0.5 mm").scene.cells["carcinoma"]
    assert cells["visibility"]["value"] == pytest.approx(0.3)
    (told,) = [one["changes"] for one in cells["mechanisms"] if one["name"] == "loss"]
    assert told["visibility"]["value"] == 0.2
    own, half = np.array(levels(tumour.receptors)), float(tumour.ligand_half_saturation)
    kept = np.where(np.array(FACTORS) == "hgf", 0.0, own)
    offered = levels(soil.ligands)
    assert told["division"]["value"] == pytest.approx(float(match(kept, offered, half) / match(own, offered, half)))
    assert told["division"]["value"] < 1.0
    unseen = replace(
        history, subject=history.subject.model_copy(update={"tumour": tumour.model_copy(update={"visibility": None})})
    )
    assert zoom(unseen, PUSHING, day=DAY, until="1 day").scene.cells["carcinoma"]["visibility"]["value"] == 0.0


def test_cells_take_protection_by_their_receptors_and_junctions() -> None:
    """The half-point rises by 3 times what both links let through, and not at all for a tumour that has no dialogue."""
    history = patient("seed")
    tumour, soil = history.subject.tumour, history.subject.host.soils[0]
    agent = history.agents["fluorouracil"]
    dialogue = tumour.dialogue
    assert dialogue is not None
    cell = tumour_cell(tumour, 0.1, 0.05, True, [agent], 4.0, soil)
    (shift,) = {float(shift.by) for rule in cell.rules if rule.signal == agent.name for shift in rule.shifted_by}
    assert shift == pytest.approx(3.0 * float(dialogue.endothelin_receptors) * float(dialogue.gap_junctions))
    deaf = tumour_cell(tumour.model_copy(update={"dialogue": None}), 0.1, 0.05, True, [agent], 4.0, soil)
    assert not any(rule.shifted_by for rule in deaf.rules if rule.signal == agent.name)


def test_blood_brings_what_the_record_says() -> None:
    """The level in perfused vessels is the record's at each moment, and an antagonist's the sum of level over half-point."""
    history = patient("both")
    model = zoom(history, PUSHING, day=DAY, until="3 days").open()
    days, levels = history.concentrations["fluorouracil"]
    number = [each.name for each in model.substances].index("fluorouracil")
    assert model.supplied.in_blood(number, 1.5) == pytest.approx(float(np.interp(43.5, days, levels)), rel=1e-6)
    days, levels = history.concentrations["bevacizumab"]
    (block,) = [each for each in history.agents["bevacizumab"].blocks if each.target == "vegf"]
    number = [each.name for each in model.substances].index("vegf_blockade")
    expected = float(np.interp(43.5, days, levels)) / float(block.half)
    assert model.supplied.in_blood(number, 1.5) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"lesion": 10_000}, "lesion 10000: patient 20 in arm 'surgery' has lesions 0 to"),
        ({"site": "livr"}, "site 'livr': patient 20 never had a lesion in 'livr'. Did you mean 'liver'?"),
        ({"day": "4"}, "day: '4' has no unit"),
        ({"day": "30 years"}, "take an earlier day or a shorter time"),
        ({"day": "-15 years"}, "has no cells in it on day"),
        ({"edge": "9 mm"}, "edge '9 mm': from 0.1 to 5 mm."),
        ({"part": "rimm"}, "part 'rimm' is none of whole, rim, core. Did you mean 'rim'?"),
        ({"part": "whole"}, "or its rim or core"),
    ],
)
def test_what_cannot_be_is_told(wrong: dict[str, object], said: str) -> None:
    """One line for each thing, with what would do."""
    with pytest.raises(StudyError) as told:
        zoom(patient("surgery"), **{"lesion": PUSHING, **({"lesion": None} if "site" in wrong else {}), **wrong})  # type: ignore[arg-type]
    assert said in " ".join(told.value.faults)
