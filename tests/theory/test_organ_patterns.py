"""Organ patterns: the formula against closed forms, the levels that ship against autopsies, and controls that must fail."""

from functools import cache

import numpy as np
import pytest

from calibration.autopsies import HELPERS, read_autopsies
from calibration.files import read_found
from calibration.guards import LINES
from calibration.organ_patterns import (
    by_flow_alone,
    middle_of,
    scores,
    shipped,
    with_primaries_unseen,
    with_soils_permuted,
)
from calibration.patterns import FITTED, Fit, State
from seedsoil.biology.soils.factors import levels
from seedsoil.catalogue.load import entry
from seedsoil.evidence.organs.autopsies import LEFT_OUT, PRIMARIES, SOILS, counts_of, places, scored_sites
from seedsoil.evidence.organs.body import Body, as_shipped
from seedsoil.evidence.organs.prediction import Pace, expected_lesions, incidence, rates
from tests.reference_data import evidence_file

pytestmark = pytest.mark.theory

ADULT = entry("hosts", "adult")
MELANOMA = entry("tumours", "melanoma")


def test_one_dose_without_reseeding_is_poisson() -> None:
    """All patients alike, metastases silent: (1 - exp(-m e)) of those with any: catches a mean taken inside the exponential."""
    chances = np.zeros((4, 4))
    chances[0] = [0.0, 2e-3, 5e-4, 1e-4]
    pace, where = Pace(1e-9, 0.0), {"a": [1], "b": [2, 3]}
    found = incidence(chances, 0, float(np.log(1000.0)), pace, where)
    assert found == pytest.approx((1.0 - np.exp([-2.0, -0.6])) / (1.0 - np.exp(-2.6)), rel=1e-9)


def test_metastases_seed_by_generations() -> None:
    """A chain home, liver, lung: the third site is reached by what the second sheds, never from home: to 1e-12."""
    chances = np.zeros((3, 3))
    chances[0, 1], chances[1, 2], chances[1, 0] = 1e-3, 2e-3, 1.0
    found = expected_lesions(chances, 0, np.array([500.0]), 10.0)[0]
    assert found[0] == 0.0
    assert found[1] == pytest.approx(0.5, rel=1e-12)
    assert found[2] == pytest.approx(10.0 * 500.0 * 2e-3 * (1.0 - np.exp(-0.5)), rel=1e-12)
    assert expected_lesions(chances, 0, np.array([500.0]), 0.0)[0, 2] == 0.0


def test_soil_decides_success_and_site_decides_arrest() -> None:
    """Sites of one soil succeed alike, whatever their flow, and other ligands move no arrest: catches a hard-coded organ."""
    body = Body(ADULT)
    chances = as_shipped(body, MELANOMA)
    assert len(chances) == len(ADULT.soils) < len(ADULT.anatomy.sites)
    richer = ADULT.model_copy(update={"soils": tuple(_with_the_ligands_of(soil, "liver") for soil in ADULT.soils)})
    other = Body(richer)
    assert (other.arrests(MELANOMA) == body.arrests(MELANOMA)).all()
    division, death = rates(MELANOMA, levels(MELANOMA.receptors), other.supply)
    assert np.ptp(division) == np.ptp(death) == 0.0


def _with_the_ligands_of(soil, name):  # type: ignore[no-untyped-def]
    return soil.model_copy(update={"ligands": ADULT.soil(name).ligands})


def test_every_site_of_the_table_has_its_place() -> None:
    """Sites of the table lie somewhere in the adult or are left out with a reason, and no place is told twice."""
    for row in PRIMARIES.values():
        for name in row.tumours:
            home = entry("tumours", name).site
            where = places(ADULT.anatomy, home)
            assert set(where) == {*SOILS, "limph nodes reg", "limph nodes dist"}
            assert all(where.values())
            told = [site for sites in where.values() for site in sites]
            assert len(told) == len(set(told))
            assert len(where["limph nodes reg"]) == 1
        assert set(row.own) <= set(SOILS)
    assert len(SOILS) + 2 + len(LEFT_OUT) == 30
    assert set(LINES) <= {"b16_melanoma", "heya8", "k1735", "km12sm", "l36pl", "pc3mm2", "skov3ip1", "uv2237"}


def test_fitted_levels_are_few_and_say_so() -> None:
    """Three factors of each soil and tumour: fewer than a tenth of the table's 1,230 cells; each is graded and cited."""
    tumours = [entry("tumours", name) for row in PRIMARIES.values() for name in row.tumours]
    fitted = [getattr(soil.ligands, name) for soil in ADULT.soils for name in FITTED]
    fitted += [getattr(tumour.receptors, name) for tumour in tumours for name in FITTED]
    assert len(fitted) <= 123
    assert all(value.grade == "fitted" and value.source == "disibio_french_2008" for value in fitted)
    assert all("was assumed before" in value.note for value in fitted)
    for soil in ADULT.soils:
        for name in set(type(soil.ligands).model_fields) - set(FITTED):
            assert getattr(soil.ligands, name).source != "disibio_french_2008"


@cache
def shown() -> tuple[Fit, State]:
    from calibration.calibrate_soils import problem_of

    fit = problem_of(evidence_file("autopsy_metastasis_longform.csv"))
    return fit, read_found(fit)


def test_the_table_is_read_whole() -> None:
    table = read_autopsies(evidence_file("autopsy_metastasis_longform.csv"))
    assert set(PRIMARIES) | set(HELPERS) <= set(table)
    assert table["breast"]["liver"].found == 218
    assert table["breast"]["liver"].patients == 432
    assert len(scored_sites(PRIMARIES["prostate"])) == 20
    for primary in PRIMARIES:
        shipped_counts = counts_of(primary)
        assert {site: table[primary][site] for site in shipped_counts} == shipped_counts
        assert set(scored_sites(PRIMARIES[primary])) <= set(shipped_counts)


def test_shipped_levels_rank_organs_as_autopsies_do() -> None:
    """Median rank correlation over nine primaries at least 0.65, fold at most 2: two series of autopsies give 0.80 and 1.7."""
    fit, state = shown()
    found = scores(fit, state, shipped(fit))
    assert len(found) >= 8
    assert middle_of(found).correlation >= 0.65
    assert middle_of(found).fold <= 2.0
    assert min(each.correlation for each in found.values()) > 0.5


def test_the_pattern_is_the_soils() -> None:
    """With soils dealt out anew, or all alike, the correlation falls by 0.2: catches patterns that come by flow or names."""
    fit, state = shown()
    real = middle_of(scores(fit, state, shipped(fit))).correlation
    dealt = with_soils_permuted(fit, state, 40)
    assert dealt.mean() <= real - 0.2
    assert (dealt < real).mean() > 0.9
    assert middle_of(by_flow_alone(fit, state)).correlation <= real - 0.2


@pytest.mark.slow
def test_primaries_are_predicted_unseen() -> None:
    """Soils fitted without a primary, its receptors moved as the others' were: a median of at least 0.6."""
    fit, state = shown()
    assert middle_of(with_primaries_unseen(fit, state)).correlation >= 0.6
