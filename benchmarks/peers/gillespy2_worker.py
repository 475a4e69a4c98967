"""The peer's side of `population_law.py` and `rare_mutants.py`: GillesPy2's compiled SSA, asked line by line on standard input.

Runs in the peer's own environment and knows nothing of seedsoil. Each request is one JSON line: model, trajectories, seed, out.
The answer is one JSON line: CPU seconds (children included, compilation not); the counts lie in ``out`` (NumPy).
"""

import json
import os
import resource
import sys

# GillesPy2 starts its build with the base interpreter, which does not see this environment's SCons.
os.environ["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path.endswith("-packages"))

import gillespy2
import numpy as np


def cpu_seconds() -> float:
    """Return user and system seconds of this process and of its finished children."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(part.ru_utime + part.ru_stime for part in used)


def birth_death(points: int) -> gillespy2.Model:
    """One type from one cell: births 0.25, deaths 0.18 per day, 60 days."""
    model = gillespy2.Model("birth_death")
    cell = gillespy2.Species("cell", initial_value=1)
    model.add_species(cell)
    birth, death = (gillespy2.Parameter(name, expression=rate) for name, rate in (("birth", 0.25), ("death", 0.18)))
    model.add_parameter([birth, death])
    model.add_reaction(
        [
            gillespy2.Reaction(name="divide", reactants={cell: 1}, products={cell: 2}, rate=birth),
            gillespy2.Reaction(name="die", reactants={cell: 1}, products={}, rate=death),
        ]
    )
    model.timespan(np.linspace(0.0, 60.0, points))
    return model


def two_types(days: float) -> gillespy2.Model:
    """Wild cells from 10,000 and the mutants that a millionth of their divisions yields."""
    model = gillespy2.Model("two_types")
    wild = gillespy2.Species("wild", initial_value=10_000)
    mutant = gillespy2.Species("mutant", initial_value=0)
    model.add_species([wild, mutant])
    rates = {"birth": 0.25 * (1 - 1e-6), "mutation": 0.25e-6, "death": 0.18, "mutant_birth": 0.25, "mutant_death": 0.15}
    rate = {name: gillespy2.Parameter(name, expression=value) for name, value in rates.items()}
    model.add_parameter(list(rate.values()))
    model.add_reaction(
        [
            gillespy2.Reaction(name="divide", reactants={wild: 1}, products={wild: 2}, rate=rate["birth"]),
            gillespy2.Reaction(
                name="mutate", reactants={wild: 1}, products={wild: 1, mutant: 1}, rate=rate["mutation"]
            ),
            gillespy2.Reaction(name="die", reactants={wild: 1}, products={}, rate=rate["death"]),
            gillespy2.Reaction(name="grow", reactants={mutant: 1}, products={mutant: 2}, rate=rate["mutant_birth"]),
            gillespy2.Reaction(name="end", reactants={mutant: 1}, products={}, rate=rate["mutant_death"]),
        ]
    )
    model.timespan(np.linspace(0.0, days, 2))
    return model


MODELS = {
    "final": (lambda: birth_death(2), ("cell",)),
    "daily": (lambda: birth_death(61), ("cell",)),
    "66 days": (lambda: two_types(66.0), ("wild", "mutant")),
    "132 days": (lambda: two_types(132.0), ("wild", "mutant")),
}


def main() -> None:
    """Answer requests until standard input ends."""
    answers, sys.stdout = sys.stdout, sys.stderr
    solvers: dict[str, tuple[gillespy2.Model, object]] = {}
    print(json.dumps({"peer": f"GillesPy2 {gillespy2.__version__}", "python": sys.version.split()[0]}), file=answers)
    answers.flush()
    for line in sys.stdin:
        asked = json.loads(line)
        make, names = MODELS[asked["model"]]
        compiled = 0.0
        if asked["model"] not in solvers:
            start = cpu_seconds()
            model = make()
            solvers[asked["model"]] = (model, gillespy2.SSACSolver(model=model))
            if asked["model"] != "132 days":  # one warm trajectory would take minutes
                model.run(solver=solvers[asked["model"]][1], number_of_trajectories=1, seed=1)
            compiled = cpu_seconds() - start
        model, solver = solvers[asked["model"]]
        start = cpu_seconds()
        runs = model.run(solver=solver, number_of_trajectories=asked["trajectories"], seed=asked["seed"])
        taken = cpu_seconds() - start
        np.save(asked["out"], np.array([[run[name] for name in names] for run in runs]))
        print(json.dumps({"cpu": taken, "compiled": compiled}), file=answers)
        answers.flush()


if __name__ == "__main__":
    main()
