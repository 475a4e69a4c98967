"""G1, G10, G11, G12: what the host gives a lesion to grow on: wounds, growth factors, inflammation, stroma."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.soils.factors import levels
from seedsoil.biology.soils.soil import match
from seedsoil.catalogue.load import entry
from seedsoil.evidence.bench import cohort, column, counted
from seedsoil.evidence.claim import Ablation, Band, Check, Claim, Direction, Figure, Finding, Setting
from seedsoil.evidence.estimates import again, ratio
from seedsoil.evidence.vasculature.mice import course, four_arms, orthotopic, weights

_DAYS = 84.0


def _wound(setting: Setting) -> Finding:
    """B16 cells into the heart's left side of mice whose skin, kidney and muscle are whole, or sore and healing."""
    mice = setting.animals(12, 30)
    found: dict[str, dict[str, NDArray[np.float64]]] = {}
    for name, level in (("whole", "0"), ("wounded", "1")):
        sore = {soil: {"residents": {"inflammation": level}} for soil in ("skin", "kidney", "muscle")}
        trial = cohort(
            setting, animals=mice, tumour="b16_f10", host="mouse", until="22 days", soils=sore,
            arms={"heart": [{"inject": "1e6 cells", "into": "left_heart", "at": "0 days"},
                            {"count": "colonies", "at": "21 days", "size": "0.05 mm"}]},
        )  # fmt: skip
        found[name] = {site: counted(trial, "colonies", "heart", site=site) for site in ("skin", "kidney", "muscle")}
    whole, wounded = found["whole"], found["wounded"]
    return Finding(
        ratio(wounded["skin"], whole["skin"]),
        mice,
        {
            "kidney": Figure.exact(float(wounded["kidney"].mean())),
            "muscle": Figure.exact(float(wounded["muscle"].mean())),
        },
        {f"colonies, {name}": {site: each.tolist() for site, each in of.items()} for name, of in found.items()},
    )


def _grown(setting: Setting, patients: int, tumour: Mapping[str, Any], drug: list[dict[str, Any]]) -> tuple[Any, Any]:
    """Growth of a lesion of 20 mm in the liver over twelve weeks, without and with a drug, by patient [1/day]."""
    trial = cohort(
        setting, animals=patients, tumour={**tumour, "site": "liver"}, host="adult", until=f"{_DAYS:g} days",
        diagnosis={"primary_diameter": "20 mm"}, arms={"none": [], "drug": drug},
        without=("background death", "burden death"),
    )  # fmt: skip
    found = []
    for arm in trial.arms:
        first = column(trial, "lesions", "lesion", arm) == 0
        ends, starts = (column(trial, "lesions", name, arm)[first] for name in ("cells_at_end", "cells_at_diagnosis"))
        found.append(np.log(np.maximum(ends, 1.0) / starts) / _DAYS)
    return found[0], found[1]


def _slowing(none: Any, drug: Any) -> Figure:
    return again((none, drug), lambda a, b: 100.0 * float(1.0 - b.mean() / a.mean()))


def _receptor(setting: Setting) -> Finding:
    """Cetuximab against liver metastases of colon cancer that live on EGF, and that do not."""
    patients = setting.animals(8, 30)
    drug = [
        {"give": "cetuximab", "dose": "400 mg/m^2", "start": "0 days"},
        {"give": "cetuximab", "dose": "250 mg/m^2", "every": "7 days", "start": "7 days"},
    ]
    free = {"receptors": {"egf": "0"}, "survival_receptors": {"egf": "0"}}
    none, held = _grown(setting, patients, {"is": "colon_adenocarcinoma"}, drug)
    figure = _slowing(none, held)
    if setting.ablated:
        return Finding(figure, patients)
    return Finding(
        figure,
        patients,
        {
            "independent": _slowing(*_grown(setting, patients, {"is": "colon_adenocarcinoma", **free}, drug)),
            "host": Figure.exact(_share_of_the_host()),
        },
        {"growth [1/day]": {"none": none.tolist(), "cetuximab": held.tolist()}},
    )


