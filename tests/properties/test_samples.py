"""Samples, autopsies and counts: each shows what is there, in its share, and none of them changes a byte of the run."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from seedsoil.biology.soils.vessels import cells_of
from seedsoil.body.state import CELLS, DEATH, FATE, GROWING, HYPOXIA, HYPOXIC_DEATH, LESIONS, SITE, copy_state, in_use
from seedsoil.catalogue.load import entry
from seedsoil.experiment.arm import Arm, open_arm
from seedsoil.experiment.grow import Diagnosis, Grown, grow
from seedsoil.experiment.orders.sampling.bench import autopsy, count
from seedsoil.experiment.orders.sampling.fluxes import dying, released_shares, shed
from seedsoil.experiment.orders.sampling.looks import Autopsy, Biopsy, BloodDraw, Count, Culture
from seedsoil.experiment.orders.sampling.samples import biopsy, culture, draw
from seedsoil.experiment.protocol import Inject, Protocol
from seedsoil.foundation.errors import ModelError
from seedsoil.observe.blood import passing
from seedsoil.trial.runner.patients import run_patients
from tests.properties.arms import FLUOROURACIL, SCANS, SURGERY, differing, fluorouracil, told_of
from tests.properties.examples import ADULT, COLON, TWO_POOL, changed, patient, plan_of

INDEX = ADULT.anatomy.index
SHEDDER = patient(shedding_rate=0.1, viable_when_shed=1e-3)
ALL = ("ctc", "ctdna", "marker")
LOOKS: dict[str, dict[str, Any]] = {
    "tubes": {"draws": (BloodDraw(1.0, 30.0, 7.5, "", ALL), BloodDraw(5.5, 90.0, 7.5, "muscle", ("ctc_size",)))},
    "pieces": {
        "biopsies": (
            Biopsy("primary", 3.0, 0, 8, "slice", 300.0, 0.2, 50),
            Biopsy("primary", 3.0, piece="whole", depth=500.0),
            Biopsy("liver", 31.5),
        ),
        "cultures": (Culture("primary", 4.5, "target", 4, 20, 1e7),),
    },
    "autopsies": {"autopsies": (Autopsy(2.0, True),)},
    "counts": {"counts": (Count("colonies", (31.0, 200.0), 1.0),)},
}


@lru_cache
def _looked_at() -> dict[str, dict[str, Any]]:
    """A control that is treated, and the same with each kind of look."""
    arms = {"control": Protocol(SURGERY, (fluorouracil(),), SCANS)}
    arms |= {name: Protocol(SURGERY, (fluorouracil(),), SCANS, **looks) for name, looks in LOOKS.items()}
    return run_patients(plan_of(arms, FLUOROURACIL, patient=SHEDDER, until_days=364.0), 0, 2)


@pytest.mark.parametrize("arm", list(LOOKS))
def test_looking_changes_nothing(arm: str) -> None:
    """All of the tumour's tables, byte for byte, under treatment: catches one draw or one cut by an instrument."""
    assert differing(_looked_at(), "control", arm) == set()


def test_all_was_looked_at() -> None:
    """The arms above had their tubes, pieces, cultures, organs and counts: catches a comparison of nothing with nothing."""
    tables = _looked_at()
    tubes, organs, counts = tables["blood"], tables["autopsies"], tables["counts"]
    first = tubes["site"] == "left_heart"
    for column in ("cells", "clusters", "genomes", "mutant_genomes", "allele_fraction", "marker"):
        assert np.isfinite(tubes[column][first]).all(), column
    assert np.isnan(tubes["genomes"][~first]).all()
    assert (tubes["mutant_genomes"][first] <= tubes["genomes"][first]).all()
    for who in range(2):
        assert (tables["single_cells"]["patient"] == who).sum() == 50
        assert (tables["cultures"]["patient"] == who).sum() == 4
    assert set(organs["site"]) == {site.name for site in ADULT.anatomy.sites if site.soil}
    assert set(counts["what"]) == {"colonies"}
    kinds = {"tubes": "blood_draw", "pieces": "culture", "autopsies": "autopsy", "counts": "count"}
    for arm, kind in kinds.items():
        assert told_of(tables, arm, kind), arm


