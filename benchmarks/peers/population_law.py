"""Births and deaths from one cell, final size and 61 daily points: `sample_population` beside GillesPy2's compiled SSA.

Births 0.25 and deaths 0.18 per day, 60 days. Both are exact; gates: extinction and mean within four standard errors, and
Kolmogorov's distance to Kendall's law. GillesPy2 takes any reaction network and plays every event; we draw this one law in
closed form. That is where the ratio comes from.

    python benchmarks/peers/population_law.py --peers-python ../peers/bin/python
"""

from __future__ import annotations

import math

import numpy as np
from pairs import Gates, Worker, arguments, cpu_seconds, heading, report, skip_without

from seedsoil import sample_population

BIRTH, DEATH, DAYS = 0.25, 0.18, 60
CALLS = 10  # of ours in each pair; the last is held to the law
GATES = {"final": (60,), "daily": (1, 5, 20, 60)}
SIZES = {"final": (1_000_000, 20_000), "daily": (100_000, 8_000)}  # trajectories in a call: ours, the peer's


def law(day: int) -> tuple[float, float, np.ndarray]:
    """Return P(extinct), the mean and the cumulative law of one cell's family on that day (Kendall 1948)."""
    growth = math.exp((BIRTH - DEATH) * day)
    extinct = DEATH * (growth - 1) / (BIRTH * growth - DEATH)
    ratio = BIRTH * (growth - 1) / (BIRTH * growth - DEATH)
    sizes = np.arange(max(50, int(-40 / math.log(ratio))))
    return extinct, growth, 1 - (1 - extinct) * ratio**sizes


def check(gates: Gates, who: str, counts: np.ndarray, day: int) -> None:
    """Hold the counts of one day to the exact law."""
    extinct, mean, cumulative = law(day)
    runs = len(counts)
    gates.near(
        f"{who}, day {day}: P(extinct)", float((counts == 0).mean()), extinct, math.sqrt(extinct * (1 - extinct) / runs)
    )
    deviation = math.sqrt((BIRTH + DEATH) / (BIRTH - DEATH) * mean * (mean - 1))
    gates.near(f"{who}, day {day}: mean", float(counts.mean()), mean, deviation / math.sqrt(runs))
    gates.law(f"{who}, day {day}: law", counts.astype(np.int64), cumulative)


def main() -> None:
    """Alternate, check, report."""
    asked = arguments(__doc__ or "")
    skip_without(asked.peers_python, "gillespy2")
    heading("T1, T2: one population, births and deaths")
    worker, gates = Worker(asked.peers_python, "gillespy2_worker.py"), Gates()
    for model, (many, few) in SIZES.items():
        times = list(range(DAYS + 1)) if model == "daily" else [DAYS]
        sample_population(1, [(BIRTH, DEATH, DAYS)], times=times, runs=10, seed=1)  # compiles
        ours, peers, kept, theirs = [], [], [], []
        for pair in range(asked.pairs):
            start = cpu_seconds()
            for call in range(CALLS):
                counts = sample_population(
                    1, [(BIRTH, DEATH, DAYS)], times=times, runs=many, seed=1000 + CALLS * pair + call
                )
            ours.append(CALLS * many / (cpu_seconds() - start))
            kept.append(counts[:, [times.index(day) for day in GATES[model]]])
            answer, counts = worker.ask(model=model, trajectories=few, seed=1000 + pair)
            peers.append(few / answer["cpu"])
            theirs.append(counts[:, 0, [-1] if model == "final" else list(GATES[model])])
            if answer["compiled"]:
                print(f"  {model}: the peer compiled its model in {answer['compiled']:.1f} CPU s (not counted)")
        for column, day in enumerate(GATES[model]):
            check(gates, f"{model}, seedsoil", np.concatenate(kept)[:, column], day)
            check(gates, f"{model}, peer", np.concatenate(theirs)[:, column], day)
        report(model, ours, peers)
    gates.close()


if __name__ == "__main__":
    main()
