"""The peer's side of `five_sites.py`: SISTEM's growth simulator with five sites, in the peer's own environment.

    python sistem_worker.py SEED FOLDER

Prints one JSON line: version, CPU seconds of the growth stage, and per site how many clones and cells there are.
"""

import json
import os
import random
import sys
import time
from importlib.metadata import version

import numpy as np
from sistem import GrowthSimulator, Parameters
from sistem.anatomy import StaticAnatomy
from sistem.selection import RandomArmLibrary


def main() -> None:
    """Grow until each of five sites holds 5e5 cells (of 1e7 that each can hold), by the steps of the quick start."""
    answers, sys.stdout = sys.stdout, sys.stderr
    seed, folder = int(sys.argv[1]), sys.argv[2]
    # SISTEM has no seed of its own: it draws from the global generators.
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002
    os.makedirs(folder, exist_ok=True)
    settings = Parameters(
        out_dir=folder, nsites=5, epsilon=1e-8, min_detectable=5e5, capacities=1e7, alter_prop=0.3,
        ncells_prim=1000, ncells_meta=500,
    )  # fmt: skip
    library = RandomArmLibrary(params=settings)
    library.initialize(params=settings)
    anatomy = StaticAnatomy(libraries=library, params=settings)
    anatomy.initialize_distances(method="random")
    anatomy.create_random_metastatic_libraries(method="distance", params=settings)
    simulator = GrowthSimulator(anatomy)
    start = time.process_time()
    simulator.simulate_agents(params=settings)
    answer = {
        "peer": f"SISTEM {version('sistem')}",
        "cpu": time.process_time() - start,
        "generations": int(simulator.gen),
        "clones": [len(clones) for clones in simulator.clones.values()],
        "cells": [int(count) for count in simulator.site_counts],
    }
    print(json.dumps(answer), file=answers)


if __name__ == "__main__":
    main()
