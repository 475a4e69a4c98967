"""Run a treated patient for some weeks and print a hash of the whole state: compiled and plain Python must agree."""

import hashlib

import numpy as np

from seedsoil.body.state import State, in_use
from seedsoil.experiment.grow import Diagnosis, grow, run_until, scratch
from seedsoil.experiment.protocol import Course, Protocol, Resect, Scan
from seedsoil.experiment.simulate import Arm, open_arm, run_arm
from seedsoil.foundation.streams import new_stream
from tests.agreement.luck import anyone
from tests.agreement.people import AGENTS, VESSELS, quick_patient


def hashed(state: State) -> str:
    """Hash every array of a state, as far as it is in use."""
    digest = hashlib.sha256()
    for array in in_use(state):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def treated() -> str:
    """Grow a small tumour that seeds, give drugs on all that drugs act on, operate, scan; say how it ends."""
    protocol = Protocol(
        resections=(Resect("primary", 10.0, 1e-4),),
        courses=(
            Course("poison", 100.0, "iv", 3.0, 14.0, 2),
            Course("call", 200.0, "iv", 3.0, 14.0, 2),
            Course("poison", 200.0, "hepatic_artery", 5.0, duration=7.0),
        ),
        scans=(Scan(14.0, 7.0),),
    )
    grown = grow(quick_patient(shedding_rate=5e-5), VESSELS, Diagnosis(1.5), seed=11, number=3)
    agents = {agent.name: agent for agent in AGENTS}
    arm: Arm = run_arm(open_arm(grown, VESSELS, agents, protocol, 42.0), protocol)
    return f"{hashed(arm.state)} {int(arm.state.count[0])} {int(arm.state.count[1])} {arm.ending}"


def at_random(number: int) -> str:
    """Carry a patient of whom all is drawn through three weeks."""
    state, model, timeline = anyone(number)
    _, state = run_until(new_stream(3, number), state, 21.0, model, timeline, scratch(model))
    return hashed(state)


def trace() -> str:
    """One line for each patient."""
    return "\n".join([treated(), at_random(0), at_random(12)])


if __name__ == "__main__":
    print(trace())  # noqa: T201
