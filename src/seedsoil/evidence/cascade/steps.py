"""B3, B8, B11: injected and shed cells step by step, and how many of them are left at each."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.patient import Host
from seedsoil.catalogue.load import entry
from seedsoil.evidence.bench import Order, cohort, counted
from seedsoil.evidence.cascade.patients import followed, plan_of
from seedsoil.evidence.cascade.portal import portal
from seedsoil.evidence.claim import Ablation, Band, Chart, Check, Claim, Direction, Figure, Finding, Setting
from seedsoil.evidence.estimates import again, mean, ratio
from seedsoil.evidence.injected import MICROSCOPE, UNKILLED
from seedsoil.trial.trial import Trial

_VEIN_CELLS = 1e5


def _intraportal(setting: Setting) -> Finding:
    """Luzzi 1998: cells into the portal vein; those in the tissue after three days, small and large colonies after 13."""
    animals = setting.animals(8, 40)
    found = portal(setting, animals, {"extravasation_rate": "0 /day"} if setting.ablated else {})
    return Finding(
        again((found.large, found.injected), _log_share),
        animals,
        {
            "extravasated": ratio(found.inside, found.injected),
            "begun": ratio(found.begun, found.inside),
            "macroscopic": ratio(found.large, found.begun),
            "dormant": ratio(found.asleep, found.injected),
            **({} if setting.ablated else {"knocked out": Figure.exact(sum(_left_by(setting, animals).values()))}),
        },
        {"mean per mouse": {"step": ["injected", "in the liver at day 3", "growing at day 13", "seen by eye at day 13"],
                            "cells": [float(step.mean()) for step in found[:4]]}},
        (_steps_chart("From the portal vein to a tumour", ["injected", "day 3", "growing", "by eye"],
                      [float(step.mean()) for step in found[:4]]),),
    )  # fmt: skip


def _left_by(setting: Setting, animals: int) -> dict[str, float]:
    """Tumours that the eye sees anywhere in all mice on day 13, by the one step of the chain that lets no cell through."""
    host = entry("hosts", "mouse")
    assert isinstance(host, Host)
    beds = {site.name: {"size_trap": "0"} for site in host.anatomy.sites}
    loose = {"adhesion": dict.fromkeys(("selectin", "integrin", "lectin", "chemokine"), "0")}
    steps: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
        "caught": (loose, {"sites": beds}),
        "alive after a day": ({"early_loss_rate": "1e9 /day"}, {}),
        "out of the vessel": ({"extravasation_rate": "0 /day"}, {}),
        # A tumour must divide, if once in 3000 years.
        "growing": ({"division_rate": "1e-6 /day", "death_rate": "0 /day"}, {}),
    }
    return {
        name: float(portal(setting, animals, changes, anatomy).seen.sum()) for name, (changes, anatomy) in steps.items()
    }


def _log_share(part: NDArray[np.float64], whole: NDArray[np.float64]) -> float:
    return math.log10(part.sum() / whole.sum()) if part.sum() > 0 else math.nan


def _steps_chart(title: str, names: list[str], cells: list[float]) -> Chart:
    places = [float(place) for place in range(len(names))]
    return Chart(title, "", "Cells per mouse", {"mean": {"x": places, "y": cells}}, "bars", log_y=True, names=names)


def _vein(
    setting: Setting, tumour: str, without: tuple[str, ...] = (), changes: Mapping[str, object] | None = None
) -> Trial:
    """Fidler 1970: labelled cells into the tail vein, label after a day, lung colonies after two weeks."""
    orders: list[Order] = [
        {"inject": f"{_VEIN_CELLS:g} cells", "into": "veins", "at": "0 days"},
        {"count": "label", "at": ["1 day"]},
        {"count": "colonies", "at": "14 days", "size": MICROSCOPE},
    ]
    who = {"is": tumour, **(changes or {})}
    return cohort(
        setting, animals=setting.animals(12, 30), tumour=who, host="mouse", until="15 days", arms={"vein": orders},
        without=without,
    )  # fmt: skip


def _survival(setting: Setting) -> Finding:
    """Alive after a day in a vein, and F10 against F1 with and without the host's killers."""
    changes = UNKILLED if setting.ablated else None
    parent = 100.0 * counted(_vein(setting, "b16_melanoma", changes=changes), "label", "vein") / _VEIN_CELLS
    if setting.ablated:
        return Finding(mean(parent), len(parent))
    checks: dict[str, Figure] = {}
    hosts = {
        "intact": (),
        "without natural killers": ("natural killer cells",),
        "without lymphocytes": ("lymphocytes",),
    }
    for name, without in hosts.items():
        low, high = (_vein(setting, line, without=without) for line in ("b16_f1", "b16_f10"))
        checks[f"label, {name}"] = ratio(counted(high, "label", "vein"), counted(low, "label", "vein"))
        checks[f"colonies, {name}"] = ratio(counted(high, "colonies", "vein"), counted(low, "colonies", "vein"))
    return Finding(mean(parent), len(parent), checks, {"alive after a day": {"percent": parent.tolist()}})


