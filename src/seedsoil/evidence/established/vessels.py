"""G2, G4 to G7: vessels that are pruned, ripen or lose their pericytes, and what they bring to a lesion then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.soils.vessels import (
    CONSTANTS,
    PERICYTES_LOST,
    VEGF_BLOCKED,
    VESSEL_SIGNALS,
    extracted,
    hypoxia,
    tone,
    vessel_step,
)
from seedsoil.catalogue.load import entry
from seedsoil.evidence.bench import column, lesions_of_each
from seedsoil.evidence.claim import Ablation, Band, Chart, Check, Claim, Direction, Figure, Finding, Setting
from seedsoil.evidence.estimates import again, mean, ratio
from seedsoil.evidence.vasculature.mice import orthotopic, weights
from seedsoil.evidence.vasculature.perfused import pools, reached
from seedsoil.trial.trial import Trial

Floats = NDArray[np.float64]
#: Step of the vessels' law, and the time after which it is at rest [day].
_STEP, _REST = 0.05, 600.0
#: Days of the antibody after which a tumour is read.
_DAYS = (1, 2, 3, 4, 5, 6, 8, 11, 28)
#: Bevacizumab at the trough of 5 mg/kg every two weeks, and at 15 mg/kg, soon after [mg/L].
_TROUGH, _HIGH = 80.0, 320.0


def _followed(days: float, slow: float = 1.0, **signals: float) -> dict[str, Floats]:
    """Vessels of a lesion from its rest on, under signals: day, perfusion, oxygen (share in reach) and leak, by formula."""
    law = np.array([float(getattr(entry("vessels", "two_pool"), name)) for name in CONSTANTS])
    young, ripe, leaky, reach = (
        law[CONSTANTS.index(name)] for name in ("immature_perfusion", "mature_perfusion", "mature_leak", "oxygen_reach")
    )
    rows, pools = np.zeros(VESSEL_SIGNALS), (0.1, 0.1)
    held = signals.get("bevacizumab", 0.0) / float(entry("agents", "bevacizumab").blocks[0].half)
    found: list[tuple[float, ...]] = []
    for step in range(round(_REST / _STEP) + round(days / _STEP) + 1):
        day = step * _STEP - _REST
        rows[VEGF_BLOCKED] = held if day >= 0.0 else 0.0
        rows[PERICYTES_LOST] = signals.get("pericytes", 0.0) if day >= 0.0 else 0.0
        vessels = young * pools[0] + ripe * pools[1]
        flow = tone(rows[VEGF_BLOCKED], law) if found else 1.0  # the first row is the lesion as it was
        perfusion, lack = vessels * flow, hypoxia(vessels * extracted(flow, law), 0.0, reach)
        if day >= -_STEP / 2:
            found.append((day, perfusion, 1.0 - lack, pools[0] + leaky * pools[1]))
        pools = vessel_step(*pools, lack, 1.0, 1.0, rows, 0.0, _STEP, slow, law)  # type: ignore[no-untyped-call]
    columns = np.array(found).T
    return dict(zip(("day", "perfusion", "oxygen", "leak"), columns, strict=True))


def _on(followed: Mapping[str, Floats], what: str, day: float) -> float:
    """Level on a day over that at the start."""
    return float(followed[what][round(day / _STEP)] / followed[what][0])


def _window(setting: Setting) -> Finding:
    """Winkler 2004: an antibody of 40 mg/kg every third day in mice: how long the tumour has more oxygen than before, and how leaky it is."""
    mice = setting.animals(2, 6)
    level = {name: np.ones((1, mice)) for name in ("oxygen", "perfusion", "leak")}
    for day in _DAYS:
        reading = _under(setting, mice, day)
        level = {name: np.vstack((level[name], reading[name])) for name in level}
    days, usual = np.array([0.0, *_DAYS]), _followed(28.0, bevacizumab=_TROUGH)
    better = usual["day"][usual["oxygen"] > usual["oxygen"][0] + 1e-9]
    on = {day: place for place, day in enumerate(days.tolist())}
    return Finding(
        mean([_crossing(days, one) for one in level["oxygen"].T]),
        mice,
        {
            "oxygen": mean(level["oxygen"].max(axis=0)),
            "permeability": mean(level["leak"][on[4.0]]),
            "later": mean(level["oxygen"][on[28.0]]),
            "at rest": Figure.exact(float(better.max()) if better.size else 0.0),
            "imatinib": Figure.exact(_on(_followed(4.0, pericytes=0.33), "leak", 4.0)),
        },
        {"course": {"day": days.tolist()} | {name: rows.mean(axis=1).tolist() for name, rows in level.items()}},
        (
            Chart("VEGF blocked from day 0", "Day", "Level over the start", {
                name: {"x": days.tolist(), "y": rows.mean(axis=1).tolist()} for name, rows in level.items()
            }),
        ),
    )  # fmt: skip


def _under(setting: Setting, mice: int, day: int) -> dict[str, Floats]:
    """Return oxygen (share in reach), perfusion and leak of each mouse's tumour after so many days of the antibody, over those before."""
    drug = [{"give": "bevacizumab", "dose": "40 mg/kg", "every": "3 days", "start": "0 days"}]
    unripe: dict[str, Any] = {"vessels": {"maturation": "0 /day"}} if setting.ablated else {}
    until, off = "1 day" if day == 1 else f"{day} days", ("burden death",)
    trial = orthotopic(setting, mice, "l36pl", until, {"antibody": drug}, size="3 mm", without=off, **unripe)
    found = []
    for mouse in range(mice):
        story = trial.patient(mouse, "antibody")
        course = (1.0 - story.hypoxia[:, 0], story.vessels[:, 0], story.leak[:, 0])
        found.append([level[-1] / level[np.flatnonzero(story.days <= 0.0)[-1]] for level in course])
    return dict(zip(("oxygen", "perfusion", "leak"), np.array(found).T, strict=True))


