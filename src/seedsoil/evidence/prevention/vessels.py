"""F4, F5, F7, F8, F9: lesions without new vessels, with more of them, young and old, and such as live on the host's."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.medicine.effect import hill
from seedsoil.biology.soils.vessels import diameter
from seedsoil.catalogue.load import entry
from seedsoil.evidence.bench import Order, cohort, column
from seedsoil.evidence.claim import Ablation, Band, Chart, Check, Claim, Direction, Figure, Finding, Setting
from seedsoil.evidence.estimates import again, mean, ratio, share
from seedsoil.evidence.vasculature.mice import course, orthotopic, relative
from seedsoil.evidence.vasculature.perfused import pools, reached
from seedsoil.experiment.history import History
from seedsoil.trial.trial import Trial

Floats = NDArray[np.float64]
#: What is told apart from single cells that never grew, and the size that Folkman's lesions do not pass [mm].
_GROWN, _SMALL = 0.2, 2.0
_ANTIBODY = {"give": "bevacizumab", "dose": "5 mg/kg"}
_READ, _TWICE_A_WEEK = "83.5 days", course("gemcitabine", "100 mg/kg", "84 hours")


def _held_small(setting: Setting) -> Finding:
    """B16-F10 lesions of the lung without new vessels, where they live on the host's vessels too and where they cannot."""
    alone, on_host = (
        _sizes(setting, *without)
        for without in ((("co-option",), ()) if setting.ablated else (("sprouting", "co-option"), ("sprouting",)))
    )
    return Finding(
        share(int((alone < _SMALL).sum()), len(alone)),
        len(alone),
        {
            "with co-option": share(int((on_host < _SMALL).sum()), len(on_host)),
            "diameter": again((alone,), lambda one: float(np.median(one)) if one.size else math.nan),
        },
        {"no host vessels": {"mm": alone.tolist()}, "host vessels": {"mm": on_host.tolist()}},
    )


def _sizes(setting: Setting, *without: str) -> Floats:
    """Return the largest diameter of each lung lesion that grew, after fourteen weeks [mm]."""
    trial = cohort(
        setting, animals=setting.animals(4, 12), tumour="b16_f10", host="mouse", until="98 days",
        without=("burden death", "background death", *without),
        arms={"vein": [{"inject": "3e3 cells", "into": "veins", "at": "0 days"}]},
    )  # fmt: skip
    lung = column(trial, "lesions", "site") == "lung"
    sizes = np.array([diameter(float(cells)) for cells in column(trial, "lesions", "largest_cells")[lung]])
    return np.asarray(sizes[sizes >= _GROWN])


def _established(setting: Setting) -> Finding:
    """A trial in breast cancer that has spread: paclitaxel with the antibody or without it, and what the antibody does to a primary."""
    drug: list[Order] = [
        {"resect": "primary", "at": "0 days"},
        {"give": "paclitaxel", "dose": "175 mg/m^2", "every": "21 days", "until": "progression"},
        {"scan": "ct", "every": "56 days"},
    ]
    antibody = {"give": "bevacizumab", "dose": "10 mg/kg", "every": "14 days", "until": "progression"}
    trial = cohort(
        setting, animals=setting.animals(16, 60), tumour="breast_er_negative", host="adult", until="3 years",
        diagnosis={"primary_diameter": "30 mm", "metastases": 1, "metastasis_diameter": "10 mm"},
        without=("background death",), arms={"paclitaxel": drug, "both": [*drug, antibody]},
    )  # fmt: skip
    lived = {arm: column(trial, "patients", "end_day", arm) for arm in trial.arms}
    died = {arm: 1.0 - column(trial, "patients", "alive", arm) for arm in trial.arms}
    return Finding(
        again((died["both"], lived["both"], died["paclitaxel"], lived["paclitaxel"]), _hazards),
        trial.plan.patients,
        {
            "survival": again(
                (lived["both"], lived["paclitaxel"]), lambda a, b: float(np.median(a) / np.median(b) - 1.0)
            ),
            "primary": mean(_shrunk(setting, "b16_melanoma", "mouse", "6 mm", "3 days")["shrunk"]),
        },
        {"days lived": {arm: days.tolist() for arm, days in lived.items()}},
    )


