"""A tumour in five sites, at least 5e5 cells in each: patients of ours beside SISTEM's growth simulator.

Ours: small-cell lung cancer in an adult, the catalogue's widest spreader, from the founding cell to diagnosis at 50 mm, the primary taken
out, then nothing until death; patients are grown until so many have five sites with 5e5 cells at the end, and those that have not cost too. SISTEM: the growth stage of its quick start with
five sites, seeding probability 1e-8, capacity 1e7 cells a site, until each site holds 5e5 (its tutorial says 15 to 30 minutes).
The same question, not the same work: SISTEM gives each clone a genome of driver mutations and copy numbers under selection, and goes on to
sample cells, trees and reads; our cells carry heritable kinds, not genomes. We in turn have vessels,
circulation, immunity and time in days, and tumours of 1e10 cells. There is no common law to hold both to: the gate is that the sites are there.

    python benchmarks/peers/five_sites.py --peers-python ../peers/bin/python [--limit 2700] [--patients 5]
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from pairs import HERE, arguments, cpu_seconds, heading, skip_without

from seedsoil.biology.patient import Patient
from seedsoil.body.state import CELLS, LESIONS, SITE
from seedsoil.catalogue.load import entry
from seedsoil.experiment.grow import Diagnosis, grow
from seedsoil.experiment.protocol import Protocol, Resect
from seedsoil.experiment.simulate import open_arm, run_arm

SITES, FEWEST, DECADE = 5, 5e5, 3652.5


def sites_of(number: int) -> tuple[list[float], float]:
    """Grow one patient, take the primary out; return the cells in each site that has 5e5 or more, and the last day."""
    vessels, surgery = entry("vessels", "two_pool"), Protocol((Resect("primary", 14.0),), (), ())
    person = Patient(tumour=entry("tumour", "lung_small_cell"), host=entry("host", "adult"))
    grown = grow(person, vessels, Diagnosis(50.0), 20150527, number)
    arm = run_arm(open_arm(grown, vessels, {}, surgery, DECADE), surgery)
    lesions = arm.state.lesion[: int(arm.state.count[LESIONS])]
    cells = np.bincount(lesions[:, SITE].astype(int), weights=lesions[:, CELLS])
    return sorted((float(count) for count in cells if count >= FEWEST), reverse=True), float(arm.end_day)


def ours(wanted: int, most: int) -> bool:
    """Grow patients until enough have the sites; print what each cost and the cost of all for each of these."""
    sites_of(0)  # compiles
    start, found = cpu_seconds(), 0
    for number in range(1, most + 1):
        cells, day = sites_of(number)
        if len(cells) >= SITES:
            found += 1
            print(
                f"  patient {number}: {len(cells)} sites, {', '.join(f'{count:.1e}' for count in cells)} cells; day {day:.0f}"
            )
        if found == wanted:
            break
    taken = cpu_seconds() - start
    print(f"  seedsoil: {number} patients, {taken / number:.3f} CPU s each; {found} with {SITES} sites or more")
    if not found:
        print("  gate FAILED: no patient has the sites; ask for more patients")
        return False
    print(
        f"  gate passed. seedsoil: {taken / found:.2f} CPU s for each patient with the sites (the others' time included)"
    )
    return True


def peer(python: str, limit: float) -> None:
    """Run the peer once, for at most so many seconds."""
    with tempfile.TemporaryDirectory() as folder:
        start = cpu_seconds()
        command = [python, str(HERE / "sistem_worker.py"), "1", str(Path(folder) / "out")]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=limit, check=False, cwd=folder)
        except subprocess.TimeoutExpired:
            print(f"  peer: stopped after {limit:.0f} s, {cpu_seconds() - start:.0f} CPU s, not finished (--limit)")
            return
    if done.returncode:
        raise SystemExit(f"the peer failed:\n{done.stderr[-1500:]}")
    answer = json.loads(done.stdout)
    reached = min(answer["cells"]) >= FEWEST
    print(
        f"  {answer['peer']}: {answer['cpu']:.0f} CPU s, {answer['generations']} generations, all sites reached: {reached}"
    )
    print(f"  clones {answer['clones']}, cells {answer['cells']}")


def main() -> None:
    """Ours, then the peer."""
    asked = arguments(
        __doc__ or "",
        limit=dict(type=float, default=2700.0, help="seconds after which the peer is stopped"),
        patients=dict(type=int, default=5, help="patients with five sites that ours is to find"),
    )
    heading("SISTEM's five sites")
    good = ours(asked.patients, 40 * asked.patients)
    skip_without(asked.peers_python, "sistem")
    peer(asked.peers_python, asked.limit)
    raise SystemExit(0 if good else 1)


if __name__ == "__main__":
    main()