def _crossing(days: Floats, level: Floats) -> float:
    """Return the day on which a level that rose comes back to where it was, between readings by a straight line; 0 if it never rose."""
    above = np.flatnonzero(level > 1.0 + 1e-9)
    if not above.size or above[-1] == level.size - 1:
        return float(days[above[-1]]) if above.size else 0.0
    last = int(above[-1])
    return float(np.interp(1.0, level[[last + 1, last]], days[[last + 1, last]]))


def antibody(setting: Setting) -> Finding:
    """Bevacizumab before an antibody and a small drug: what reaches SKOV-3 six days later."""
    mice = setting.animals(6, 12)
    drug = [{"give": "bevacizumab", "dose": "5 mg/kg", "start": "0 days", "every": "84 hours"}]
    trial = orthotopic(setting, mice, "skov3ip1", "7 days", {"none": [], "bevacizumab": drug}, size="3 mm")
    mouse_host = entry("hosts", "mouse")
    share, pericytes = ({name: np.zeros(mice) for name in trial.arms} for _ in range(2))
    small = {name: np.zeros(mice) for name in trial.arms}
    for name in trial.arms:
        for mouse in range(mice):
            story = trial.patient(mouse, name)
            fed, leak = float(story.vessels[-1, 0]), float(story.leak[-1, 0])
            immature, mature = pools(story, trial.plan.vessels)
            share[name][mouse] = reached(mouse_host, "irinotecan" if setting.ablated else "cetuximab", fed, leak)
            small[name][mouse] = reached(mouse_host, "irinotecan", fed, leak)
            pericytes[name][mouse] = mature / (immature + mature)
    return Finding(
        ratio(share["bevacizumab"], share["none"]),
        mice,
        {
            "small over antibody": again(
                (small["bevacizumab"], small["none"], share["bevacizumab"], share["none"]),
                lambda a, b, c, d: float((1.0 - a.mean() / b.mean()) / (1.0 - c.mean() / d.mean() + 1e-12)),
            ),
            "pericytes": ratio(pericytes["bevacizumab"], pericytes["none"]),
        },
        {"share in tissue": {f"antibody, {name}": level.tolist() for name, level in share.items()}},
    )


def docetaxel(setting: Setting) -> Finding:
    """Bevacizumab in patients: perfusion of a lung cancer's vessels five hours and four days later."""
    slow = float(entry("hosts", "adult").vascular_timescale)
    course = _followed(28.0, slow=slow, bevacizumab=0.0 if setting.ablated else _HIGH)
    shown = slice(None, None, 10)
    return Finding(
        Figure.exact(_on(course, "perfusion", 4.0)),
        1,
        {
            "five hours": Figure.exact(_on(course, "perfusion", 0.2)),
            "two weeks": Figure.exact(_on(course, "perfusion", 14.0)),
            "four weeks": Figure.exact(_on(course, "perfusion", 28.0)),
        },
        {"course": {name: level[shown].tolist() for name, level in course.items()}},
    )


#: A drug that takes pericytes and nothing else, in place of mice that lose them by a gene.
_LOSS: dict[str, Any] = {"name": "pericyte_loss", "title": "Loss of pericytes", "routes": ["iv"]}


