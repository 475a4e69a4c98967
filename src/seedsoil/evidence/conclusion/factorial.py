"""J1: seed, soil, both or neither, in a dozen pairs of tumour and organ: what the soil adds to the seed."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from seedsoil.evidence.bench import cohort, column
from seedsoil.evidence.claim import Ablation, Band, Chart, Check, Claim, Direction, Figure, Finding, Setting
from seedsoil.trial.compare import Comparison
from seedsoil.trial.trial import Trial

_ARMS = ("none", "seed", "soil", "both")
#: By how much a bypass raises the level of the soil drug that is needed: in the ablation, and in a check.
_PAST, _HALF_PAST = 1000.0, 10.0
_ENOUGH = 0.75


@dataclass(frozen=True)
class Drug:
    """A course of six weeks: an agent, each dose as a number with its unit, how often, and how many doses."""

    agent: str
    dose: float
    unit: str
    every: str
    times: int

    def order(self, past: float = 1.0) -> dict[str, object]:
        """Return the order that gives it; ``past`` times its level is needed where the soil has a way past it."""
        dose = f"{self.dose / past:g} {self.unit}"
        return {"give": self.agent, "dose": dose, "every": self.every, "times": self.times, "start": "0 days"}


@dataclass(frozen=True)
class Scenario:
    """A tumour that grows in an organ, what is given against its cells, and what against the organ's part in it."""

    name: str
    tumour: str
    site: str
    host: str
    seed: Drug
    soil: Drug


_TAXANE, _TEMOZOLOMIDE = Drug("paclitaxel", 8, "mg/kg", "7 days", 6), Drug("temozolomide", 10, "mg/kg", "1 day", 42)
_GEMCITABINE, _IRINOTECAN = (
    Drug("gemcitabine", 100, "mg/kg", "84 hours", 12),
    Drug("irinotecan", 10, "mg/kg", "7 days", 6),
)
_IMATINIB, _MACITENTAN = Drug("imatinib", 50, "mg/kg", "1 day", 42), Drug("macitentan", 10, "mg/kg", "1 day", 42)
_AEE788, _STROMA = Drug("aee788", 50, "mg/kg", "56 hours", 18), Drug("ipi_926", 40, "mg/kg", "1 day", 42)
_MACROPHAGES, _ANTI_VEGF = (
    Drug("mifamurtide", 2, "mg/m^2", "84 hours", 12),
    Drug("bevacizumab", 5, "mg/kg", "84 hours", 12),
)
_DOXORUBICIN = Drug("doxorubicin", 4, "mg/kg", "7 days", 6)
_NUDE, _WHOLE = "nude_mouse", "mouse"

SCENARIOS = (
    Scenario("colon, liver", "km12sm", "liver", _NUDE, _IRINOTECAN, _AEE788),
    Scenario("colon, brain", "km12sm", "brain", _NUDE, _TEMOZOLOMIDE, _MACITENTAN),
    Scenario("prostate, bone", "pc3mm2", "bone", _NUDE, _TAXANE, _IMATINIB),
    Scenario("resistant prostate, bone", "pc3mm2_mdr", "bone", _NUDE, _TAXANE, _IMATINIB),
    Scenario("pancreas, liver", "l36pl", "liver", _NUDE, _GEMCITABINE, _AEE788),
    Scenario("pancreas, pancreas", "l36pl", "pancreas", _NUDE, _GEMCITABINE, _STROMA),
    Scenario("ovary, peritoneum", "heya8", "peritoneum", _NUDE, _TAXANE, _MACITENTAN),
    Scenario("resistant ovary, peritoneum", "heya8_mdr", "peritoneum", _NUDE, _TAXANE, _MACITENTAN),
    Scenario("second ovary, peritoneum", "skov3ip1", "peritoneum", _NUDE, _TAXANE, _ANTI_VEGF),
    Scenario("melanoma, lung", "b16_f10", "lung", _WHOLE, _TEMOZOLOMIDE, _MACROPHAGES),
    Scenario("melanoma, brain", "k1735", "brain", _WHOLE, _TEMOZOLOMIDE, _MACITENTAN),
    Scenario("sarcoma, lung", "uv2237", "lung", _WHOLE, _DOXORUBICIN, _MACROPHAGES),
)  # fmt: skip


def _trial(setting: Setting, one: Scenario, animals: int, past: float, arms: tuple[str, ...]) -> Trial:
    seed, soil = one.seed.order(), one.soil.order(past)
    given = {"none": [], "seed": [seed], "soil": [soil], "both": [seed, soil]}
    return cohort(
        setting, animals=animals, tumour={"is": one.tumour, "site": one.site}, host=one.host, until="150 days",
        diagnosis={"primary_diameter": "1 mm"}, arms={arm: given[arm] for arm in arms},
    )  # fmt: skip


