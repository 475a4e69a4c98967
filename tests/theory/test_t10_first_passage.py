"""T10: from one cell to n* before 0: pi* = (1 - d/b) / (1 - (d/b)^n*)."""

import pytest

from seedsoil.body.mutants import sample_mutants
from tests.theory.laws import z_of_share


@pytest.mark.parametrize(("birth", "death"), [(0.25, 0.18), (0.3, 0.29), (0.5, 0.05)])
@pytest.mark.parametrize("size", [2, 50, 1000])
def test_first_passage(birth: float, death: float, size: int) -> None:
    """Catches 0.015 in the probability; the size is met exactly, by leaps far below it and cell by cell near it."""
    runs = 40_000
    found = sample_mutants(
        1, birth=birth, death=death, mutation=0.0, mutant_birth=0.0, mutant_death=0.0, size=size, runs=runs, seed=101
    )
    reached = found.wild == size
    assert ((found.wild == 0) | reached).all()
    ratio = death / birth
    assert abs(z_of_share(int(reached.sum()), runs, (1 - ratio) / (1 - ratio**size))) < 6