# ------------------------------------------------------------ what the blood holds


@lru_cache
def _grown(metastases: int = 2) -> Grown:
    return grow(SHEDDER, TWO_POOL, Diagnosis(25.0, metastases, 2.0), 11, 1)


def _opened(**protocol: Any) -> Arm:
    return open_arm(_grown(), TWO_POOL, FLUOROURACIL, Protocol(**protocol), 400.0)


def test_cells_die_at_the_engines_hazards() -> None:
    """Each lesion's deaths over its cells lie at its site's hazard and its lack of oxygen's, to 1 %: nothing is touched.

    Catches a hazard of another lesion, one of divisions, and a copy that shares an array.
    """
    arm = _opened()
    before = copy_state(arm.state)
    found = dying(arm)
    for one, other in zip(in_use(before), in_use(arm.state), strict=True):
        assert (one == other).all()
    lesion = arm.state.lesion[: int(arm.state.count[LESIONS])]
    large = np.flatnonzero((lesion[:, FATE] == GROWING) & (lesion[:, CELLS] > 1e5))
    assert large.size >= 3
    for row in large:
        rate = arm.model.site[0, int(lesion[row, SITE]), DEATH]
        lack = arm.model.trait[HYPOXIC_DEATH] * lesion[row, HYPOXIA]
        assert found[row].sum() / lesion[row, CELLS] == pytest.approx(rate + lack, rel=0.01)
    assert (found[lesion[:, FATE] != GROWING] == 0.0).all()


def test_a_drug_that_kills_raises_the_flux() -> None:
    """In the week of a dose by what it kills, and far less in cells that resist it: catches kills left out, or of another kind."""
    idle, treated = _opened(), _opened(courses=(fluorouracil(start=0.0),))
    calm, killed = dying(idle), dying(treated)
    assert killed[0, 0] > 1.5 * calm[0, 0]
    bit = [one.name for one in COLON.mechanisms].index("target")
    resists = np.arange(calm.shape[1]) >> bit & 1 == 1
    assert calm[0, resists].sum() > 0.0
    rise, felt = killed[0, 0] / calm[0, 0] - 1.0, killed[0, resists].sum() / calm[0, resists].sum() - 1.0
    assert 0.0 <= felt < 0.3 * rise


def test_a_barrier_keeps_what_is_released() -> None:
    """A tenth of what lies behind it, all of the rest: catches a share by place that is read by the wrong lesion."""
    arm = _opened()
    arm.state.lesion[1, SITE] = INDEX("brain")
    shares = released_shares(arm)
    assert shares[1] == pytest.approx(float(ADULT.soil("brain").released_share))
    assert shares[0] == 1.0


def test_a_tube_holds_what_its_place_says() -> None:
    """Mean of 400 tubes at two places against shed cells times passes, within 6 errors: catches a needle that is not used."""
    arm = _opened()
    given = shed(arm)
    traces = COLON.traces
    for source in ("", "portal_vein"):
        ways = passing(COLON, ADULT, source)
        slips = float(traces.passing_share)
        mean = float(given @ ((1.0 - slips) * ways[0] + slips * ways[1])) * 1e-3 * 0.7 * float(traces.epithelial_share)
        found = []
        for week in range(400):
            arm.state.clock[0] = 7.0 * week
            draw(arm, BloodDraw(0.0, 0.0, 1.0, source))
            found.append(arm.blood[-1].cells)
        assert mean > 0.05
        assert abs(np.mean(found) - mean) < 6.0 * np.sqrt(mean / 400)


