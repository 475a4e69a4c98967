"""F2, F3: platelets about cells in the blood: mice without them, and mice under aspirin before cells come and after."""

from __future__ import annotations

from typing import Any

from seedsoil.evidence.bench import Order, cohort, counted
from seedsoil.evidence.claim import Ablation, Band, Check, Claim, Direction, Finding, Setting
from seedsoil.evidence.estimates import ratio
from seedsoil.trial.trial import Trial

#: Aspirin in water, 12 mg a kilogram and day.
_ASPIRIN = {"give": "aspirin", "dose": "12 mg/kg", "every": "1 day"}
_SEEN = "0.05 mm"


def _without_platelets(setting: Setting) -> Finding:
    """Colonies and cells at rest in mice without platelets over those in mice that have them."""
    orders: list[Order] = [
        {"inject": "1e5 cells", "into": "veins", "at": "0 days"},
        {"count": "label", "at": ["10 minutes", "1 day"]},
        {"count": "colonies", "at": "14 days", "size": _SEEN},
    ]
    usual, bare = (
        cohort(
            setting, animals=setting.animals(15, 40), tumour="b16_melanoma", host="mouse", until="15 days", arms={"vein": orders},
            without=without,
        )
        for without in ((), ("platelets",))
    )  # fmt: skip
    colonies = [counted(trial, "colonies", "vein", site="lung") for trial in (usual, bare)]
    checks = {name: ratio(_label(bare, day), _label(usual, day)) for name, day in (("arrest", 0), ("held", 1))}
    return Finding(
        ratio(colonies[1], colonies[0]),
        len(colonies[0]),
        checks,
        {"lung colonies": {"with platelets": colonies[0].tolist(), "without": colonies[1].tolist()}},
    )


def _label(trial: Trial, day: int) -> Any:
    """Return the cells with a label in the lung of each mouse, on the first of both days or the second."""
    return counted(trial, "label", "vein", order=day, site="lung", of=2)


def _aspirin(setting: Setting) -> Finding:
    """Lucotti 2019: aspirin from two days before the cells come, or from a week after, against none."""
    given: dict[str, list[Order]] = {
        "control": [],
        "before": [_ASPIRIN | {"start": "5 days"}],
        "after": [_ASPIRIN | {"start": "14 days"}],
    }
    trial = cohort(
        setting, animals=setting.animals(20, 60), tumour="b16_f10", host="mouse", until="22 days",
        arms={name: [*drug, {"inject": "1e5 cells", "into": "veins", "at": "7 days"},
                     {"count": "colonies", "at": "21 days", "size": _SEEN}] for name, drug in given.items()},
    )  # fmt: skip
    control, before, after = (counted(trial, "colonies", arm, site="lung") for arm in given)
    return Finding(
        ratio(before, control),
        len(control),
        {"after": ratio(after, control)},
        {"lung colonies": {"control": control.tolist(), "before": before.tolist(), "after": after.tolist()}},
    )


CLAIMS = (
    Claim(
        id="F2",
        statement="Clumps of platelets about them help tumour cells to stay where they are stranded.",
        sources=("gasic_1968", "palumbo_2000", "palumbo_2005"),
        setup="1e5 B16 cells into a vein of mice with platelets and without; cells in the lung by their label after ten minutes and a day, "
        "colonies by microscope after 14 days. The mice without lack platelets altogether, where Palumbo's lacked fibrinogen.",
        observable="lung colonies without platelets over those with them",
        unit="1",
        band=Band(0.0, 0.5),
        direction=Direction("below", 1.0),
        ablation=Ablation("no natural killer cells", "what platelets ward off is not there, and only their hold is left", ("natural killer cells",)),
        experiment=_without_platelets,
        checks=(
            Check("arrest", "cells at rest after ten minutes, without platelets over with them", "1", Band(0.8, 1.2)),
            Check("held", "the same after a day", "1"),
        ),
        parameters=("tumour.spread.platelet_cloak: fitted to Palumbo 2005", "tumour.spread.platelet_grip: assumed"),
    ),
    Claim(
        id="F3",
        statement="Aspirin keeps platelets from it: mice get fewer experimental metastases, and those that are there do not mind.",
        sources=("gasic_1973", "lucotti_2019"),
        setup="Aspirin 12 mg/kg a day (recalled) to mice from two days before 1e5 B16-F10 cells go into a vein, or from a week after; "
        "lung colonies by microscope two weeks after the cells.",
        observable="lung colonies with aspirin from before over those without",
        unit="1",
        direction=Direction("below", 1.0),
        ablation=Ablation("no platelets", "aspirin has nothing to hold: mice without platelets fare alike with it and without", ("platelets",)),
        experiment=_aspirin,
        checks=(Check("after", "lung colonies with aspirin from a week after over those without", "1", Band(0.9, 1.1)),),
        parameters=("agents.aspirin.blocks.platelet.half: assumed", "agents.aspirin.distribution.effect_half_life", "tumour.spread.platelet_cloak"),
    ),
)  # fmt: skip