def _hazards(died: Floats, lived: Floats, died_without: Floats, lived_without: Floats) -> float:
    """Return the ratio of deaths per day lived; nan where nobody died without the agent."""
    without = died_without.sum() / lived_without.sum()
    return float(died.sum() / lived.sum() / without) if without > 0.0 else math.nan


def _promoted(setting: Setting) -> Finding:
    """Wong 2015: traces of cilengitide with verapamil, beside gemcitabine and alone, in a pancreatic carcinoma.

    Read half a day after the last doses, when flow is its mean of the day; before the next one it is at its lowest.
    """
    vessels: list[Order] = [{"give": "verapamil", "dose": "4 mg/kg", "every": "1 day"}]
    if not setting.ablated:
        vessels.append({"give": "cilengitide", "dose": "0.05 mg/kg", "every": "1 day"})
    drug: list[Order] = [{"give": "gemcitabine", "dose": "1 g/m^2", "every": "7 days"}]
    arms = {"none": [], "gemcitabine": drug, "both": [*drug, *vessels], "vessels": vessels}
    trial = cohort(
        setting, animals=setting.animals(4, 12), tumour="pancreas_adenocarcinoma", host="adult", until=_READ,
        diagnosis={"primary_diameter": "25 mm"}, without=("burden death", "background death"),
        arms={name: [*orders, {"scan": "ct", "every": _READ}] for name, orders in arms.items()},
    )  # fmt: skip
    last = _followed({name: _last_day(trial, name) for name in arms})
    mice = orthotopic(
        setting, setting.animals(4, 12), "l36pl", "28 days",
        {"gemcitabine": [_TWICE_A_WEEK], "both": [_TWICE_A_WEEK, *vessels]}, size="3 mm",
    )  # fmt: skip

    def against(one: str, other: str, what: str) -> Figure:
        return ratio(last[one][what], last[other][what])

    return Finding(
        against("both", "gemcitabine", "cells"),
        last["both"]["cells"].size,
        {
            "vessels": against("both", "gemcitabine", "vessels"),
            "hypoxia": against("both", "gemcitabine", "hypoxia"),
            "gemcitabine": against("both", "gemcitabine", "taken up"),
            "metastases": against("both", "gemcitabine", "spread"),
            "without gemcitabine": against("vessels", "none", "cells"),
            "counted": against("both", "gemcitabine", "counted"),
            "in mice": relative(mice, "both", "gemcitabine"),
        },
        {name: {what: values.tolist() for what, values in table.items()} for name, table in last.items()},
    )


def _last_day(trial: Trial, arm: str) -> dict[str, Floats]:
    """Return each patient's primary and metastases on the last recorded day, and what that takes up of gemcitabine."""
    rows = []
    for number in range(trial.plan.patients):
        story = trial.patient(number, arm)
        counted = sum(pools(story, trial.plan.vessels))
        rows.append((
            story.days[-1], story.cells[-1, 0], story.vessels[-1, 0], story.hypoxia[-1, 0], story.cells[-1, 1:].sum(), counted,
            _taken_up(story),
        ))  # fmt: skip
    names = ("day", "cells", "vessels", "hypoxia", "spread", "counted", "taken up")
    return dict(zip(names, np.array(rows).T, strict=True))


def _followed(last: dict[str, dict[str, Floats]]) -> dict[str, dict[str, Floats]]:
    """Return the patients whom every arm follows as far: without death by burden one may come to more lesions than can be counted."""
    days = np.array([table["day"] for table in last.values()])
    whole = np.all(days == days.max(), axis=0)
    return {arm: {name: values[whole] for name, values in table.items()} for arm, table in last.items()}


