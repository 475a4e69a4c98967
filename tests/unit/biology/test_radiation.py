"""What a dose of radiation leaves: by dose, oxygen and resistance."""

import math

import pytest

from seedsoil.biology.clone import Mechanism, Radiosensitivity
from seedsoil.biology.medicine.radiation import damage_share, survival, surviving

CELL = Radiosensitivity.model_validate(
    {
        "alpha": {"value": 0.3, "unit": "1/Gy", "grade": "assumed", "source": "assumed"},
        "alpha_beta_ratio": {"value": 10, "unit": "Gy", "grade": "assumed", "source": "assumed"},
        "hypoxic_protection": {"value": 3, "grade": "assumed", "source": "assumed"},
    }
)
NONE = {"value": 0, "grade": "assumed", "source": "assumed"}


def _mechanism(name: str, share: float | None) -> Mechanism:
    left = None if share is None else NONE | {"value": share}
    return Mechanism.model_validate({"name": name, "rate": NONE, "fitness_cost": NONE, "radiation_share": left})


def test_known_survivals() -> None:
    """Thirty times 2 Gy and five times 4 Gy by the textbook: catches a beta of alpha times ratio, 1e-12."""
    assert survival(0.3, 10.0, 2.0) ** 30 == pytest.approx(math.exp(-0.3 * 72.0), rel=1e-12)
    # Equal biologically effective dose, equal survival: n d (1 + d / 10) = 5 * 4 * 1.4 = 28.
    assert survival(0.3, 10.0, 4.0) ** 5 == pytest.approx(math.exp(-0.3 * 28.0), rel=1e-12)
    assert survival(0.3, 10.0, 0.0) == 1.0
    assert survival(0.0, 10.0, 80.0) == 1.0


def test_cells_without_oxygen_feel_a_third_of_the_dose() -> None:
    """At shares 0, 0.4 and 1 of hypoxia: catches a protection of damage instead of dose."""
    breathing, starved = survival(0.3, 10.0, 6.0), survival(0.3, 10.0, 2.0)
    for share in (0.0, 0.4, 1.0):
        expected = (1.0 - share) * breathing + share * starved
        assert surviving(CELL, 6.0, share) == pytest.approx(expected, rel=1e-12)


def test_mechanisms_leave_their_share_of_the_damage() -> None:
    """Two of three mechanisms protect, one by half, one by four fifths: catches a bit read for another."""
    mechanisms = (_mechanism("a", None), _mechanism("b", 0.5), _mechanism("c", 0.8))
    expected = {0: 1.0, 1: 1.0, 2: 0.5, 4: 0.8, 6: 0.4, 7: 0.4}
    for mask, share in expected.items():
        assert damage_share(mask, mechanisms) == pytest.approx(share)
        left = survival(0.3, 10.0, 3.0) ** share
        assert surviving(CELL, 3.0, 0.0, mask, mechanisms) == pytest.approx(left, rel=1e-12)
