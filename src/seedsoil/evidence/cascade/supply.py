"""B4, B5, B10: micrometastases with and without vessels, with much VEGF and little, seen by lymphocytes and not."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.soils.vessels import cells_of, diameter
from seedsoil.evidence.bench import cohort, column
from seedsoil.evidence.claim import Ablation, Band, Chart, Check, Claim, Direction, Figure, Finding, Setting
from seedsoil.evidence.estimates import again, median, share
from seedsoil.trial.trial import Trial

Floats = NDArray[np.float64]

_BARE = ("sprouting", "co-option")
#: VEGF that a tumour makes over what host and agents hold back.
_BALANCES = (0.5, 0.71, 1.0, 1.41, 2.0)
#: And over a range that is wide enough to show where they level off: each is twice the one before.
_DOUBLED = (0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
_LARGE = 1.0
#: Colonies are still smaller than a millimetre, and lack no oxygen that would call for VEGF [day]; they have come to rest.
_EARLY, _LATE = 56.0, "84 days"
#: A line that lymphocytes see as well as they can.
_SEEN = {"visibility": {"antigen": "1", "checkpoint": "0"}}


def _seeded(
    setting: Setting, animals: int, until: str, without: Sequence[str], changes: Mapping[str, Any] | None = None
) -> Trial:
    """Let B16 cells go in a vein of mice, and follow the colonies of their lungs; they do not spread from there."""
    return cohort(
        setting, animals=animals, tumour={"is": "b16_melanoma", **(changes or {})}, host="mouse", until=until,
        without=("burden death", "reseeding", *without),
        arms={"vein": [{"inject": "2e4 cells", "into": "veins", "at": "0 days"}]},
    )  # fmt: skip


def _stall(setting: Setting) -> Finding:
    """Colonies without vessels of the host that switch sprouting on one by one: where they rest, and how they go on."""
    animals = setting.animals(4, 12)
    trial = _seeded(setting, animals, "98 days", ("co-option",), {"angiogenic_switch_rate": "0.01 /day"})
    resting: list[float] = []
    turnover: list[float] = []
    switched: list[float] = []
    tumour = trial.plan.patient.tumour
    for animal in range(animals):
        story = trial.patient(animal, "vein")
        fate, sprouts = (np.asarray(story.lesions[name]) for name in ("fate", "vascular"))
        month = int(np.searchsorted(story.days, story.days[-1] - 28.0))
        for lesion in np.flatnonzero((fate == "growing") & (np.asarray(story.lesions["site"]) == "lung")):
            last, before = float(story.cells[-1, lesion]), float(story.cells[month, lesion])
            if sprouts[lesion]:
                switched.append(diameter(last))
            elif before > 0.0:
                resting.append(diameter(last))
                growth = math.log(last / before) / float(story.days[-1] - story.days[month])
                lack = float(story.hypoxia[month:, lesion].mean())
                turnover.append(1.0 + growth / (float(tumour.death_rate) + float(tumour.hypoxic_death_rate) * lack))
    return Finding(
        median(resting),
        len(resting),
        {
            "births over deaths": median(turnover),
            "switched over resting": again((switched, resting), lambda one, other: float(np.median(one) / np.median(other))),
        },
        {"resting": {"diameter [mm]": resting}, "switched": {"diameter [mm]": switched}},
    )  # fmt: skip


def _balance(setting: Setting) -> Finding:
    """Vessels of B16 colonies of the lung by the VEGF that they make, against what holds it back."""
    animals = setting.animals(4, 10)
    density: dict[float, list[float]] = {}
    later: dict[float, list[float]] = {}
    for balance in sorted({*_BALANCES, *_DOUBLED}):
        trial = _seeded(setting, animals, _LATE, ("co-option",), {"dialogue": {"vegf_output": f"{balance:g}"}})
        density[balance] = [_vessels(trial, animal, _EARLY) for animal in range(animals)]
        later[balance] = [_vessels(trial, animal) for animal in range(animals)]
    wide = [float(np.mean(density[balance])) for balance in _DOUBLED]
    low, high = density[_BALANCES[0]], density[_BALANCES[-1]]
    means = [float(np.mean(density[balance])) for balance in _BALANCES]
    slopes = [
        float(np.log(b / a) / np.log(y / x)) if a > 0 else 0.0
        for (a, b), (x, y) in zip(pairwise(means), pairwise(_BALANCES), strict=True)
    ]  # fmt: skip
    return Finding(
        again((high, low), _fold),
        animals,
        {
            "steepest": Figure.exact(max(slopes)),
            "sigmoid": Figure.exact(float(_sigmoid(wide))),
            "later": again((later[_BALANCES[-1]], later[_BALANCES[0]]), _fold),
        },
        {"means": {"balance": list(_BALANCES), "vessels": means}, "wide": {"balance": list(_DOUBLED), "vessels": wide}},
        (Chart("Vessels by the balance of VEGF", "VEGF made over held back", "Vessels of the tumour",
               {"mean": {"x": list(_DOUBLED), "y": wide}}, log_x=True),),
    )  # fmt: skip


def _sigmoid(vessels: Sequence[float]) -> bool:
    """Say whether vessels rise with each doubling, most of all in the middle: more than in the first and in the last."""
    rises = np.diff(vessels)
    return bool((rises >= 0.0).all() and rises.max() > max(rises[0], rises[-1]))


def _fold(high: Floats, low: Floats) -> float:
    return float(high.mean() / low.mean()) if low.mean() > 0 else math.nan


def _vessels(trial: Trial, animal: int, day: float = math.inf) -> float:
    """Return the vessels of the colonies of a lung on a day, young and ripe, against those of host tissue; their mean."""
    story, law = trial.patient(animal, "vein"), trial.plan.vessels
    place = int(np.searchsorted(story.days, day, "right")) - 1
    there = (np.asarray(story.lesions["fate"]) == "growing") & (np.asarray(story.lesions["site"]) == "lung")
    young, all_ = story.young_vessels[place, there], story.vessels[place, there]
    return float(np.mean(young / float(law.immature_perfusion) + (all_ - young) / float(law.mature_perfusion)))


def _needs(setting: Setting) -> Finding:
    """Colonies in the lung with vessels and without, hidden from lymphocytes and not: how many grow past a millimetre?"""
    animals = setting.animals(4, 12)
    cases = {
        "both": ((), None),
        "vessels alone": ((), _SEEN),
        "evasion alone": (_BARE, None),
        "neither": (_BARE, _SEEN),
    }
    found: dict[str, Figure] = {}
    lesions = 0
    for name, (without, changes) in cases.items():
        if setting.ablated and name != "both":
            continue
        trial = _seeded(setting, animals, "77 days", without, changes)
        there = (column(trial, "lesions", "site") == "lung") & (column(trial, "lesions", "lesion") >= 0)
        largest = column(trial, "lesions", "largest_cells")[there]
        found[name] = share(int((largest >= cells_of(_LARGE)).sum()), int(largest.size))
        lesions = lesions or int(largest.size)
    checks = {name: figure for name, figure in found.items() if name != "both"}
    if checks:
        neither, both = found["neither"].value, found["both"].value
        between = all(neither < found[name].value < both for name in ("vessels alone", "evasion alone"))
        checks["in between"] = Figure.exact(float(between))
    return Finding(found["both"], lesions, checks)


CLAIMS = (
    Claim(
        id="B4",
        statement="A mass of tumour cells has to have vessels before it can grow wider than about a millimetre.",
        sources=("folkman_1971",),
        setup="B16 cells in a vein of mice, colonies of the lung that use no vessel of the host and switch their own on at 0.01 a day; those "
        "not yet switched on after 14 weeks, and those that are.",
        observable="diameter of colonies without vessels, median",
        unit="mm",
        band=Band(0.5, 2.0),
        ablation=Ablation("cells need no oxygen", "lack of oxygen neither slows division nor kills: nothing makes the colony rest", ("hypoxia",)),
        experiment=_stall,
        checks=(
            Check("births over deaths", "births over deaths in the last four weeks of those without vessels", "1", Band(0.9, 1.1)),
            Check("switched over resting", "diameter of those with vessels over those without", "1", Band(1.0, math.inf)),
        ),
        parameters=("tumour.diffusion_rim", "tumour.hypoxic_death_rate"),
    ),
    Claim(
        id="B5",
        statement="Whether a net of capillaries forms hangs on the balance of what calls vessels and what holds them back.",
        sources=("yano_2000",),
        setup="B16 colonies in the lungs of mice, which borrow no vessel; VEGF made over what holds it back from 0.5 to 2 in five steps, and from 1/8 to 8. "
        "Vessels after eight weeks, when colonies are smaller than a millimetre and the line's own switch is at work; and after twelve, at rest.",
        observable="vessels at a balance of 2 over those at 0.5",
        unit="1",
        band=Band(3.0, math.inf),
        direction=Direction("above", 1.0),
        ablation=Ablation("no vessel sprouts", "whatever the balance, nothing answers to VEGF", ("sprouting",)),
        experiment=_balance,
        checks=(
            Check("sigmoid", "1 if vessels rise with each doubling of the balance from 1/8 to 8, and most within that range", "1", Band(1.0, 1.0)),
            Check("steepest", "steepest rise of log vessels with log balance", "1"),
            Check("later", "vessels at a balance of 2 over those at 0.5, four weeks later", "1"),
        ),
        parameters=(
            "tumour.angiogenic_switch_rate: assumed", "vessels.sprouting_half", "vessels.crowding",
            "vessels.vegf_hypoxic: lack of oxygen calls for more",
        ),
    ),
    Claim(
        id="B10",
        statement="Micrometastases go on growing only with a supply of blood, and where the host's defence does not reach them.",
        sources=("folkman_1971", "cameron_2000"),
        setup="B16 cells in a vein of mice, colonies of the lung after eleven weeks: with vessels and without any, as the line is seen by "
        "lymphocytes and as one with full antigen and no checkpoint.",
        observable="share of colonies that grew wider than 1 mm, with vessels and hidden",
        unit="1",
        band=Band(0.5, 1.0),
        ablation=Ablation("no vessels", "neither sprouts nor borrowed ones: oxygen ends the growth", _BARE),
        experiment=_needs,
        checks=(
            Check("neither", "the same, without vessels and seen", "1", Band(0.0, 0.05)),
            Check("in between", "1 if each alone lies between", "1", Band(1.0, 1.0)),
            Check("vessels alone", "the same, with vessels and seen", "1"),
            Check("evasion alone", "the same, without vessels and hidden", "1"),
        ),
        parameters=("tumour.visibility.antigen", "host.cells.immunity.kill_rate", "tumour.angiogenic_switch_rate"),
    ),
)  # fmt: skip