def test_what_cannot_be_read_is_refused() -> None:
    """In words: catches a tube that silently shows nothing."""
    bare = grow(patient(tumour=COLON.model_copy(update={"traces": None})), TWO_POOL, Diagnosis(2.0), 1, 0)
    with pytest.raises(ModelError, match="has no traces"):
        open_arm(bare, TWO_POOL, {}, Protocol(draws=(BloodDraw(0.0),)), 100.0)
    silent = COLON.model_copy(update={"traces": COLON.traces.model_copy(update={"marker": None})})
    grown = grow(patient(tumour=silent), TWO_POOL, Diagnosis(2.0), 1, 0)
    with pytest.raises(ModelError, match="has none: give it one"):
        open_arm(grown, TWO_POOL, {}, Protocol(draws=(BloodDraw(0.0, assays=ALL),)), 100.0)
    with pytest.raises(ModelError, match="no mechanism of that name"):
        open_arm(grown, TWO_POOL, {}, Protocol(cultures=(Culture("primary", 1.0, "pump", 1, 10, 1e6),)), 100.0)


# ------------------------------------------------------------ pieces and cultures


def test_pieces_differ_as_they_are_cut() -> None:
    """The whole lesion shows clones as often as their cells; a slice shows those of its zones; depth is kept.

    Catches a slice of all zones, and a depth that is not read.
    """
    arm = _opened()
    biopsy(arm, Biopsy("primary", 0.0, piece="whole", depth=20_000.0))
    whole = {clone: cells for _, _, _, clone, cells in arm.biopsies}
    assert sum(whole.values()) == 20_000.0
    used = int(arm.state.used[0])
    for slot in range(used):
        share = arm.state.cells[0, slot] / arm.state.lesion[0, CELLS]
        found = whole.get(int(arm.state.clone_of[0, slot]), 0.0) / 20_000.0
        assert abs(found - share) < 6.0 * np.sqrt(share * (1.0 - share) / 20_000.0) + 1e-3
    seen = []
    for zone in range(27):
        arm.biopsies.clear()
        biopsy(arm, Biopsy("primary", 0.0, zone, 27, depth=20_000.0))
        seen.append({clone for _, _, _, clone, _ in arm.biopsies})
    arm.biopsies.clear()
    biopsy(arm, Biopsy("primary", 0.0, 0, 27, "slice", 20_000.0))
    cut = {clone for _, _, _, clone, _ in arm.biopsies}
    everywhere = set.intersection(*seen)
    assert everywhere < cut < set.union(*seen)


def test_dropout_loses_cells_and_mechanisms() -> None:
    """Of resistant single cells the share that is not missed is called, within 6 errors: catches a call that is the truth."""
    arm = _opened()
    arm.state.kind[0, :] = np.flatnonzero(arm.model.mask == 1)[0]
    biopsy(arm, Biopsy("primary", 0.0, piece="whole", dropout=0.3, single_cells=2000))
    cells = sum(cells for *_, cells in arm.biopsies)
    assert abs(cells - 700.0) < 6.0 * np.sqrt(1000 * 0.21)
    called = np.array([mask for *_, mask in arm.single_cells])
    assert set(called) == {0, 1}
    assert abs(called.mean() - 0.7) < 6.0 * np.sqrt(0.21 / 2000)


