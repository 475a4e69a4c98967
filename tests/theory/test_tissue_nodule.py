"""A nodule without vessels of its own comes to a halt at about a millimetre, births and deaths alike, and goes on once vessels come."""

from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from seedsoil.scene.build import build
from seedsoil.scene.measure import lesion, measures
from seedsoil.scene.text import read_scene, written
from seedsoil.tissue.model import TissueModel

pytestmark = pytest.mark.theory


def nodule(days: tuple[float, ...], **changes: Any) -> tuple[TissueModel, list[dict[str, float]]]:
    """The shipped nodule, changed, and its measures on some days."""
    table = written("avascular_nodule")[1]
    table["cells"]["carcinoma"] |= changes.get("carcinoma", {})
    table["plasma"] = changes.get("plasma", table["plasma"])
    model = build(read_scene(table))
    return model, [measures(model.run(day)) for day in days]


@lru_cache(maxsize=1)
def shipped() -> list[dict[str, float]]:
    return nodule((10.0, 30.0, 40.0, 60.0))[1]


def test_it_comes_to_a_halt_where_births_are_deaths() -> None:
    """Ten days before VEGF is let go: 0.5 to 2 mm across, as Folkman's, births within 7 % of deaths, the diameter within 5 %.

    Catches a core that is not cleared, or that is cleared and not closed (the ablation below), and a rim that stops dividing.
    """
    young, before, at, _ = shipped()
    births, deaths = (at[f"{name}_carcinoma"] - before[f"{name}_carcinoma"] for name in ("divisions", "deaths"))
    assert 500.0 <= at["lesion_diameter_um"] <= 2000.0
    assert deaths > at["alive_carcinoma"]
    assert births / deaths == pytest.approx(1.0, abs=0.07)
    assert at["lesion_diameter_um"] / before["lesion_diameter_um"] == pytest.approx(1.0, abs=0.05)
    assert before["lesion_diameter_um"] > 1.1 * young["lesion_diameter_um"]


def test_it_goes_on_when_vessels_come() -> None:
    """Twenty days after VEGF is let go there are more than twice as many cells, and new vessels among them."""
    _, _, at, after = shipped()
    assert at["grown_share"] < 0.05
    assert after["grown_share"] > 0.3
    assert after["alive_carcinoma"] > 2.0 * at["alive_carcinoma"]


def test_it_does_not_go_on_while_vegf_is_held() -> None:
    """The ablation of the switch: the same twenty days with the antibody all along."""
    held = [{"substance": "bevacizumab", "days": [0.0], "levels": [1000.0]}]
    _, (at, after) = nodule((40.0, 60.0), plasma=held)
    assert after["alive_carcinoma"] < 1.15 * at["alive_carcinoma"]


def test_what_does_not_close_goes_on_as_a_shell() -> None:
    """The ablation of the halt: nothing is drawn into the places of the dead, and the rim goes on outwards."""
    reach = []
    for day in (10.0, 18.0):
        model, _ = nodule((day,), carcinoma={"pulls": 0})
        _, y, x = np.nonzero(lesion(model, True))
        reach.append(np.quantile(np.hypot(y - y.mean(), x - x.mean()), 0.95) * model.setting.edge)
    assert reach[1] > 1.3 * reach[0]
