"""Every claim of the review passes one list: its fields, its sources, its ablation, and an experiment that can be told."""

import re

import pytest

from seedsoil.biology.patient import MECHANISMS
from seedsoil.catalogue.load import sources
from seedsoil.evidence.claim import Claim, Setting
from seedsoil.evidence.review import SECTIONS, claims, section_of
from seedsoil.evidence.verdict import judge
from seedsoil.evidence.words import described

CLAIMS = claims()
#: Experiments quick enough to be carried out here.
QUICK = ("A3", "G3")


def _id(claim: Claim) -> str:
    return claim.id


def test_ids_are_in_order_and_each_once() -> None:
    names = [claim.id for claim in CLAIMS]
    assert names == sorted(set(names), key=lambda name: (name[0], int(name[1:])))
    assert [section.letter for section in SECTIONS] == list("ABCDEFGHIJ")


@pytest.mark.parametrize("claim", CLAIMS, ids=_id)
def test_claim_is_whole(claim: Claim) -> None:
    """Each field says something, sources exist, and what is switched off can be."""
    assert re.fullmatch("[A-J][1-9][0-9]?", claim.id)
    assert section_of(claim).letter == claim.section
    for text in (claim.statement, claim.setup, claim.observable, claim.ablation.name, claim.ablation.words):
        assert len(text) > 8
        assert text == text.strip()
    assert claim.statement.endswith(".")
    assert claim.setup.endswith(".")
    assert claim.unit
    assert claim.sources
    assert set(claim.sources) <= set(sources()), f"no key of sources.bib: {set(claim.sources) - set(sources())}"
    assert claim.band is not None or claim.direction is not None
    assert claim.band is None or claim.band.low <= claim.band.high
    assert set(claim.ablation.without) <= set(MECHANISMS)
    assert len({check.name for check in claim.checks}) == len(claim.checks)
    assert claim.parameters
    page = described(claim)
    assert claim.ablation.name in " ".join(page.split())
    assert max(map(len, page.splitlines())) <= 120


@pytest.mark.parametrize("claim", CLAIMS, ids=_id)
def test_experiment_says_what_it_does(claim: Claim) -> None:
    """An experiment is a function of a module of its section, with a sentence about it."""
    assert (claim.experiment.__doc__ or "").strip()
    assert claim.experiment.__module__.startswith(f"seedsoil.evidence.{section_of(claim).name}.")


@pytest.mark.parametrize("name", QUICK)
def test_experiment_is_pure_and_its_ablation_breaks_it(name: str) -> None:
    """Two runs give the same finding, all checks have their figures, and the ablation is seen."""
    claim = next(one for one in CLAIMS if one.id == name)
    intact, broken = claim.settings("tiny", 7)
    assert broken == Setting("tiny", 7, True, claim.ablation.without)
    found, again, ablated = claim.experiment(intact), claim.experiment(intact), claim.experiment(broken)
    assert found == again
    assert {check.name for check in claim.checks} <= set(found.checks)
    assert found.figure.low <= found.figure.value <= found.figure.high
    assert judge(claim, found, ablated).ablation_breaks
    for columns in found.tables.values():
        assert len({len(cells) for cells in columns.values()}) == 1
