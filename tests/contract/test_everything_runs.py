"""Every agent, tumour, soil and procedure carries a patient through some months: sound numbers, the same bytes twice."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

from seedsoil.body.state import CELLS, FATE, GROWING, HYPOXIA, LESIONS, SHELTERED, SITE, STROMA, copy_state, in_use
from seedsoil.catalogue.load import names
from seedsoil.experiment.grow import Grown
from seedsoil.experiment.simulate import Arm, open_arm, run_arm
from seedsoil.trial.plan import Plan, enrol
from seedsoil.trial.study.file import Study

HUMAN = ("colon_adenocarcinoma", "adult", "25 mm")
MURINE = (
    "b16_f1", "b16_f10", "b16_melanoma", "heya8", "heya8_mdr", "k1735", "km12sm", "l36pl", "pc3mm2", "pc3mm2_mdr", "skov3ip1",
    "uv2237",
)  # fmt: skip


def _plan(orders: str, tumour: str, host: str, primary: str, until: str = "120 days") -> Plan:
    """A study of one arm, read as a user would write it."""
    return Study.read(
        f"""
        [study]
        title = "contract"
        patients = 1
        seed = 4
        until = "{until}"
        [tumour]
        is = "{tumour}"
        [host]
        is = "{host}"
        [diagnosis]
        primary_diameter = "{primary}"
        [arms.one]
        do = [ {orders} ]
        """
    ).plan()


#: Those of them that are human, and grow in mice without lymphocytes.
HUMAN_LINES = ("heya8", "heya8_mdr", "km12sm", "l36pl", "pc3mm2", "pc3mm2_mdr", "skov3ip1")


@lru_cache(maxsize=64)
def _grown(tumour: str, host: str, primary: str) -> Grown:
    return enrol(_plan("", tumour, host, primary), 0)


def _carried(orders: str, tumour: str, host: str, primary: str) -> Arm:
    plan = _plan(orders, tumour, host, primary)
    arm = open_arm(_grown(tumour, host, primary), plan.vessels, plan.agents, plan.arms["one"], plan.until_days)
    return run_arm(arm, plan.arms["one"])


def _is_sound(arm: Arm) -> None:
    """No number is missing or below nothing, shares are shares, and a lesion is the sum of its clones."""
    state, lesions = arm.state, int(arm.state.count[LESIONS])
    rows = state.lesion[:lesions]
    assert np.isfinite(rows).all()
    assert (rows[:, CELLS] >= 0.0).all()
    assert (state.cells[:lesions] >= 0.0).all()
    for column in (HYPOXIA, SHELTERED, STROMA):
        assert ((rows[:, column] >= 0.0) & (rows[:, column] <= 1.0)).all()
    for row in np.flatnonzero(rows[:, FATE] == GROWING):
        assert state.cells[row, : state.used[row]].sum() == rows[row, CELLS]
    assert np.isfinite(arm.end_day)
    assert arm.ending


def _agree(first: Arm, second: Arm) -> None:
    """The same bytes of every array and event."""
    for one, other in zip(in_use(first.state), in_use(second.state), strict=True):
        assert one.tobytes() == other.tobytes()
    assert first.events == second.events
    assert first.ending == second.ending


@pytest.mark.parametrize("agent", names("agents"))
def test_every_agent_runs(agent: str) -> None:
    """Four doses of 100 mg by the agent's own first route, in a patient with colon cancer."""
    order = f'{{ give = "{agent}", dose = "100 mg", every = "14 days", times = 4, start = "7 days" }}'
    arms = [_carried(order, *HUMAN) for _ in range(2)]
    _is_sound(arms[0])
    _agree(*arms)


@pytest.mark.parametrize("tumour", names("tumours"))
def test_every_tumour_runs(tumour: str) -> None:
    """From its first cell through diagnosis and surgery, in the host that it was described in."""
    mice = "nude_mouse" if tumour in HUMAN_LINES else "mouse"
    host, primary = (mice, "4 mm") if tumour in MURINE else ("adult", "20 mm")
    order = '{ resect = "primary", at = "10 days" }'
    arms = [_carried(order, tumour, host, primary) for _ in range(2)]
    _is_sound(arms[0])
    _agree(*arms)