def _share_of_the_host() -> float:
    """Return the share of the net growth of fed colon cancer cells that goes if the liver's factors go [%], by formula."""
    tumour, ligands = entry("tumours", "colon_adenocarcinoma"), levels(entry("organs", "liver").ligands)
    half, speed = float(tumour.ligand_half_saturation), []
    for offered in (ligands, np.zeros_like(ligands)):
        divides = float(tumour.division_rate) * float(match(levels(tumour.receptors), offered, half))
        survives = float(match(levels(tumour.survival_receptors), offered, half))
        speed.append(divides - float(tumour.death_rate) - float(tumour.unmatched_death_rate) * (1.0 - survives))
    return min(100.0, 100.0 * (1.0 - speed[1] / speed[0]))


def _inflammation(setting: Setting) -> Finding:
    """Celecoxib beside irinotecan in colon cancer of mice, against what independent effects would give."""
    mice = setting.animals(12, 30)
    held, irinotecan = course("celecoxib", "50 mg/kg", "1 day"), course("irinotecan", "20 mg/kg", "7 days")
    arms = four_arms(celecoxib=held, irinotecan=irinotecan)
    if setting.ablated:
        # The first drug once more in place of the second: what one dose holds, the other cannot take.
        arms |= {"irinotecan": [held], "both": [course("celecoxib", "100 mg/kg", "1 day")]}
    trial = orthotopic(setting, mice, "km12sm", "28 days", arms, size="2 mm")
    control, celecoxib, second, both = (weights(trial, arm) for arm in arms)
    return Finding(
        again((control, celecoxib, second, both), _over_bliss),
        mice,
        {
            "celecoxib": ratio(celecoxib, control),
            "irinotecan": ratio(second, control),
            "both": ratio(both, control),
            "added": ratio(both, second),
        },
        {"weights [g]": {arm: weights(trial, arm).tolist() for arm in arms}},
    )


def _over_bliss(control: Any, one: Any, other: Any, both: Any) -> float:
    """Effect of two drugs over what Bliss independence expects; an effect is the share of the weight that is not there."""
    first, second, found = (1.0 - float(arm.mean() / control.mean()) for arm in (one, other, both))
    expected = first + second - first * second
    return found / expected if expected > 0.0 else math.nan


def _stroma(setting: Setting) -> Finding:
    """A blocker of hedgehog beside gemcitabine in pancreatic cancer of mice."""
    mice = setting.animals(12, 30)
    arms = four_arms(
        ipi_926=course("ipi_926", "40 mg/kg", "1 day"), gemcitabine=course("gemcitabine", "100 mg/kg", "84 hours")
    )
    trial = orthotopic(setting, mice, "l36pl", "28 days", arms, size="2 mm")
    days = {arm: column(trial, "patients", "end_day", arm).astype(np.float64) for arm in arms}
    return Finding(
        ratio(weights(trial, "both"), weights(trial, "gemcitabine")),
        mice,
        {
            "alone": ratio(weights(trial, "ipi_926"), weights(trial, "control")),
            "gemcitabine": ratio(weights(trial, "gemcitabine"), weights(trial, "control")),
            "lived": ratio(days["both"], days["gemcitabine"]),
        },
        {"weights [g]": {arm: weights(trial, arm).tolist() for arm in arms}},
    )