def _assumed(number: float, unit: str = "1") -> dict[str, Any]:
    return {"value": number, "unit": unit, "grade": "assumed", "source": "assumed"}


def _pericytes(setting: Setting, rescue: bool) -> tuple[Trial, dict[str, Floats]]:
    """Arms without and with loss of seven tenths of the pericytes, and with Ang2 blocked besides; metastases that the primary founded, by mouse."""
    shelf = _LOSS | {
        "barrier_passage": _assumed(1),
        "distribution": {"clearance": _assumed(1e-4, "L/day"), "volume": _assumed(70, "L")},
        "blocks": [{"target": "pericyte", "half": _assumed(3.0 / 7.0, "mg/L")}],
        "toxicity": {"daily_limit": {"iv": _assumed(1e5, "mg/m^2")}},
    }
    # A level of 1 mg/L that stays takes seven tenths of them.
    loss = {"give": "pericyte_loss", "dose": "1 mg/kg", "every": "1 day", "times": 1, "start": "0 days"}
    # An antibody that binds nothing is none.
    dose = "0.00001 mg/kg" if setting.ablated and rescue else "10 mg/kg"
    antibody = {"give": "anti_ang2", "dose": dose, "every": "3 days", "start": "0 days"}
    trial = orthotopic(
        setting, setting.animals(80, 200), "km12sm", "14 days",
        {"none": [], "loss": [loss], **({"rescue": [loss, antibody]} if rescue else {})}, size="5 mm", catalogue={"agents": {"pericyte_loss": shelf}},
    )  # fmt: skip
    founded = {}
    for arm in trial.arms:
        later = (column(trial, "lesions", "arrival_day", arm) > 0.0) & (column(trial, "lesions", "parent", arm) == 0)
        founded[arm] = lesions_of_each(trial, later, arm)
    return trial, founded


def _lost(setting: Setting) -> Finding:
    """Metastases founded under loss of pericytes, over those without."""
    trial, founded = _pericytes(setting, rescue=False)
    lack = {arm: np.array([trial.patient(mouse, arm).hypoxia[-1, 0] for mouse in range(4)]) for arm in ("none", "loss")}
    return Finding(
        ratio(founded["loss"], founded["none"]),
        trial.plan.patients,
        {
            "hypoxia": ratio(lack["loss"], lack["none"]),
            "weight": ratio(weights(trial, "loss"), weights(trial, "none")),
        },
        {"metastases founded": {arm: found.tolist() for arm, found in founded.items()}},
    )


def _rescued(setting: Setting) -> Finding:
    """Metastases founded and weight under loss of pericytes with Ang2 blocked, over loss alone."""
    trial, founded = _pericytes(setting, rescue=True)
    return Finding(
        ratio(founded["rescue"], founded["loss"]),
        trial.plan.patients,
        {
            "weight": ratio(weights(trial, "rescue"), weights(trial, "loss")),
            "untreated": ratio(founded["rescue"], founded["none"]),
        },
        {"metastases founded": {arm: found.tolist() for arm, found in founded.items()}},
    )


