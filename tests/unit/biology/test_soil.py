"""Seed and soil: matching saturates, grows with each factor, and gives the worked figures."""

import math

import pytest

from seedsoil.biology.journey.cascade import escape
from seedsoil.biology.soils.factors import levels
from seedsoil.biology.soils.soil import arrest_chance, match
from seedsoil.catalogue.load import entry, names

RECEPTORS = (0.8, 0.2, 0.5, 0.1)


@pytest.mark.parametrize(
    ("ligands", "expected", "chance"), [((0.9, 0.3, 0.6, 0.2), 0.77, 0.35), ((0.6, 0.5, 0.8, 0.1), None, 0.33), ((0.05, 0.4, 0.1, 0.5), 0.36, 0.0)]
)  # fmt: skip
def test_worked_figures(ligands: tuple[float, ...], expected: float | None, chance: float) -> None:
    """Lung 0.77 and 0.35, ovary 0.33, kidney 0.36 and none, at b0 = 0.9 and d = 0.45: catches one factor left out."""
    found = match(RECEPTORS, ligands, 0.3)
    assert expected is None or found == pytest.approx(expected, abs=0.006)
    assert escape(0.9 * found, 0.45) == pytest.approx(chance, abs=0.006)


def test_no_ligand_no_match() -> None:
    """Nothing offered, or nothing to receive it, gives exactly 0: catches a division of nothing by nothing."""
    assert match(RECEPTORS, (0.0, 0.0, 0.0, 0.0), 0.0) == 0.0
    assert match((0.0,) * 4, (1.0,) * 4, 0.3) == 0.0


def test_one_factor_is_michaelis_menten() -> None:
    """R S / (K + S), half of R at S = K: catches a half-saturation that is squared."""
    assert match((0.6,), (0.3,), 0.3) == pytest.approx(0.3)


def test_every_factor_helps_and_none_beyond_one() -> None:
    """More of any ligand never lowers the match, and it stays below 1: catches a product of matches."""
    base = match(RECEPTORS, (0.5,) * 4, 0.3)
    for position in range(4):
        richer = tuple(1.0 if position == index else 0.5 for index in range(4))
        assert base < match(RECEPTORS, richer, 0.3) < 1.0


def test_unlike_lengths_are_refused() -> None:
    """Four receptors against three ligands: catches a factor dropped without a word."""
    with pytest.raises(ValueError, match="4 receptors cannot"):
        match(RECEPTORS, (0.5, 0.5, 0.5), 0.3)


def test_arrest_by_size_and_by_hold() -> None:
    """Size alone, hold alone, both: catches chances that are added."""
    assert arrest_chance((0.0,), (1.0,), 0.9) == pytest.approx(0.9)
    assert arrest_chance((0.5,), (2.0,), 0.0) == pytest.approx(1.0 - math.exp(-1.0))
    assert arrest_chance((0.5,), (2.0,), 0.9) == pytest.approx(1.0 - 0.1 * math.exp(-1.0))


def test_shares_of_the_catalogue() -> None:
    """Each organ gives each tumour a match between 0 and 1: catches a ligand list of another length."""
    for tumour in (entry("tumours", name) for name in names("tumours")):
        for organ in (entry("organs", name) for name in names("organs")):
            found = match(
                levels(tumour.receptors), levels(organ.ligands),
                float(tumour.ligand_half_saturation),
            )  # fmt: skip
            assert 0.0 < found < 1.0