def _taken_up(story: History) -> float:
    """Return gemcitabine in tumour cells against its level in plasma, by flow, wall and carriers [1], in the hours after a dose."""
    kill = entry("agents", "gemcitabine").kill
    assert kill is not None
    assert kill.carried is not None
    level = reached(story.subject.host, "gemcitabine", float(story.vessels[-1, 0]), float(story.leak[-1, 0]))
    raised = 0.0
    for name, given in story.agents.items():
        days, found = story.concentrations[name]
        today = days >= math.floor(float(days[-1]))
        for effect in (one for one in given.raises if one.target == "uptake"):
            more = hill(found[today], float(effect.maximum), float(effect.half), float(effect.power))
            raised += float(np.trapezoid(more, days[today]) / np.ptp(days[today]))  # its first six hours
    return level * (1.0 + float(kill.carried) * raised)


def _two_histories(setting: Setting) -> Finding:
    """An antibody against VEGF for six weeks: a young tumour of a mouse, and a chronic one of a patient."""
    young = _shrunk(setting, "b16_melanoma", "mouse", "6 mm", "3 days")
    old = _shrunk(setting, "colon_adenocarcinoma", "adult", "25 mm", "14 days")
    return Finding(
        mean(young["shrunk"]),
        len(young["shrunk"]),
        {
            "chronic": mean(old["shrunk"]),
            "mature share, young": mean(young["mature"]),
            "mature share, chronic": mean(old["mature"]),
        },
        {"young": {name: values.tolist() for name, values in young.items()},
         "chronic": {name: values.tolist() for name, values in old.items()}},
    )  # fmt: skip


def _shrunk(setting: Setting, tumour: str, host: str, size: str, every: str) -> Mapping[str, Floats]:
    """Return by how much each primary has shrunk after six weeks, and its mature share of vessels before."""
    trial = cohort(
        setting, animals=setting.animals(10, 20), tumour=tumour, host=host, until="42 days",
        diagnosis={"primary_diameter": size}, without=("burden death", "background death", "metastasis"),
        arms={"antibody": [_ANTIBODY | {"every": every}]},
    )  # fmt: skip
    shrunk, mature = [], []
    for number in range(trial.plan.patients):
        story = trial.patient(number, "antibody")
        first = int(np.flatnonzero(story.days >= 0.0)[0])
        shrunk.append(1.0 - story.cells[-1, 0] / story.cells[first, 0])
        mature.append(1.0 - story.young_vessels[first, 0] / story.vessels[first, 0])
    return {"shrunk": np.array(shrunk), "mature": np.array(mature)}


def _co_opting(setting: Setting) -> Finding:
    """Liver metastases under the antibody: those that replace the liver along its vessels against those that push it."""
    trial = cohort(
        setting, animals=setting.animals(10, 20), tumour="km12sm", host="nude_mouse", until="56 days", without=("burden death",),
        arms={name: [{"inject": "5e4 cells", "into": "portal_vein", "at": "0 days"}, *orders] for name, orders in
              {"control": [], "antibody": [_ANTIBODY | {"every": "3 days", "start": "14 days"}]}.items()},
    )  # fmt: skip
    held = {pattern: _held(trial, pattern) for pattern in ("replacing", "pushing")}
    left = {pattern: again((values,), _geometric) for pattern, values in held.items()}
    return Finding(
        _fold(held["replacing"], held["pushing"]),
        sum(values.size for values in held.values()),
        {pattern: figure for pattern, figure in left.items()}
        | {"replacing share": share(held["replacing"].size, sum(values.size for values in held.values()))},
        {pattern: {"cells, antibody over control": values.tolist()} for pattern, values in held.items()},
        (
            Chart(
                "Liver metastases under the antibody", "Cells, antibody over control", "Share of lesions",
                {pattern: {"x": np.sort(values).tolist(), "y": np.linspace(0.0, 1.0, values.size).tolist()}
                 for pattern, values in held.items()}, log_x=True,
            ),
        ),
    )  # fmt: skip