CLAIMS = (
    Claim(
        id="G1",
        statement="Tumours grow like wounds that do not heal: what inflammation and repair supply feeds them.",
        sources=("dvorak_1986", "hart_fidler_1980"),
        setup="1e6 B16-F10 cells into the left heart of mice whose skin, muscle and kidney are whole or, as beside a wound, wholly "
        "inflamed; colonies on day 21, 12 to 30 mice.",
        observable="colonies in wounded skin over whole skin",
        unit="1",
        band=Band(1.5, math.inf),
        direction=Direction("above", 1.0),
        ablation=Ablation("inflamed tissue adds nothing", "neither factors nor VEGF of the wound", ("inflammation",)),
        experiment=_wound,
        checks=(
            Check("kidney", "colonies in a wounded kidney, a soil that does not suit", "1", Band(0.0, 0.0)),
            Check("muscle", "colonies in wounded muscle, another", "1", Band(0.0, 0.0)),
        ),
        parameters=("host.cells.inflammation.supply", "tumour.dialogue.inflammation_dependence"),
    ),
    Claim(
        id="G10",
        statement="Growth factors of tumour and host quicken metastases, and to block EGF or its receptor has worked.",
        sources=("cunningham_2004",),
        setup="Liver metastases of 20 mm of colon cancer in patients, cetuximab 400 then 250 mg/m² a week for 12 weeks or none, "
        "nobody dying; the same cancer without the receptor. The host's part by formula.",
        observable="growth that cetuximab takes from a cancer that lives on EGF",
        unit="%",
        band=Band(30.0, 60.0),
        direction=Direction("above", 10.0),
        ablation=Ablation("the receptor is not held", "no drug takes a growth factor from a tumour cell", ("receptor blockade",)),
        experiment=_receptor,
        checks=(
            Check("independent", "growth taken from a cancer without the receptor", "%", Band(-10.0, 10.0)),
            Check("host", "share of growth that goes with the host's factors", "%", Band(30.0, 100.0)),
        ),
        parameters=("tumour.receptors.egf", "soils.liver.ligands.egf", "agents.cetuximab.blocks.egf.half"),
    ),
    Claim(
        id="G11",
        statement="Inflammatory cells help a tumour to spread, and to hit them adds to what chemotherapy does.",
        sources=("fidler_kripke_2015",),
        setup="KM12SM in the colon of nude mice, 2 mm at the start; celecoxib 50 mg/kg a day by mouth, irinotecan 20 mg/kg a week, "
        "both, none; 4 weeks, 12 to 30 mice an arm.",
        observable="effect of both over that of independent effects (Bliss)",
        unit="1",
        band=Band(0.9, 1.1),
        ablation=Ablation("the second drug is the first again", "a signal that is held cannot be held twice: no independent effects"),
        experiment=_inflammation,
        checks=(
            Check("celecoxib", "mean weight, celecoxib over none", "1"),
            Check("irinotecan", "mean weight, irinotecan over none", "1"),
            Check("both", "mean weight, both over none", "1"),
            Check("added", "mean weight, both over irinotecan", "1"),
        ),
        parameters=("tumour.dialogue.inflammation_dependence", "soils.colon.residents.inflammation"),
    ),
    Claim(
        id="G12",
        statement="The stroma of pancreatic cancer furthers its growth, so that to hit it should help.",
        sources=("olive_2009", "rhim_2014", "lee_2014"),
        setup="L3.6pl in the pancreas of nude mice, 2 mm at the start, for the mice that grow their own pancreatic cancers; IPI-926 "
        "40 mg/kg a day by mouth, gemcitabine 100 mg/kg twice a week, both, none; 4 weeks, 12 to 30 mice an arm.",
        observable="mean tumour weight, both over gemcitabine",
        unit="1",
        direction=Direction("below", 1.0),
        ablation=Ablation("no stroma", "what is not there is not taken away", ("stroma",)),
        experiment=_stroma,
        checks=(
            Check("alone", "mean weight, IPI-926 over none", "1"),
            Check("gemcitabine", "mean weight, gemcitabine over none", "1"),
            Check("lived", "days lived, both over gemcitabine", "1"),
        ),
        parameters=("host.cells.stroma.restraint", "host.cells.stroma.supply", "host.cells.stroma.hindrance"),
        dispute="One study found more drug and longer lives without stroma; two found that stroma holds the tumour back, so that "
        "without it mice die earlier. The engine has both effects, and no sign is built in.",
    ),
)  # fmt: skip
