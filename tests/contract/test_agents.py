"""Every agent of the catalogue keeps one contract, and a new one needs a file alone."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from seedsoil.biology.medicine.drug import Agent
from seedsoil.biology.patient import Host
from seedsoil.biology.signals import BLOCKED, RAISED
from seedsoil.catalogue import load
from seedsoil.catalogue.describe import describe
from seedsoil.catalogue.load import entry, names
from seedsoil.evidence.bench import cohort, column
from seedsoil.evidence.claim import Setting
from seedsoil.experiment.orders.guard import dosing
from seedsoil.experiment.orders.regimen import regimens
from seedsoil.experiment.protocol import Course
from seedsoil.experiment.timeline import levels, response
from seedsoil.foundation.value import values_in
from tests.courses import as_ordered

AGENTS = names("agents")
HOST: Host = entry("hosts", "adult")
MECHANISMS = {"efflux", "target", "repair", "bypass", "metabolism", "apoptosis", "persister"}
REVIEW = {
    "fluorouracil", "floxuridine", "oxaliplatin", "irinotecan", "gemcitabine", "paclitaxel", "docetaxel", "doxorubicin",
    "cisplatin", "temozolomide", "vemurafenib", "cetuximab", "erlotinib", "aee788", "imatinib", "bevacizumab",
    "sunitinib", "anti_ang2", "cilengitide", "verapamil", "macitentan", "batimastat", "aspirin", "celecoxib",
    "mifamurtide", "interleukin_2", "adoptive_lymphocytes", "ipi_926", "anti_il23", "anti_pd_1",
}  # fmt: skip

#: Published half-lives in plasma [h], least and most, from labels and the papers that the entries cite. Gemcitabine's
#: model has 19.6 min (Jiang 2008), where labels, which count longer infusions, have 0.5 to 1.6 h.
HALF_LIVES = {
    "paclitaxel": (13, 27), "gemcitabine": (0.3, 1.6), "fluorouracil": (0.13, 0.35), "floxuridine": (0.08, 0.3),
    "bevacizumab": (400, 520), "imatinib": (15, 22), "macitentan": (13, 17.5), "cilengitide": (2.5, 5),
    "verapamil": (2.8, 12), "aspirin": (0.2, 0.4), "mifamurtide": (1.65, 2.45), "cetuximab": (63, 230),
    "erlotinib": (24, 48), "temozolomide": (1.6, 2.1), "irinotecan": (6, 14), "sunitinib": (40, 60),
    "docetaxel": (9, 18), "vemurafenib": (30, 120), "celecoxib": (8.8, 11.2), "interleukin_2": (1.4, 2.1),
    "anti_il23": (410, 460), "anti_pd_1": (400, 640), "doxorubicin": (10, 48), "oxaliplatin": (16, 400), "methotrexate": (8, 26),
    "letrozole": (38, 52), "relugolix": (54, 68), "palbociclib": (24, 34),
}  # fmt: skip

#: A usual dose of an adult of 70 kg and 1.8 m^2: route, mg, days between doses, doses, days that one runs, days watched.
USUAL = {
    "fluorouracil": ("iv", 720, 14, 1, 0.003, 14), "floxuridine": ("hepatic_artery", 196, 28, 1, 14, 28),
    "oxaliplatin": ("iv", 153, 14, 1, 0.083, 14), "irinotecan": ("iv", 324, 14, 1, 0.063, 14),
    "gemcitabine": ("iv", 1800, 7, 3, 0.021, 28), "paclitaxel": ("iv", 315, 21, 1, 0.125, 21),
    "docetaxel": ("iv", 180, 21, 1, 0.042, 21), "doxorubicin": ("iv", 108, 21, 1, 0.01, 21),
    "cisplatin": ("iv", 135, 21, 1, 0.042, 21), "temozolomide": ("oral", 360, 1, 5, 0, 28),
    "vemurafenib": ("oral", 960, 0.5, 56, 0, 28), "cetuximab": ("iv", 450, 7, 4, 0.042, 28),
    "erlotinib": ("oral", 150, 1, 28, 0, 28), "aee788": ("oral", 450, 1, 28, 0, 28),
    "imatinib": ("oral", 400, 1, 28, 0, 28), "bevacizumab": ("iv", 350, 14, 2, 0.02, 28),
    "sunitinib": ("oral", 50, 1, 28, 0, 28), "anti_ang2": ("iv", 700, 14, 2, 0.04, 28),
    "cilengitide": ("iv", 2000, 3.5, 8, 0.042, 28), "verapamil": ("oral", 80, 0.25, 40, 0, 10),
    "macitentan": ("oral", 10, 1, 28, 0, 28), "batimastat": ("oral", 2430, 28, 1, 0, 28),
    "aspirin": ("oral", 81, 1, 28, 0, 28), "celecoxib": ("oral", 200, 0.5, 28, 0, 14),
    "mifamurtide": ("iv", 3.6, 3.5, 8, 0.042, 28), "interleukin_2": ("iv", 2.6, 1 / 3, 14, 0.01, 7),
    "adoptive_lymphocytes": ("iv", 1e4, 28, 1, 0.02, 28), "ipi_926": ("oral", 160, 1, 28, 0, 28),
    "anti_il23": ("iv", 200, 28, 1, 0.042, 28), "anti_pd_1": ("iv", 240, 14, 2, 0.02, 28), "methotrexate": ("iv", 21600, 7, 1, 0.167, 7),
    "letrozole": ("oral", 2.5, 1, 28, 0, 28), "relugolix": ("oral", 120, 1, 28, 0, 28), "pki_166": ("oral", 750, 1, 14, 0, 28),
    "palbociclib": ("oral", 125, 1, 21, 0, 28),
}  # fmt: skip


def _usual_level(agent: Agent) -> tuple[np.ndarray, np.ndarray]:
    """Days, and the level where the agent acts [mg/L]: in the infused artery if it is given there."""
    route, amount, every, times, duration, days = USUAL[agent.name]
    course = Course(agent.name, amount, route, 0.0, every=every, times=times, duration=duration)
    clock = np.linspace(0.0, days, 200 * days + 1)
    body, above = levels([as_ordered(agent, course, float(days))], clock, 608.4)
    assert (body >= 0.0).all()
    assert (above >= 0.0).all()
    return clock, body + above


def test_every_agent_of_the_review_is_there() -> None:
    assert set(AGENTS) >= REVIEW


@pytest.mark.parametrize("name", AGENTS)
def test_it_does_something_and_says_what(name: str) -> None:
    agent = entry("agents", name)
    assert agent.kill is not None or agent.cytostasis is not None or agent.blocks or agent.raises
    assert {block.target for block in agent.blocks} <= set(BLOCKED)
    assert {each.target for each in agent.raises} <= set(RAISED)
    assert set(agent.resistance) <= MECHANISMS
    assert all(float(fold) > 1.0 for fold in agent.resistance.values())
    text = describe(f"agents/{name}")
    for target in [each.target for each in (*agent.blocks, *agent.raises)]:
        assert target in text


@pytest.mark.parametrize("name", AGENTS)
def test_its_routes_have_what_they_need(name: str) -> None:
    agent = entry("agents", name)
    body = agent.distribution
    assert ("oral" in agent.routes) == (body.absorption_rate is not None) == (body.bioavailability is not None)
    assert ("hepatic_artery" in agent.routes) == (body.first_pass_extraction is not None)
    assert (body.peripheral_volume is None) == (body.intercompartmental_clearance is None)
    for place, value in values_in(agent):
        if place.startswith(("distribution", "delivery", "kill.half", "cytostasis.half", "endothelial_kill.half")):
            assert float(value) > 0.0, place


@pytest.mark.parametrize("name", AGENTS)
def test_it_leaves_plasma_at_a_published_pace(name: str) -> None:
    """Last half-life against the published range: catches a clearance or volume that is off by more than the range."""
    agent = entry("agents", name)
    hours = 24.0 * response(agent, "iv", effect_site=False).terminal_half_life
    if name in ("fluorouracil", "cetuximab"):
        hours = _falling(agent)
    low, high = HALF_LIVES.get(name, (0.0, 24.0 * 60.0))
    assert 0.99 * low <= hours <= 1.01 * high
    assert hours > 0.0


def _falling(agent: Agent) -> float:
    """Hours in which the level falls from a half to a quarter of its peak: where an enzyme is full, that is the half-life."""
    route, amount, every, times, duration, _ = USUAL[agent.name]
    law = agent.distribution.model_copy(update={"effect_half_life": None})
    course = Course(agent.name, amount, route, 0.0, every=every, times=times, duration=duration)
    last = every * (times - 1)
    clock = last + np.linspace(0.0, 1e3 / 24.0 if agent.name == "cetuximab" else 0.1, 100_001)
    bare = agent.model_copy(update={"distribution": law})
    level, _ = levels([as_ordered(bare, course, last + 1.0)], clock, None)
    after = clock[level.argmax() :], level[level.argmax() :] / level.max()
    return float(24.0 * (after[0][after[1] < 0.25][0] - after[0][after[1] < 0.5][0]))


@pytest.mark.parametrize("name", sorted(USUAL))
def test_a_usual_dose_has_a_usual_effect(name: str) -> None:
    """Levels are finite, and what they do is worth giving: kill of 0.25 to 3 e-folds a cycle (most in an infused artery), or a signal moved.

    The largest effect of each agent must reach a twentieth of all that a signal can do: catches a half that is off
    tenfold, and a unit mistaken for another.
    """
    agent = entry("agents", name)
    clock, level = _usual_level(agent)
    assert np.isfinite(level).all()
    assert level.max() > 0.0
    if agent.kill is not None:
        steep = (level / float(agent.kill.half)) ** float(agent.kill.power)
        folds = np.trapezoid(float(agent.kill.maximum) * steep / (1.0 + steep), clock)
        assert 0.25 <= folds <= 3.0
    moved = (*agent.blocks, *agent.raises, *([agent.cytostasis] if agent.cytostasis else []))
    shares = [level.mean() / (level.mean() + float(each.half)) for each in moved]
    if shares:
        assert 0.05 <= max(shares) < 1.0


@pytest.mark.parametrize("name", [name for name in AGENTS if entry("agents", name).endothelial_kill is not None])
def test_endothelium_is_ten_times_as_sensitive(name: str) -> None:
    agent = entry("agents", name)
    assert agent.kill is not None
    assert float(agent.endothelial_kill.half) == pytest.approx(0.1 * float(agent.kill.half), rel=1e-9)


@pytest.mark.parametrize("name", [name for name in AGENTS if entry("agents", name).delivery is not None])
def test_delivery_is_limited_by_flow_or_by_the_wall(name: str) -> None:
    """Small molecules lie above the blood's flow (300 to 700 a day), antibodies far below it: none is in between."""
    permeability = float(entry("agents", name).delivery.permeability)
    assert permeability >= 1000.0 or permeability <= 2.0
    assert (permeability <= 2.0) == (name == "cetuximab")