def _held(trial: Trial, pattern: str) -> Floats:
    """Return cells under the antibody over cells without it, of each liver lesion that passes 2 mm without."""
    arms = []
    for arm in ("control", "antibody"):
        mine = column(trial, "lesions", "site", arm) == "liver"
        names = [column(trial, "lesions", what, arm)[mine] for what in ("patient", "key", "cells_at_end", "pattern")]
        arms.append({(int(who), int(key)): (float(cells), kind) for who, key, cells, kind in zip(*names, strict=True)})
    control, treated = arms
    return np.array([
        max(treated[name][0], 1.0) / cells for name, (cells, kind) in control.items()
        if kind == pattern and diameter(cells) >= _SMALL and name in treated
    ])  # fmt: skip


def _geometric(values: Floats) -> float:
    return math.exp(float(np.log(values).mean())) if values.size else math.nan


def _fold(one: Floats, other: Floats) -> Figure:
    """Return the ratio of two geometric means."""
    if not (one.size and other.size):
        return Figure(math.nan, math.nan, math.nan)
    return again((one, other), lambda a, b: _geometric(a) / _geometric(b))


CLAIMS = (
    Claim(
        id="F4",
        statement="Beyond a millimetre a lesion needs new vessels, so that whoever blocks them should keep metastases below what is seen.",
        sources=("folkman_1971",),
        setup="3e3 B16-F10 cells into a vein of mice, fourteen weeks, no death; new vessels blocked altogether, in lesions that cannot use the host's "
        "vessels and in such as can. Largest diameter of lung lesions of 0.2 mm or more.",
        observable="share of lesions under 2 mm, without new vessels and without the host's",
        unit="1",
        band=Band(0.9, 1.0),
        direction=Direction("above", 0.5),
        ablation=Ablation("new vessels are let grow", "the block is lifted, and lesions pass 2 mm"),
        experiment=_held_small,
        checks=(
            Check("with co-option", "the same where lesions use the host's vessels", "1", Band(0.0, 0.5)),
            Check("diameter", "median diameter without any vessels", "mm"),
        ),
        parameters=("tumour.diffusion_rim: fitted", "tumour.co_option: assumed"),
    ),
    Claim(
        id="F5",
        statement="In patients antibodies against VEGF have done less than was hoped.",
        sources=("guerin_2013", "miller_2007"),
        setup="Receptor-negative breast cancers of 30 mm with a metastasis of 10 mm or more, primary taken out, paclitaxel 175 mg/m² every three weeks until "
        "progression, with bevacizumab 10 mg/kg every two weeks or without, three years; B16 of 6 mm in mice under the antibody alone beside it.",
        observable="deaths per day lived, with the antibody over without",
        unit="1",
        band=Band(0.75, 1.0),
        ablation=Ablation(
            "VEGF alone calls vessels", "the antibody then starves metastases, and does more than was seen", ("other angiogenic factors",)
        ),
        experiment=_established,
        checks=(
            Check("survival", "gain in median survival (deaths after three years count as such)", "1", Band(0.0, 0.25)),
            Check("primary", "share of a mouse's primary that is gone after six weeks of the antibody", "1", Band(0.3, 1.0)),
        ),
        parameters=("tumour.dialogue.other_angiogenic: assumed", "agents.bevacizumab.blocks.vegf.half: fitted", "tumour.co_option: assumed", "vessels"),
    ),
    Claim(
        id="F7",
        statement="Traces of cilengitide with verapamil made more vessels, and for all that a drug did more and tumours spread less.",
        sources=("wong_2015",),
        setup="Pancreatic carcinomas of 25 mm under gemcitabine 1 g/m² a week, with cilengitide 0.05 mg/kg and verapamil 4 mg/kg a day, with these alone, or "
        "with nothing; primary and metastases after twelve weeks, half a day after the last doses. Patients stand for the study's "
        "mice; beside them L3.6pl of 3 mm in the pancreas of nude mice, gemcitabine 100 mg/kg twice a week, four weeks.",
        observable="cells of the primary, all three agents over gemcitabine",
        unit="1",
        band=Band(0.0, 0.5),
        direction=Direction("below", 1.0),
        ablation=Ablation("no cilengitide", "verapamil alone is added: nothing makes vessels sprout, or cells take up more"),
        experiment=_promoted,
        checks=(
            Check("vessels", "perfusion, all three over gemcitabine", "1", Band(1.3, math.inf)),
            Check("hypoxia", "share without oxygen, all three over gemcitabine", "1", Band(0.0, 0.7)),
            Check("gemcitabine", "gemcitabine in tumour cells by its level in blood, soon after a dose, all three over gemcitabine", "1", Band(1.3, math.inf)),
            Check("metastases", "cells of metastases, all three over gemcitabine", "1", Band(0.0, 0.5)),
            Check("without gemcitabine", "cells of the primary, cilengitide and verapamil over nothing", "1", Band(0.9, math.inf)),
            Check("counted", "vessels whether much flows through them or little, all three over gemcitabine", "1"),
            Check("in mice", "mean weight of L3.6pl, all three over gemcitabine", "1"),
        ),
        parameters=(
            "agents.cilengitide.raises.uptake.maximum: assumed", "agents.cilengitide.raises.sprouting.maximum: assumed",
            "agents.verapamil.raises.flow.maximum: assumed", "agents.gemcitabine.kill.carried", "vessels.crowding",
        ),
    ),
    Claim(
        id="F8",
        statement="Tumours of experiments grow fast on new vessels; those of patients are old and supplied, and blocking new vessels does not shrink them.",
        sources=("guerin_2013", "fidler_kripke_2015"),
        setup="B16 of 6 mm in the skin of mice (days old) and colon cancers of 25 mm in patients (years old), an antibody against VEGF for six weeks; by how "
        "much the primary has shrunk. The ages of vessels are what the two histories make of them: they cannot be set.",
        observable="share of the young tumour's cells that is gone after six weeks",
        unit="1",
        band=Band(0.4, 1.0),
        direction=Direction("above", 0.1),
        ablation=Ablation("lack of oxygen does nothing", "losing vessels neither slows nor kills, and nothing shrinks", ("hypoxia",)),
        experiment=_two_histories,
        checks=(
            Check("chronic", "share of the chronic tumour's cells that is gone", "1", Band(-math.inf, 0.1)),
            Check("mature share, young", "mature vessels of the young tumour before the antibody", "1"),
            Check("mature share, chronic", "mature vessels of the chronic tumour before the antibody", "1", Band(0.7, 1.0)),
        ),
        parameters=("vessels.maturation", "host.vascular_timescale", "tumour.hypoxic_death_rate"),
    ),
    Claim(
        id="F9",
        statement="Metastases that grow along the vessels of a rich organ do without new ones, and do not heed agents against these.",
        sources=("frentzas_2016", "donnem_2013"),
        setup="5e4 KM12SM cells into the portal vein of nude mice, an antibody against VEGF from two weeks later; liver lesions that pass 2 mm "
        "without it, eight weeks after the cells: each lesion against itself without the antibody. Mice stand for the study's patients.",
        observable="cells left by the antibody, lesions that replace the liver over lesions that push it",
        unit="1",
        direction=Direction("above", 1.0),
        ablation=Ablation("no co-option", "no lesion uses the host's vessels, and all hang on new ones alike", ("co-option",)),
        experiment=_co_opting,
        checks=(
            Check("replacing", "cells with the antibody over without, lesions that replace", "1"),
            Check("pushing", "cells with the antibody over without, lesions that push", "1"),
            Check("replacing share", "share of those lesions that replace", "1"),
        ),
        parameters=("tumour.co_option", "tumour.replacement_share", "agents.bevacizumab.blocks.vegf.half"),
    ),
)  # fmt: skip