CLAIMS = (
    Claim(
        id="G2",
        statement="Vessels of tumours become normal for a time: the unripe ones are pruned, and the rest leak less.",
        sources=("winkler_2004", "imatinib_mri_2008"),
        setup="L3.6pl of 3 mm in the pancreas of nude mice, for U87 in their brain; from day 0 bevacizumab 40 mg/kg every third day, the dose "
        "of the study's antibody against the receptor. Tumours are read on nine days; 2 to 6 mice. By formula besides: a lesion at rest "
        "at the trough of 5 mg/kg every two weeks (80 mg/L), and a third of the pericytes lost, as by imatinib.",
        observable="day until which more of the lesion has oxygen than before",
        unit="day",
        band=Band(1.0, 6.0),
        direction=Direction("above", 0.0),
        ablation=Ablation("vessels do not ripen", "without pericytes that attach, pruning leaves the lesion with less oxygen at once"),
        experiment=_window,
        checks=(
            Check("oxygen", "share with oxygen at best, over the start", "1", Band(1.001, 10.0)),
            Check("permeability", "leak on day 4 over the start", "1", Band(0.0, 0.999)),
            Check("later", "share with oxygen after four weeks, over the start", "1", Band(0.0, 0.999)),
            Check("at rest", "the same day in a lesion that does not grow, at a trough of patients", "day"),
            Check("imatinib", "leak with a third of the pericytes lost, over the start (0.65 was measured)", "1"),
        ),
        parameters=("vessels.maturation", "vessels.immature_loss", "vessels.vegf_tone: fitted"),
    ),
    Claim(
        id="G4",
        statement="Vessels made normal by bevacizumab let less antibody into a tumour.",
        sources=("arjaans_2013",),
        setup="SKOV3ip1 of 3 mm in nude mice, bevacizumab 5 mg/kg twice a week or none; on day 7 the steady share in tissue of an "
        "antibody (cetuximab's wall and loss) and of a small drug (irinotecan's), by the lesion's flow and leak; 6 to 12 mice.",
        observable="antibody in the tumour, with bevacizumab over without",
        unit="1",
        band=Band(0.5, 0.9),
        direction=Direction("below", 0.9),
        ablation=Ablation("the antibody passes walls like a small drug", "it then follows perfusion, and the wall that leaks less does not matter"),
        experiment=antibody,
        checks=(
            Check("small over antibody", "loss of the small drug over loss of the antibody", "1", Band(-10.0, 0.999)),
            Check("pericytes", "share of vessels with pericytes, with over without", "1", Band(1.001, 100.0)),
        ),
        parameters=("vessels.mature_leak", "agents.cetuximab.delivery.permeability", "agents.bevacizumab.blocks.vegf.half: fitted"),
    ),
    Claim(
        id="G5",
        statement="After an antibody against VEGF less chemotherapy reached the tumour.",
        sources=("van_der_veldt_2012", "anti_vegf_irinotecan"),
        setup="A lung cancer's vessels at rest by the law of the two pools, in human time; bevacizumab after 15 mg/kg (320 mg/L) from day 0. "
        "A small drug follows perfusion.",
        observable="perfusion on day 4 over that before",
        unit="1",
        band=Band(0.6, 0.9),
        direction=Direction("below", 1.0),
        ablation=Ablation("VEGF is not blocked", "without the antibody vessels stay as they are"),
        experiment=docetaxel,
        checks=(
            Check("five hours", "perfusion after five hours over that before", "1", Band(0.6, 0.9)),
            Check("two weeks", "perfusion after two weeks over that before", "1"),
            Check("four weeks", "perfusion after four weeks over that before", "1"),
        ),
        parameters=("vessels.vegf_tone: fitted", "agents.bevacizumab.blocks.vegf.half: fitted", "host.vascular_timescale"),
        dispute="In one xenograft uptake of irinotecan tended to rise. Here vessels narrow at once and unripe ones ripen within days, "
        "so that uptake falls, comes back, and falls again within weeks.",
    ),
    Claim(
        id="G6",
        statement="In established, hypoxic tumours loss of pericytes raised Ang2, and with it metastasis.",
        sources=("keskin_2015", "cooke_2012", "holopainen_2012"),
        setup="KM12SM of 5 mm in the colon of nude mice, the most hypoxic line of the catalogue, for the mammary cancers of mice; "
        "seven tenths of the pericytes lost for two weeks or none; metastases founded by the primary in that time, 80 to 200 mice an arm.",
        observable="metastases founded, with loss of pericytes over without",
        unit="1",
        direction=Direction("above", 1.0),
        ablation=Ablation("pericytes do not matter", "their loss changes no vessel", ("pericytes",)),
        experiment=_lost,
        checks=(
            Check("hypoxia", "hypoxic share of the tumour, with loss over without", "1"),
            Check("weight", "mean tumour weight, with loss over without", "1"),
        ),
        parameters=("vessels.ang2_pericyte_loss", "vessels.ang2_opening: assumed", "tumour.hypoxic_shedding_gain"),
    ),
    Claim(
        id="G7",
        statement="With Ang2 blocked as well, loss of pericytes left vessels stable, and lowered growth and metastasis.",
        sources=("keskin_2015",),
        setup="As G6; an antibody against Ang2, 10 mg/kg every third day, beside the loss of pericytes.",
        observable="metastases founded, with Ang2 blocked over loss alone",
        unit="1",
        direction=Direction("below", 1.0),
        ablation=Ablation("the antibody binds no Ang2", "what a loss of pericytes does then stands as it is"),
        experiment=_rescued,
        checks=(
            Check("weight", "mean tumour weight, with Ang2 blocked over loss alone", "1"),
            Check("untreated", "metastases founded, with both over none", "1"),
        ),
        parameters=("vessels.ang2_pericyte_loss", "vessels.ang2_opening: assumed", "agents.anti_ang2.blocks.ang2.half"),
    ),
)  # fmt: skip