def test_cultures_tell_stable_cells_from_unstable_ones() -> None:
    """Cells of both kinds, 200 cultures each: both rates within 4 stated errors of the truth (Cifone and Fidler 1981).

    Catches an instability that is not passed on to the culture.
    """
    arm = _opened()
    levels = int(COLON.hits.number) + 1
    unstable = int(np.flatnonzero((np.arange(arm.model.mask.size) // levels % 2 == 1) & (arm.model.mask == 0))[0])
    rate = float(next(one.rate for one in COLON.mechanisms if one.name == "target"))
    for kind, factor in ((0, 1.0), (unstable, float(COLON.instability_factor))):
        arm.cultured.clear()
        arm.state.kind[0, :] = kind
        culture(arm, Culture("primary", 0.0, "target", 6, 200, 2e7))
        for one in arm.cultured:
            assert abs(np.log(one.reading.rate_mss / (factor * rate))) < 4.0 * one.reading.log_error
    arm.cultured.clear()
    arm.state.kind[0, :] = int(np.flatnonzero(arm.model.mask == 2)[0])
    culture(arm, Culture("primary", 0.0, "target", 2, 20, 2e7))
    bit = [one.name for one in COLON.mechanisms].index("target")
    assert all((one.reading is None) == (bit == 1) for one in arm.cultured)


# ------------------------------------------------------------ organs and the bench


def test_an_autopsy_sees_what_is_large_and_a_section_some_of_the_rest() -> None:
    """Large ones all, tiny ones none by eye and D over the spacing by sections, within 6 errors; no primary.

    Catches a section that always hits, and an eye that sees everything.
    """
    arm = _opened()
    arm.state = arm.state._replace(
        lesion=np.repeat(arm.state.lesion[:1], 3001, axis=0), lesion_key=np.arange(3001, dtype=np.uint64)
    )
    arm.state.count[LESIONS] = 3001
    arm.state.lesion[1:, SITE] = INDEX("liver")
    for size, spacing, share in ((20.0, 0.0, 1.0), (0.5, 0.0, 0.0), (0.5, 5.0, 0.1), (0.5, 0.2, 1.0), (2.0, 0.0, 0.5)):
        arm.autopsies.clear()
        arm.state.lesion[1:, CELLS] = cells_of(size)
        autopsy(arm, Autopsy(spacing, True))
        liver = next(one for one in arm.autopsies if one.site == INDEX("liver"))
        assert abs(liver.lesions / 3000 - share) < 6.0 * np.sqrt(share * (1.0 - share) / 3000) + 1e-3
        assert sum(one.lesions for one in arm.autopsies) == liver.lesions
    arm.autopsies.clear()
    autopsy(arm, Autopsy(0.0))
    assert arm.autopsies == [], "nobody has died"


def test_colonies_are_counted_by_size_and_organ() -> None:
    """Two of three are large enough; the primary is none: catches a size in cells."""
    arm = _opened()
    arm.state.lesion[1:, CELLS] = 0.0
    arm.state.lesion[1:4, CELLS] = [cells_of(0.6), cells_of(0.5001), cells_of(0.4)]
    arm.state.lesion[1:4, SITE] = [INDEX("liver"), INDEX("lung"), INDEX("lung")]
    count(arm, Count("colonies", (0.0,), 0.5), 0)
    found = {ADULT.anatomy.sites[one.site].name: one.number for one in arm.counted if one.number > 0.0}
    assert found == {"liver": 1.0, "lung": 1.0}


def test_a_label_changes_nothing_either() -> None:
    """Injected mice with and without counts, byte for byte; the label never rises, and starts at what arrested."""
    mouse, line = entry("hosts", "mouse"), changed(entry("tumours", "b16_f1"), early_loss_rate=1.0)
    inject = (Inject(2e4, "veins", 0.0),)
    counts = (Count("label", (0.001, 0.5, 1.0, 3.0)),)
    arms = {"bare": Protocol(injections=inject), "counted": Protocol(injections=inject, counts=counts)}
    plan = plan_of(arms, patient=patient(mouse, line), diagnosis=Diagnosis(0.0), until_days=14.0)
    tables = run_patients(plan, 0, 1)
    assert differing(tables, "bare", "counted") == set()
    read = tables["counts"]
    lung = read["number"][read["site"] == "lung"]
    assert (np.diff(lung) <= 0.0).all()
    told = told_of(tables, "counted", "injection")[0].split("arrested ")[1].split("; ")[0]
    arrested = int(told.removeprefix("lung ").replace(", ", " ").split()[0].replace(",", ""))
    assert 0.97 * arrested < lung[0] <= arrested
    assert read["share"][read["site"] == "lung"][0] == pytest.approx(lung[0] / 2e4)