@pytest.mark.parametrize("host", names("hosts"))
def test_every_soil_holds_a_lesion(host: str) -> None:
    """A lesion of a hundred thousand cells in each site of each host, for four months."""
    tumour, primary = ("b16_melanoma", "4 mm") if host != "adult" else ("colon_adenocarcinoma", "25 mm")
    grown = _grown(tumour, host, primary)
    plan = _plan("", tumour, host, primary)
    for place, site in enumerate(grown.patient.host.anatomy.sites):
        if site.soil:
            moved = copy_state(grown.state)
            moved.lesion[0, SITE], moved.lesion[0, CELLS] = place, 1e5
            moved.cells[0, :] = 0.0
            moved.cells[0, 0], moved.used[0] = 1e5, 1
            arm = open_arm(grown, plan.vessels, {}, plan.arms["one"], 120.0)
            arm.state = moved
            _is_sound(run_arm(arm, plan.arms["one"]))


PROCEDURES = {
    "resect": '{ resect = "primary", at = "20 days" }',
    "resect_seen": '{ scan = "ct", every = "28 days", start = "1 day" }, { resect = "visible metastases", at = "40 days" }',
    "ablate": '{ scan = "ct", every = "28 days", start = "1 day" }, { ablate = "visible metastases", at = "40 days", reach = "8 mm" }',
    "irradiate": '{ irradiate = "primary", dose = "2 Gy", fractions = 20, every = "1 day", start = "10 days" }',
    "inject": '{ inject = "1e5 cells", into = "veins", at = "5 days" }',
    "inject_portal": '{ inject = "1e5 cells", into = "portal_vein", at = "5 days" }',
    "inject_artery": '{ inject = "1e5 cells", into = "brain", at = "5 days" }',
    "beads": '{ inject = "1e5 beads", into = "veins", at = "5 days" }',
    "shunt": '{ shunt = "1e6 cells/day", into = "veins", start = "5 days", duration = "60 days" }',
    "biopsy": '{ biopsy = "primary", at = "5 days", zone = 2, zones = 4 }',
    "draw": '{ draw = "7.5 mL", start = "5 days", every = "28 days" }',
    "pump": '{ give = "floxuridine", dose = "7 mg", route = "hepatic_artery", every = "28 days", duration = "14 days", times = 3, start = "5 days" }',
    "rhythm": '{ give = "sunitinib", dose = "50 mg", every = "1 day", on = "28 days", off = "14 days", start = "5 days" }',
    "metronomic": '{ give = "paclitaxel", dose = "10 mg", every = "1 day", start = "5 days" }',
    "until": '{ give = "bevacizumab", dose = "5 mg/kg", every = "14 days", until = "progression", start = "5 days" }',
    "switch": '{ give = "oxaliplatin", dose = "85 mg/m^2", every = "14 days", after = "progression" }',
    "adaptive": '{ give = "gemcitabine", dose = "1000 mg/m^2", every = "7 days", adaptive = { stop = 0.5, restart = 1.0 }, start = "5 days" }',
    "guarded": '{ give = "docetaxel", dose = "100 mg/m^2", every = "7 days", guard = "reduce", start = "5 days" }',
}  # fmt: skip


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_every_procedure_runs(procedure: str) -> None:
    """Each order of a protocol by itself, in a patient with colon cancer: it is noted, and leaves sound numbers."""
    arms = [_carried(PROCEDURES[procedure], *HUMAN) for _ in range(2)]
    _is_sound(arms[0])
    _agree(*arms)


def test_a_random_combination_runs() -> None:
    """Three agents, surgery and radiation drawn at random, ten times: sound and reproducible whatever is combined."""
    draw = np.random.default_rng(1889)
    drugs = names("agents")
    for _ in range(10):
        tumour = str(draw.choice([name for name in names("tumours") if name not in MURINE]))
        chosen = [str(each) for each in draw.choice(drugs, 3, replace=False)]
        orders = ['{ resect = "primary", at = "35 days", margin = 0.01 }']
        orders += [
            f'{{ give = "{agent}", dose = "{draw.integers(5, 300)} mg", every = "{draw.integers(1, 21)} days", '
            f'times = {draw.integers(1, 9)}, start = "{draw.integers(0, 50)} days" }}'
            for agent in chosen
        ]
        arms = [_carried(", ".join(orders), tumour, "adult", "20 mm") for _ in range(2)]
        _is_sound(arms[0])
        _agree(*arms)
