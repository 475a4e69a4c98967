"""J1: seed, soil, both or neither, in a dozen pairs of tumour and organ: what the soil adds to the seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from seedsoil.evidence.bench import cohort, column
from seedsoil.evidence.claim import Ablation, Band, Chart, Check, Claim, Direction, Figure, Finding, Setting
from seedsoil.evidence.estimates import Lives, hazard_ratio
from seedsoil.trial.endpoints import event_times
from seedsoil.trial.trial import Trial

_ARMS = ("none", "seed", "soil", "both")
_ENOUGH = 0.75
#: How far a tumour has got past the drug against its soil: half in a check, wholly in the ablation.
_HALF_PAST, _PAST = 0.5, 1.0


def _by_endothelium(part: float) -> dict[str, Any]:
    """Endothelium lives, by this part, on a factor that none of the drugs holds."""
    return {"dialogue": {"endothelial_support": {"igf": f"{part:g}"}}}


def _by_other_factors(part: float) -> dict[str, Any]:
    """Of the call for vessels this part is not VEGF's."""
    return {"dialogue": {"other_angiogenic": f"{part:g}"}}


def _by_all(part: float) -> dict[str, Any]:
    """Both, and this part of what the EGF receptor tells the tumour's own cells goes on though the receptor is held."""
    freed = {"rate": "0", "fitness_cost": "0", "receptors_freed": {"egf": f"{part:g}"}}
    dialogue = _by_endothelium(part)["dialogue"] | _by_other_factors(part)["dialogue"]
    return {"dialogue": dialogue, "mechanisms": {"bypass": freed}, "carries": ["bypass"]}


@dataclass(frozen=True)
class Drug:
    """A course of six weeks: an agent, each dose as a number with its unit, how often, and how many doses."""

    agent: str
    dose: float
    unit: str
    every: str
    times: int

    def order(self) -> dict[str, object]:
        """Return the order that gives it."""
        dose = f"{self.dose:g} {self.unit}"
        return {"give": self.agent, "dose": dose, "every": self.every, "times": self.times, "start": "0 days"}


@dataclass(frozen=True)
class Scenario:
    """A tumour that grows in an organ, what is given against its cells, and what against the organ's part in it.

    ``past`` gives the traits by which the tumour gets past the latter, by a part of it; None where nothing in the engine does.
    """

    name: str
    tumour: str
    site: str
    host: str
    seed: Drug
    soil: Drug
    past: Callable[[float], Mapping[str, Any]] | None = None


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
    Scenario("colon, liver", "km12sm", "liver", _NUDE, _IRINOTECAN, _AEE788, _by_all),
    Scenario("colon, brain", "km12sm", "brain", _NUDE, _TEMOZOLOMIDE, _MACITENTAN),
    Scenario("prostate, bone", "pc3mm2", "bone", _NUDE, _TAXANE, _IMATINIB, _by_endothelium),
    Scenario("resistant prostate, bone", "pc3mm2_mdr", "bone", _NUDE, _TAXANE, _IMATINIB, _by_endothelium),
    Scenario("pancreas, liver", "l36pl", "liver", _NUDE, _GEMCITABINE, _AEE788, _by_all),
    Scenario("pancreas, pancreas", "l36pl", "pancreas", _NUDE, _GEMCITABINE, _STROMA),
    Scenario("ovary, peritoneum", "heya8", "peritoneum", _NUDE, _TAXANE, _MACITENTAN, _by_endothelium),
    Scenario("resistant ovary, peritoneum", "heya8_mdr", "peritoneum", _NUDE, _TAXANE, _MACITENTAN, _by_endothelium),
    Scenario("second ovary, peritoneum", "skov3ip1", "peritoneum", _NUDE, _TAXANE, _ANTI_VEGF, _by_other_factors),
    Scenario("melanoma, lung", "b16_f10", "lung", _WHOLE, _TEMOZOLOMIDE, _MACROPHAGES),
    Scenario("melanoma, brain", "k1735", "brain", _WHOLE, _TEMOZOLOMIDE, _MACITENTAN),
    Scenario("sarcoma, lung", "uv2237", "lung", _WHOLE, _DOXORUBICIN, _MACROPHAGES),
)  # fmt: skip


def _trial(setting: Setting, one: Scenario, animals: int, arms: tuple[str, ...], past: float = 0.0) -> Trial:
    seed, soil = one.seed.order(), one.soil.order()
    given = {"none": [], "seed": [seed], "soil": [soil], "both": [seed, soil]}
    traits = one.past(past) if one.past is not None and past > 0.0 else {}
    return cohort(
        setting, animals=animals, tumour={"is": one.tumour, "site": one.site, **traits}, host=one.host, until="150 days",
        diagnosis={"primary_diameter": "1 mm"}, arms={arm: given[arm] for arm in arms},
    )  # fmt: skip


def _lives(trial: Trial, arm: str, other: str) -> Lives:
    table = trial.tables["patients"]
    return *event_times(table, arm), *event_times(table, other)


