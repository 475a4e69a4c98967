"""Who is enrolled has lived until diagnosis: a tumour that would have killed before is never found."""

from __future__ import annotations

import pytest

from seedsoil.biology.patient import Host, Patient
from seedsoil.experiment import grow as growth
from seedsoil.experiment.grow import Diagnosis, Grown, grow
from seedsoil.foundation.errors import ModelError
from tests.properties.examples import ADULT, COLON, TWO_POOL, changed, same

FOUND = Diagnosis(35.0)  # 22 mL


def host(lethal: float) -> Host:
    """A host who dies within days once the primary's organ holds so much tumour [mL], and hardly ever before."""
    soils = tuple(changed(soil, lethal_volume=lethal) if soil.name == COLON.site else soil for soil in ADULT.soils)
    return changed(ADULT, burden_hazard=5.0, burden_power=40.0).model_copy(update={"soils": soils})


def found(lethal: float, *without: str) -> Grown:
    return grow(Patient.model_construct(tumour=COLON, host=host(lethal)), TWO_POOL, FOUND, 11, 0, without)


def test_who_would_have_died_before_is_not_enrolled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches growth without a clock of dying: then a primary of four times what is lethal is found all the same."""
    monkeypatch.setattr(growth, "MOST_ATTEMPTS", 12)
    with pytest.raises(ModelError, match="no tumour was diagnosed"):
        found(5.5)
    assert found(5.5, "burden death").found_by == "symptoms"


def test_the_clock_of_dying_changes_nobody_who_lives() -> None:
    """Where no organ comes near what is lethal, the same founder is found, to the byte."""
    alive, deathless = found(1000.0), found(1000.0, "burden death")
    assert alive.attempts == deathless.attempts
    assert alive.day == deathless.day
    assert same(alive.state.lesion, deathless.state.lesion)
    assert same(alive.state.cells, deathless.state.cells)
