"""Run a treated patient for some weeks and print a hash of the whole state: compiled and plain Python must agree."""

import hashlib

import numpy as np

from seedsoil.biology.patient import Patient
from seedsoil.catalogue.load import entry
from seedsoil.experiment.grow import Diagnosis, grow
from seedsoil.experiment.protocol import Course, Protocol, Resect, Scan
from seedsoil.experiment.simulate import Arm, open_arm, run_arm


def trace() -> str:
    """Grow a small tumour that seeds well, give two drugs, operate, scan; hash every array of the state."""
    tumour = entry("tumours", "colon_adenocarcinoma")
    quick = {"division_rate": 0.3, "shedding_rate": 0.01, "viable_when_shed": 0.5, "early_loss_rate": 0.2}
    quick |= {"transit_loss_rate": 300.0, "intravascular_death_rate": 0.2}
    changed = {name: getattr(tumour, name).model_copy(update={"number": value}) for name, value in quick.items()}
    patient = Patient(tumour=tumour.model_copy(update=changed), host=entry("hosts", "adult"))
    vessels = entry("vessels", "two_pool")
    agents = {name: entry("agents", name) for name in ("fluorouracil", "bevacizumab", "floxuridine")}
    protocol = Protocol(
        resections=(Resect("primary", 10.0, 1e-4),),
        courses=(
            Course("fluorouracil", 700.0, "iv", 3.0, 14.0, 2),
            Course("bevacizumab", 350.0, "iv", 3.0, 14.0, 2),
            Course("floxuridine", 100.0, "hepatic_artery", 5.0, duration=7.0),
        ),
        scans=(Scan(14.0, 7.0),),
    )
    grown = grow(patient, vessels, Diagnosis(1.5), seed=11, number=3)
    arm: Arm = run_arm(open_arm(grown, vessels, agents, protocol, 42.0), protocol)
    digest = hashlib.sha256()
    used = int(arm.state.count[0])
    for name, array in arm.state._asdict().items():
        rows = (
            array[:used] if name in ("lesion", "lesion_key", "cells", "kind", "clone_of", "slot_key", "used") else array
        )
        digest.update(np.ascontiguousarray(rows).tobytes())
    return f"{digest.hexdigest()} {used} {int(arm.state.count[1])} {arm.ending}"


if __name__ == "__main__":
    print(trace())  # noqa: T201