def _holds(one: Figure) -> bool:
    return one.value <= _ENOUGH and one.high < 1.0


def _got_past(setting: Setting, animals: int, past: float) -> list[Lives]:
    """Both drugs against the seed's, in each pair in which the tumour can get past the soil's, and has by this part."""
    return [
        _lives(_trial(setting, one, animals, ("seed", "both"), past), "both", "seed")
        for one in SCENARIOS
        if one.past is not None
    ]


def _factorial(setting: Setting) -> Finding:
    """Survival in four arms of each scenario: both drugs against the drug for the seed, over all scenarios."""
    animals = setting.animals(8, 45)
    open_ones = [one for one in SCENARIOS if one.past is not None]
    if setting.ablated:
        past = _got_past(setting, animals, _PAST)
        return Finding(hazard_ratio(past), animals * len(past), {}, {"scenarios": _rows(open_ones, _each(past))})
    trials = [_trial(setting, one, animals, _ARMS) for one in SCENARIOS]
    lives = [_lives(trial, "both", "seed") for trial in trials]
    found = _each(lives)
    missed = [one.name for one, ratio in zip(SCENARIOS, found, strict=True) if not _holds(ratio)]
    harmed = [one.name for one, ratio in zip(SCENARIOS, found, strict=True) if ratio.value > 1.0]
    medians = {
        f"median survival, {arm} [day]": [
            float(np.median(column(trial, "patients", "end_day", arm))) for trial in trials
        ]
        for arm in _ARMS
    }
    return Finding(
        hazard_ratio(lives),
        animals * len(SCENARIOS),
        {
            "against the soil alone": hazard_ratio([_lives(trial, "both", "soil") for trial in trials]),
            "not got past": hazard_ratio([own for one, own in zip(SCENARIOS, lives, strict=True) if one.past is not None]),
            "half got past": hazard_ratio(_got_past(setting, animals, _HALF_PAST)),
            "scenarios": Figure.exact(len(SCENARIOS) - len(missed)),
        },
        {"scenarios": {**_rows(SCENARIOS, found), **medians}, "exceptions": {"scenario": missed}},
        (_forest(found),),
        (
            f"No gain of a quarter, or an interval that holds 1, in: {'; '.join(missed) or 'none'}.",
            f"Shorter lives with both, by the ratio, in: {'; '.join(harmed) or 'none'}.",
        ),
    )  # fmt: skip


def _each(lives: Sequence[Lives]) -> list[Figure]:
    return [hazard_ratio([one]) for one in lives]


def _rows(pairs: Sequence[Scenario], found: Sequence[Figure]) -> dict[str, list[object]]:
    return {
        "scenario": [one.name for one in pairs],
        "seed drug": [one.seed.agent for one in pairs],
        "soil drug": [one.soil.agent for one in pairs],
        "hazard ratio": [one.value for one in found],
        "low": [one.low for one in found],
        "high": [one.high for one in found],
    }


def _forest(found: Sequence[Figure]) -> Chart:
    series = {
        "both against seed": {
            "x": [float(place) for place in range(len(found))],
            "y": [one.value for one in found],
            "low": [one.low for one in found],
            "high": [one.high for one in found],
        }
    }
    names = [one.name for one in SCENARIOS]
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
        "mode. Hazard ratio of death, both against the seed drug: Cox's with the pairs as strata, by Firth's penalised likelihood, which has "
        "one also where the arms part wholly. Breast, lung and kidney have no line of mice in the catalogue.",
        observable="hazard ratio of death, both against the seed drug alone, over all twelve pairs",
        unit="1",
        band=Band(0.0, 0.75),
        direction=Direction("below", 1.0),
        ablation=Ablation(
            "the tumour has got past the soil drug",
            "bypass, in the seven pairs that have one: endothelium lives on IGF, which no drug here holds (AEE788, imatinib, macitentan "
            "outside the brain); other factors than VEGF call vessels (AEE788, bevacizumab); the EGF receptor's signal goes on (AEE788)",
        ),
        experiment=_factorial,
        checks=(
            Check("against the soil alone", "hazard ratio, both against the soil drug alone", "1"),
            Check("not got past", "hazard ratio, both against seed, in the seven pairs with a way past the soil drug that is not taken", "1"),
            Check("half got past", "the same seven pairs, half of the way taken", "1"),
            Check("scenarios", "pairs out of twelve in which the ratio is 0.75 or less and its interval below 1"),
        ),
        parameters=("tumour.dialogue.endothelial_support", "host.cells.immunity.macrophage_gain", "agents.*.endothelial_kill"),
        dispute="The gain differs by organ: the astrocytes' protection of brain lesions, and stroma that restrains pancreatic cancer, "
        "are where it may fail. The table of scenarios names them. Five pairs have no bypass here: nothing stands in for the shelter of "
        "astrocytes, for stroma, or against woken macrophages, which need no antigen. A smaller dose would be no resistance.",
    ),
)  # fmt: skip