#: Substances of a block of tissue that are agents of a body, where they have another name.
IN_TISSUE = {"il23_antibody": "anti_il23"}


@pytest.mark.parametrize("name", [name for name in names("substances") if IN_TISSUE.get(name, name) in AGENTS])
def test_a_barrier_lets_through_as_much_in_tissue_as_in_a_body(name: str) -> None:
    """One number, with one range and one source, whichever scale asks."""
    assert entry("substances", name).barrier_passage == entry("agents", IN_TISSUE.get(name, name)).barrier_passage


@pytest.mark.parametrize("name", [name for name in AGENTS if entry("agents", name).kill is not None])
def test_what_kills_is_delivered_resisted_and_bounded(name: str) -> None:
    """Two kill agents have no bound by the marrow: bile ducts bound floxuridine, skin and joints vemurafenib."""
    agent = entry("agents", name)
    assert agent.delivery is not None
    assert {"persister"} <= set(agent.resistance)
    assert (agent.toxicity.neutrophil_slope is None) == (name in ("floxuridine", "vemurafenib"))


@pytest.mark.parametrize("name", AGENTS)
def test_its_guard_acts(name: str) -> None:
    """Ten times the limit by each route is given at the limit, and it is told; a usual dose is given whole and in silence.

    Catches an agent without a limit, a limit of another route, and one a thousand times too high or too low.
    """
    agent = entry("agents", name)
    assert set(agent.toxicity.daily_limit) == set(agent.routes)
    for route, limit in agent.toxicity.daily_limit.items():
        most = float(limit) * float(HOST.body_surface)
        course = Course(name, 10.0 * most, route, 0.0, every=7.0, times=3)
        found = dosing(regimens([course], [agent]), HOST, 30.0)
        assert found.given[0].amounts == pytest.approx([most] * 3, rel=1e-12)
        assert [(day, kind) for day, kind, _ in found.told] == [(0.0, "reduced")]
        assert f"no more than {float(limit):g} mg/m^2 may be given" in found.told[0][2]
    route, amount, every, times, duration, days = USUAL[name]
    course = Course(name, amount, route, 0.0, every=every, times=times, duration=duration)
    usual = dosing(regimens([course], [agent]), HOST, float(days))
    assert usual.told == ()
    assert (usual.given[0].amounts == amount).all()
    assert amount * max(1, round(1.0 / every)) / max(1.0, duration) >= 0.01 * float(HOST.body_surface) * float(
        agent.toxicity.daily_limit[route]
    )


