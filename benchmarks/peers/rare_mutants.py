"""Wild cells that yield rare mutants, to a million and to a hundred million cells: `sample_mutants` beside GillesPy2's compiled SSA.

Wild cells, 10,000 at first, divide 0.25 and die 0.18 times a day; a millionth of the divisions yields a mutant (0.25, 0.15). After 66
days there are about 1e6 cells, after 132 about 1e8. Gates: mean of mutants, and the chances of no mutation and of no living mutant,
within four standard errors of their exact values. There is no time step to refine. The peer's approximate solvers (tau-leaping, hybrid) are slower
here than its exact one, which is therefore the one to beat; it takes any network, and plays each of 6e6 to 6e8 events.

    python benchmarks/peers/rare_mutants.py --peers-python ../peers/bin/python [--long]
"""

from __future__ import annotations

import math

import numpy as np
from pairs import Gates, Worker, arguments, cpu_seconds, heading, report, skip_without

from seedsoil import sample_mutants
from seedsoil.body.mutants import Mutants

FOUNDERS, BIRTH, DEATH, MUTATION, MUTANT_BIRTH, MUTANT_DEATH = 10_000, 0.25, 0.18, 1e-6, 0.25, 0.15
GROWTH, MUTANT_GROWTH = BIRTH * (1 - MUTATION) - DEATH, MUTANT_BIRTH - MUTANT_DEATH
SIZES = {"66 days": (66.0, 20_000, 3), "132 days": (132.0, 1_000, 1)}  # days; trajectories in a call: ours, the peer's


def mutants(runs: int, seed: int, **end: float) -> Mutants:
    """Draw runs of the problem."""
    return sample_mutants(
        FOUNDERS, birth=BIRTH, death=DEATH, mutation=MUTATION, mutant_birth=MUTANT_BIRTH, mutant_death=MUTANT_DEATH,
        runs=runs, seed=seed, **end,
    )  # type: ignore[arg-type]  # fmt: skip


def mean_mutants(days: float) -> float:
    """Return the mean of mutants: cells that mutate at some time, times the growth from then on."""
    share = (math.exp(MUTANT_GROWTH * days) - math.exp(GROWTH * days)) / (MUTANT_GROWTH - GROWTH)
    return FOUNDERS * BIRTH * MUTATION * share


def chance_of_none(days: float, living: bool) -> float:
    """Return P(no mutation), or P(no living mutant): the backward equation of one founder, solved to twelve digits."""
    from scipy.integrate import solve_ivp

    def extinct(since: float) -> float:
        growth = math.exp(MUTANT_GROWTH * since)
        return MUTANT_DEATH * (growth - 1) / (MUTANT_BIRTH * growth - MUTANT_DEATH) if living else 0.0

    # y = 1 - q stays accurate where q is close to 1.
    def slope(since: float, y: np.ndarray) -> np.ndarray:
        return GROWTH * y - BIRTH * (1 - MUTATION) * y * y + BIRTH * MUTATION * (1 - y) * (1 - extinct(since))

    solved = solve_ivp(slope, (0.0, days), [0.0], rtol=1e-11, atol=1e-18, method="LSODA")
    return float((1 - solved.y[0, -1]) ** FOUNDERS)


def check(gates: Gates, title: str, days: float, runs: list[Mutants]) -> None:
    """Hold our runs to the closed forms."""
    found = np.concatenate([part.mutants for part in runs])
    wild = np.concatenate([part.wild for part in runs])
    none = np.concatenate([part.mutations == 0 for part in runs])
    n = len(found)
    gates.near(
        f"{title}, seedsoil: mean mutants", float(found.mean()), mean_mutants(days), float(found.std()) / math.sqrt(n)
    )
    gates.near(
        f"{title}, seedsoil: mean wild",
        float(wild.mean()),
        FOUNDERS * math.exp(GROWTH * days),
        float(wild.std()) / math.sqrt(n),
    )
    for name, share, living in (("no mutation", none.mean(), False), ("no living mutant", (found == 0).mean(), True)):
        exact = chance_of_none(days, living)
        if exact * n < 10.0:
            continue  # too rare to be seen in so many runs
        gates.near(f"{title}, seedsoil: P({name})", float(share), exact, math.sqrt(exact * (1 - exact) / n))


def to_a_size(gates: Gates, pairs: int) -> None:
    """Time our runs that end when the wild cells first are a million or a hundred million: what the peer cannot be asked for."""
    for size, many in ((10**6, 5_000), (10**8, 1_000)):
        mutants(2, 1, size=size)
        rates, mutations = [], []
        for pair in range(pairs):
            start = cpu_seconds()
            found = mutants(many, 3000 + pair, size=size)
            rates.append(many / (cpu_seconds() - start))
            mutations.append(found.mutations)
        seen = np.concatenate(mutations)
        # Optional stopping: the wild cells gain GROWTH a day and mutate BIRTH * MUTATION times, each per cell.
        exact = BIRTH * MUTATION * (size - FOUNDERS) / GROWTH
        gates.near(
            f"{size:.0e} cells, seedsoil: mean mutations",
            float(seen.mean()),
            exact,
            float(seen.std()) / math.sqrt(len(seen)),
        )
        print(
            f"  first to {size:.0e} cells, seedsoil: {np.median(rates):,.0f} trajectories/CPU s [{min(rates):,.0f} - {max(rates):,.0f}]"
        )


def main() -> None:
    """Alternate, check, report."""
    asked = arguments(
        __doc__ or "", long=dict(action="store_true", help="play one run of the peer to 1e8 cells: minutes")
    )
    skip_without(asked.peers_python, "gillespy2")
    heading("T3: two types, rare mutation")
    worker, gates = Worker(asked.peers_python, "gillespy2_worker.py"), Gates()
    for title, (days, many, few) in SIZES.items():
        mutants(2, 1, days=days)
        ours, peers, kept, theirs = [], [], [], []
        with_peer = title == "66 days" or asked.long
        for pair in range(asked.pairs):
            start = cpu_seconds()
            kept.append(mutants(many, 2000 + pair, days=days))
            ours.append(many / (cpu_seconds() - start))
            if with_peer and (title == "66 days" or pair == 0):
                answer, counts = worker.ask(model=title, trajectories=few, seed=2000 + pair)
                peers.append(few / answer["cpu"])
                theirs.append(counts[:, 0, -1])
        check(gates, title, days, kept)
        if peers:
            wild, mean = np.concatenate(theirs), FOUNDERS * math.exp(GROWTH * days)
            error = math.sqrt((BIRTH + DEATH) / GROWTH * mean * (mean / FOUNDERS - 1) / len(wild))
            gates.near(f"{title}, peer: mean wild", float(wild.mean()), mean, error)
            report(title, ours[: len(peers)], peers)
        else:
            print(
                f"  {title}, seedsoil: {np.median(ours):,.0f} trajectories/CPU s; the peer would take minutes for one run (--long)"
            )
    to_a_size(gates, asked.pairs)
    gates.close()


if __name__ == "__main__":
    main()
