"""Arrest by size and by hold: what signals, platelets and clusters change of it."""

import numpy as np
import pytest

from seedsoil.biology.journey.circulation import arrests
from seedsoil.biology.signals import SIGNALS, Levels, resting
from tests.properties.plain import AT, ORGANS, SPREAD, TUMOUR, host, who, with_numbers

BODY = host()
PLACES = [AT[name] for name in ORGANS]
#: Adhesion 0.4 to each of three families, of which each tissue has 0.5; half are caught by size.
HOLD, TRAP = 3 * 0.4 * 0.5, 0.5
TRAVELLING = with_numbers(TUMOUR, spread=SPREAD)


def _told(without: tuple[str, ...] = (), **levels: float) -> Levels:
    row = resting()
    for name, level in levels.items():
        row[0, SIGNALS.index(name)] = level
    return Levels(row, without)


def _lung(hold: float, trap: float = TRAP) -> float:
    """Chance that a cell from the veins arrests in the lung, if none dies: at the first pass, or after the other beds."""
    each = trap + (1.0 - trap) * -np.expm1(-hold)
    return float(each / (1.0 - (1.0 - each) ** 2))


CALM = {"transit_loss_rate": 0.0}


@pytest.mark.parametrize(
    ("levels", "hold"),
    [({}, 0.6), ({"integrin": 1.0}, 0.4), ({"chemokine": 1.0}, 0.4), ({"integrin": 1.0, "chemokine": 1.0}, 0.2),
     ({"conditioning": 1.0}, 1.2), ({"conditioning": 1.0, "integrin": 0.5}, 1.0), ({"platelet": 1.0}, 0.6)],
)  # fmt: skip
def test_hold_by_family(levels: dict[str, float], hold: float) -> None:
    """An agent takes its family's hold, conditioning doubles all; no platelets in this tumour: catches 1e-12."""
    found = arrests(with_numbers(TUMOUR, **CALM), BODY, _told(**levels))[0]
    assert found[AT["veins"], AT["lung"]] == pytest.approx(_lung(hold), rel=1e-12)
    assert found[:, PLACES].sum(axis=1) == pytest.approx(np.ones(len(AT)), rel=1e-12)


@pytest.mark.parametrize(("levels", "hold"), [({}, 0.6), ({"platelet": 1.0}, 0.3), ({"platelet": 0.5}, 0.45)])
def test_platelets_lend_hold(levels: dict[str, float], hold: float) -> None:
    """Half of it is theirs, and goes as they are blocked: catches 1e-12."""
    found = arrests(with_numbers(TRAVELLING, **CALM), BODY, _told(**levels))[0]
    assert found[AT["veins"], AT["lung"]] == pytest.approx(_lung(hold), rel=1e-12)


def test_clusters_are_caught_by_size() -> None:
    """With a trap of 0.95 for 0.5; a site without a filter stays open, and without the group nothing changes."""
    tumour = with_numbers(TRAVELLING, **CALM)
    found = arrests(tumour, BODY, _told(), clusters=True)[0]
    assert found[AT["veins"], AT["lung"]] == pytest.approx(_lung(0.6, 0.95), rel=1e-12)
    assert (found[:, [AT["veins"], AT["arteries"]]] == 0.0).all()
    alone = with_numbers(TUMOUR, **CALM)
    assert arrests(alone, BODY, _told(), clusters=True).tolist() == arrests(alone, BODY, _told()).tolist()


def test_each_condition_has_its_own() -> None:
    """Three conditions, two of them alike, in their order; none told is the resting one: catches rows that are sorted."""
    rows = np.vstack([resting()] * 3)
    rows[[0, 2], SIGNALS.index("integrin")] = 1.0
    found = arrests(TUMOUR, BODY, Levels(rows))
    assert found.shape == (3, len(AT), len(AT))
    assert found[0].tolist() == found[2].tolist() != found[1].tolist()
    assert found[1].tolist() == arrests(TUMOUR, BODY).tolist()


def test_who_dies_on_the_way_arrests_nowhere() -> None:
    """At a loss of 100 a day and 0.001 days a passage a tenth is lost at each: rows add to less than one."""
    found = arrests(who().tumour, BODY)
    lost = 1.0 - found[:, PLACES].sum(axis=1)
    assert ((lost > 0.09) & (lost < 0.4)).all()