def pooled(found: list[Comparison]) -> Figure:
    """Return the hazard ratio over several comparisons, each weighted by the inverse of the variance of its logarithm."""
    logs, weights = [], []
    for one in found:
        width = math.log(one.high / one.low) if one.low > 0.0 else math.nan
        if math.isfinite(width) and width > 0.0:
            logs.append(math.log(one.hazard_ratio))
            weights.append((2.0 * 1.959963984540054 / width) ** 2)
    if not logs:
        return Figure(math.nan, math.nan, math.nan)
    middle, half = float(np.average(logs, weights=weights)), 1.959963984540054 / math.sqrt(sum(weights))
    return Figure(math.exp(middle), math.exp(middle - half), math.exp(middle + half))


def _holds(one: Comparison) -> bool:
    return one.hazard_ratio <= _ENOUGH and one.high < 1.0


def _factorial(setting: Setting) -> Finding:
    """Survival in four arms of each scenario: both drugs against the drug for the seed, over all scenarios."""
    animals = setting.animals(8, 45)
    if setting.ablated:
        past = [_trial(setting, one, animals, _PAST, ("seed", "both")).compare("both", "seed") for one in SCENARIOS]
        return Finding(pooled(past), animals * len(SCENARIOS), {}, {"scenarios": _rows(past)})
    trials = [_trial(setting, one, animals, 1.0, _ARMS) for one in SCENARIOS]
    found = [trial.compare("both", "seed") for trial in trials]
    alone = [trial.compare("both", "soil") for trial in trials]
    half = [_trial(setting, one, animals, _HALF_PAST, ("seed", "both")).compare("both", "seed") for one in SCENARIOS]
    medians = {
        f"median survival, {arm} [day]": [
            float(np.median(column(trial, "patients", "end_day", arm))) for trial in trials
        ]
        for arm in _ARMS
    }
    return Finding(
        pooled(found),
        animals * len(SCENARIOS),
        {
            "against the soil alone": pooled(alone),
            "bypass": pooled(half),
            "scenarios": Figure.exact(sum(_holds(one) for one in found)),
        },
        {
            "scenarios": {**_rows(found), **medians},
            "exceptions": {"scenario": [place.name for place, one in zip(SCENARIOS, found, strict=True) if not _holds(one)]},
        },
        (_forest(found),),
        ("No gain of a quarter, or an interval that holds 1, in: "
         + "; ".join(place.name for place, one in zip(SCENARIOS, found, strict=True) if not _holds(one)) + ".",),
    )  # fmt: skip


def _rows(found: list[Comparison]) -> dict[str, list[object]]:
    return {
        "scenario": [one.name for one in SCENARIOS],
        "seed drug": [one.seed.agent for one in SCENARIOS],
        "soil drug": [one.soil.agent for one in SCENARIOS],
        "hazard ratio": [one.hazard_ratio for one in found],
        "low": [one.low for one in found],
        "high": [one.high for one in found],
    }


def _forest(found: list[Comparison]) -> Chart:
    told = [index for index, one in enumerate(found) if math.isfinite(one.low)]
    series = {
        "both against seed": {
            "x": [float(place) for place in range(len(told))],
            "y": [found[index].hazard_ratio for index in told],
            "low": [found[index].low for index in told],
            "high": [found[index].high for index in told],
        }
    }
    names = [SCENARIOS[index].name for index in told]
    return Chart(
        "What the soil adds to the seed", "", "Hazard ratio of death", series, "points", log_y=True, names=names
    )


CLAIMS = (
    Claim(
        id="J1",
        statement="Whoever treats the cells of a metastasis alone misses the chance to change the organ that keeps them.",
        sources=("fidler_kripke_2015", "uehara_2003", "kim_2011", "sasaki_2007"),
        setup="Twelve pairs of tumour and organ in mice, nine lines in six organs, a lesion of 1 mm in the organ: none, a drug against "
        "its cells, one against the organ's part, both; six weeks from then, followed for 150 days, 540 mice an arm in full "
        "mode. Hazard ratio of death, both against the seed drug, over all pairs by the inverse of their variances. Breast, lung "
        "and kidney have no line of mice in the catalogue.",
        observable="hazard ratio of death, both against the seed drug alone, over all pairs",
        unit="1",
        band=Band(0.0, 0.75),
        direction=Direction("below", 1.0),
        ablation=Ablation("the soil has a way past the drug", "bypass: a thousand times the soil drug's level is needed, so that little is left of it"),
        experiment=_factorial,
        checks=(
            Check("against the soil alone", "hazard ratio, both against the soil drug alone", "1"),
            Check("bypass", "hazard ratio, both against seed, where ten times the soil drug's level is needed", "1"),
            Check("scenarios", "pairs out of twelve in which the ratio is 0.75 or less and its interval below 1"),
        ),
        parameters=("tumour.dialogue.endothelial_support", "host.cells.immunity.macrophage_gain", "agents.*.endothelial_kill"),
        dispute="The gain differs by organ: the astrocytes' protection of brain lesions, and stroma that restrains pancreatic cancer, "
        "are where it may fail. The table of scenarios names them.",
    ),
)  # fmt: skip