def _yields(setting: Setting) -> Finding:
    """Colonies per injected cell, and metastases per cell that human primaries shed in their lives."""
    changes = {"viable_when_shed": "1", **UNKILLED} if setting.ablated else {}
    trial = _vein(setting, "b16_melanoma", changes=changes)
    colonies = counted(trial, "colonies", "vein", site="lung")
    if setting.ablated:
        return Finding(mean(colonies / _VEIN_CELLS), len(colonies))
    spontaneous = _spontaneous(setting, setting.animals(400, 2000))
    return Finding(
        mean(colonies / _VEIN_CELLS),
        len(colonies),
        {"spontaneous": again(spontaneous, lambda founded, shed: float(founded.sum() / shed.sum()))},
        {
            "mice": {"lung colonies per cell": (colonies / _VEIN_CELLS).tolist()},
            "patients": {"metastases founded": spontaneous[0].tolist(), "cells shed": spontaneous[1].tolist()},
        },
    )


def _spontaneous(setting: Setting, patients: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the metastases that breast primaries of 35 mm founded, and the cells that they shed till then, by patient."""
    plan = plan_of(setting, 35.0, patients)
    found = [followed(plan, patient) for patient in range(patients)]
    return np.array([float(each.founded) for each in found]), np.array([each.shed for each in found])


CLAIMS = (
    Claim(
        id="B3",
        statement="A secondary lesion comes about only if a cell passes a chain of steps, each of which may be the one that limits it.",
        sources=("luzzi_1998",),
        setup="3e5 B16-F1 cells into the portal vein of mice; cells in the liver on day 3 by their label, colonies that grow and "
        "such as the eye sees (0.1 mm), and dormant single cells by the label that is left, on day 13. Luzzi 1998, with at least as many mice.",
        observable="log10 of tumours seen by eye per cell injected",
        unit="log10",
        band=Band(-4.0, -3.398),
        ablation=Ablation("no cell leaves the vessel", "one step of the chain is taken away: where it cannot be passed there is no tumour"),
        experiment=_intraportal,
        checks=(
            Check("extravasated", "share of injected cells in the liver on day 3", "1", Band(0.70, 0.88)),
            Check("begun", "share of those that began to grow", "1", Band(0.015, 0.04)),
            Check("macroscopic", "share of growing colonies seen by eye on day 13", "1", Band(0.003, 0.02)),
            Check("knocked out", "tumours seen by eye in all mice if one of four steps lets no cell through, of all four", "tumour", Band(0.0, 0.0)),
            Check("dormant", "share of injected cells that are dormant single cells on day 13 (kept back)", "1"),
        ),
        parameters=(
            "soils.liver.vessel_loss, soils.liver.dormancy_cue: of mice, fitted to these figures (P04)",
            "tumour.quiescence_rate, tumour.dormancy_sensitivity, tumour.division_rate, tumour.founder_variation: of B16-F1, fitted too",
        ),
    ),
    Claim(
        id="B8",
        statement="On their way emboli have to survive the host's defence and the forces of the flow.",
        sources=("fidler_1970", "gorelik_1982"),
        setup="1e5 B16 cells into the tail vein of mice, label after 24 h; the same with F1 and F10 in hosts that are intact, "
        "without natural killer cells, or without lymphocytes.",
        observable="injected cells alive after 24 h",
        unit="%",
        band=Band(0.5, 2.0),
        direction=Direction("below", 50.0),
        ablation=Ablation("nothing kills in transit", "no shear, no natural killer cell, no early loss: most cells live through the day"),
        experiment=_survival,
        checks=tuple(
            Check(f"{what}, {name}", f"{what} of F10 over F1, host {name}", "1", Band(1.0, math.inf))
            for name in ("intact", "without natural killers", "without lymphocytes")
            for what in ("label", "colonies")
        ),
        parameters=("tumour.early_loss_rate", "tumour.spread.natural_killer_loss_rate", "tumour.adhesion.integrin: F10 over F1"),
        dispute="Intact hosts had more colonies than immune-depressed ones in one series: the sign of host immunity in transit "
        "is not built in. Here natural killer cells lower colonies, so that series is not reproduced.",
    ),
    Claim(
        id="B11",
        statement="Of the cells of a primary few can metastasise; whoever fails at one step is gone.",
        sources=("fidler_1970", "coumans_2013"),
        setup="1e5 B16 cells into the tail vein of mice, lung colonies on day 14; breast cancers of 35 mm in patients who "
        "differ as in B1, metastases founded till then over all cells shed.",
        observable="lung colonies per injected cell",
        unit="1",
        band=Band(4e-4, 1.3e-3),
        ablation=Ablation("no step kills", "transit and the first day take no cell: injected cells are hardly lost"),
        experiment=_yields,
        checks=(Check("spontaneous", "metastases per cell shed by human primaries", "1", Band(5e-9, 5e-8)),),
        parameters=("tumour.viable_when_shed", "tumour.hits: competence", "tumour.early_loss_rate"),
    ),
)  # fmt: skip
