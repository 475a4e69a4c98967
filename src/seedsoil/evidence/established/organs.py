"""G8, G9: the same drug against vessels does one thing to a primary, another to metastases, and differs by organ and dose."""

from __future__ import annotations

import numpy as np

from seedsoil.evidence.bench import cohort, column, counted
from seedsoil.evidence.claim import Ablation, Band, Check, Claim, Direction, Figure, Finding, Setting
from seedsoil.evidence.estimates import mean, ratio
from seedsoil.evidence.vasculature.mice import course, orthotopic, relative

#: Mice were given more of it than people bear.
_BORNE = {"sunitinib": {"toxicity": {"daily_limit": {"oral": "2000 mg/m^2"}}}}
_ORGANS = ("colon", "liver", "brain")
_DOSES = ("0.02", "0.1", "0.5", "5", "20")


def _before(setting: Setting) -> Finding:
    """Sunitinib for a week before cells are injected, and on a tumour that is there."""
    mice = setting.animals(12, 30)
    inject = [
        {"inject": "1e5 cells", "into": "veins", "at": "8 days"},
        {"count": "colonies", "at": "28 days", "size": "0.05 mm"},
    ]
    strong = {"give": "sunitinib", "dose": "120 mg/kg", "every": "1 day", "start": "0 days", "times": 7}
    trial = cohort(
        setting, animals=mice, tumour="b16_f10", host="mouse", until="29 days",
        arms={"control": inject, "primed": [strong, *inject]}, agents=_BORNE,
    )  # fmt: skip
    control, primed = (counted(trial, "colonies", arm) for arm in ("control", "primed"))
    tables = {"colonies": {"control": control.tolist(), "primed": primed.tolist()}}
    if setting.ablated:
        return Finding(ratio(primed, control), mice, {}, tables)
    arms = {"none": [], "drug": [course("sunitinib", "60 mg/kg", "1 day")]}
    grown = orthotopic(setting, mice, "b16_f10", "14 days", arms, size="2 mm", host="mouse", agents=_BORNE)
    return Finding(
        ratio(primed, control),
        mice,
        {"primary": relative(grown, "drug", "none"), "lived": mean(column(trial, "patients", "end_day", "primed"))},
        tables,
    )


def _map(setting: Setting) -> Finding:
    """Bevacizumab at several doses beside irinotecan, in a lesion of several organs: its weight over irinotecan alone."""
    mice = setting.animals(8, 20)
    drug = course("irinotecan", "10 mg/kg", "7 days")
    rows: dict[str, list[object]] = {"organ": [], "mg/kg": [], "weight ratio": [], "low": [], "high": []}
    gains = losses = 0
    for organ in _ORGANS:
        arms = {"alone": [drug]}
        arms |= {
            f"dose{number}": [drug, course("bevacizumab", f"{dose} mg/kg", "84 hours")]
            for number, dose in enumerate(_DOSES)
        }
        trial = orthotopic(setting, mice, {"is": "km12sm", "site": organ}, "28 days", arms, size="1 mm")
        for number, dose in enumerate(_DOSES):
            found = relative(trial, f"dose{number}", "alone")
            for name, cell in zip(rows, (organ, float(dose), found.value, found.low, found.high), strict=True):
                rows[name].append(cell)
            gains += found.high < 1.0
            losses += found.low > 1.0
    return Finding(
        Figure.exact(min(gains, losses)),
        mice * len(_ORGANS),
        {"gains": Figure.exact(gains), "losses": Figure.exact(losses)},
        {"map": {name: list(cells) for name, cells in rows.items()}},
    )


CLAIMS = (
    Claim(
        id="G8",
        statement="What a drug against vessels does to a primary must be told apart from what it does to metastases.",
        sources=("ebos_2009",),
        setup="Sunitinib 120 mg/kg a day for a week, or none, then 1e5 B16-F10 cells into a vein of mice, colonies three weeks "
        "later; sunitinib 60 mg/kg a day for two weeks on a tumour of 2 mm in the skin; 12 to 30 mice an arm.",
        observable="colonies after a week of the drug, over those after none",
        unit="1",
        direction=Direction("above", 1.0),
        ablation=Ablation("the host's vessels are not changed", "the drug then cannot ready other organs for cells to come", ("host conditioning",)),
        experiment=_before,
        checks=(
            Check("primary", "weight of a tumour that is there, with the drug over without", "1"),
            Check("lived", "days that mice lived after a week of the drug", "day"),
        ),
        parameters=("agents.sunitinib.raises.conditioning.maximum", "agents.sunitinib.blocks.vegf.half"),
    ),
    Claim(
        id="G9",
        statement="Vessels made normal may still help chemotherapy in some organs.",
        sources=("fidler_kripke_2015",),
        setup="KM12SM of 1 mm in colon, liver or brain of nude mice; irinotecan 10 mg/kg a week, with bevacizumab at 0.02 to 20 "
        "mg/kg twice a week or without; 4 weeks, 8 to 20 mice. A place of the map gains or loses if the interval of the "
        "weight's ratio lies below or above 1.",
        observable="places of the map with a gain, or with a loss, whichever are fewer",
        unit="places",
        band=Band(1.0, np.inf),
        ablation=Ablation("no vessel sprouts", "there is nothing for the antibody to prune or to make normal", ("sprouting",)),
        experiment=_map,
        checks=(
            Check("gains", "places of the map, out of 15, with a lighter tumour by the antibody", "places"),
            Check("losses", "places of the map, out of 15, with a heavier one", "places"),
        ),
        parameters=("vessels.maturation, vessels.immature_loss", "tumour.co_option", "agents.bevacizumab.blocks.vegf.half"),
    ),
)  # fmt: skip
