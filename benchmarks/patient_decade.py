"""Milliseconds for one virtual patient: growth to diagnosis, and a decade under each of four arms.

One core, CPU time, everything compiled beforehand, the catalogue's colon cancer in the adult host, diagnosed at 35 mm. The aim is a median of
5 ms for an arm of ten years. Also says what an update of one clone in one lesion costs within such a run. Prints a table.

    python benchmarks/patient_decade.py [patients]
"""

import statistics
import sys
import time

import numpy as np

from seedsoil.biology.patient import Patient
from seedsoil.body.state import CELLS, LESIONS, STEP_DAYS
from seedsoil.catalogue.load import entry
from seedsoil.experiment.grow import Diagnosis, grow
from seedsoil.experiment.protocol import Course, Protocol, Resect, Scan
from seedsoil.experiment.simulate import Arm, open_arm, run_arm

DECADE = 3652.5
SURGERY = (Resect("primary", 14.0),)
SCANS = (Scan(56.0, 28.0),)
SEED = Course("fluorouracil", 720.0, "iv", 42.0, every=14.0, times=12)
SOIL = Course("bevacizumab", 350.0, "iv", 42.0, every=14.0, until="progression")
ARMS = {
    "surgery": Protocol(SURGERY, (), SCANS),
    "seed": Protocol(SURGERY, (SEED,), SCANS),
    "soil": Protocol(SURGERY, (SOIL,), SCANS),
    "both": Protocol(SURGERY, (SEED, SOIL), SCANS),
}


class Counter:
    """Counts how many clones are stepped, week by week."""

    def __init__(self) -> None:
        self.updates = 0

    def __call__(self, arm: Arm) -> None:
        """Add what one step of the grid updates."""
        lesions = int(arm.state.count[LESIONS])
        growing = arm.state.lesion[:lesions, CELLS] > 0.0
        self.updates += int(np.sum(arm.state.used[:lesions][growing]))


def main() -> None:
    """Print the table."""
    patients = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    person = Patient(tumour=entry("tumour", "colon_adenocarcinoma"), host=entry("host", "adult"))
    vessels = entry("vessels", "two_pool")
    agents = {name: entry("agent", name) for name in ("fluorouracil", "bevacizumab")}
    taken: dict[str, list[float]] = {"growth to diagnosis": [], **{f"a decade, {name}": [] for name in ARMS}}
    weeks, updates, counted_seconds = 0.0, 0, 0.0
    start = time.process_time()
    for number in range(-1, patients):
        begun = time.process_time()
        grown = grow(person, vessels, Diagnosis(35.0), 20150527, number + 1)
        if number >= 0:
            taken["growth to diagnosis"].append(time.process_time() - begun)
        for name, protocol in ARMS.items():
            begun = time.process_time()
            arm = run_arm(open_arm(grown, vessels, agents, protocol, DECADE), protocol)
            seconds = time.process_time() - begun
            if number < 0:
                continue
            taken[f"a decade, {name}"].append(seconds)
            counter = Counter()
            run_arm(open_arm(grown, vessels, agents, protocol, DECADE), protocol, watch=counter)
            updates, weeks, counted_seconds = (
                updates + counter.updates,
                weeks + arm.end_day / STEP_DAYS,
                counted_seconds + seconds,
            )
        if number < 0:
            print(f"compiled, or loaded, and ran one patient in {time.process_time() - start:.1f} s")
    print(f"\n{patients} patients, one core, milliseconds each\n{'':28s} {'median':>8s} {'mean':>8s} {'most':>8s}")
    taken["a decade, all arms"] = [one for name in ARMS for one in taken[f"a decade, {name}"]]
    for name, seconds_each in taken.items():
        figures = (statistics.median(seconds_each), statistics.fmean(seconds_each), max(seconds_each))
        print(f"{name:28s} " + " ".join(f"{1e3 * figure:8.1f}" for figure in figures))
    print(f"\nweeks survived, all arms: {weeks:.0f}; clone-lesion updates: {updates}")
    if updates:
        print(f"time of an arm for each update: {counted_seconds / updates * 1e9:.0f} ns")


if __name__ == "__main__":
    main()