def test_lifetime_limits() -> None:
    """Nine doses of doxorubicin at 60 mg/m^2 are allowed and a tenth is not, as on the label."""
    limits = {
        name: float(toxicity.cumulative_limit)
        for name in AGENTS
        if (toxicity := entry("agents", name).toxicity) is not None and toxicity.cumulative_limit is not None
    }
    assert limits == {"doxorubicin": 550.0, "cisplatin": 600.0}


def test_an_agent_is_a_file_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file in the folder is listed, read and described by its name, with no line of code."""
    home = tmp_path / "catalogue"
    shutil.copytree(load.folder("agents"), home / "agents")
    text = (home / "agents" / "aspirin.toml").read_text(encoding="utf-8")
    text = text.replace('"aspirin"', '"our_drug"').replace('title = "Aspirin"', 'title = "Our drug"')
    (home / "agents" / "our_drug.toml").write_text(text, encoding="utf-8")
    load.sources()  # the sources stay those of the catalogue
    monkeypatch.setattr(load, "_HOME", home)
    load._entry.cache_clear()
    try:
        assert "our_drug" in names("agents")
        assert entry("agents", "our_drug").blocks[0].target == "platelet"
        assert "Our drug" in describe("our_drug")
    finally:
        load._entry.cache_clear()


@pytest.mark.parametrize(
    ("tumour", "agent", "low", "high"),
    [
        ("breast_er_positive", "letrozole", 0.19, 0.65),
        ("prostate_adenocarcinoma", "relugolix", 0.45, 0.7),
        ("breast_er_negative", "letrozole", 0.995, 1.005),
    ],
)
def test_taking_a_hormone_shrinks_what_lives_on_it(tumour: str, agent: str, low: float, high: float) -> None:
    """In three months a breast cancer loses two fifths to four fifths, one of the prostate a third to a half; another nothing.

    The shares are recalled from trials before surgery. Catches a half that is off threefold, and a tumour that takes no heed.
    """
    dose = f"{USUAL[agent][1]:g} mg"
    trial = cohort(
        Setting("fast", 1), animals=1, tumour=tumour, host="adult", until="91 days", diagnosis={"primary_diameter": "25 mm"},
        without=("metastasis", "background death"),
        arms={"none": [], "drug": [{"give": agent, "dose": dose, "every": "1 day", "start": "0 days"}]},
    )  # fmt: skip
    none, drug = (column(trial, "lesions", "cells_at_end", arm)[0] for arm in ("none", "drug"))
    start = column(trial, "lesions", "cells_at_diagnosis", "drug")[0]
    assert low <= drug / (start if high < 1.0 else none) <= high
