"""Time of one update of one clone in one lesion, by the number of cells.

An update is what the body engine does for a clone over one step: two binomials and a negative binomial, from the law of the
whole step. The aim is 40 ns at most on one core (compiled, no marks). Prints a table.

    python benchmarks/clone_lesion_updates.py [updates]
"""

import statistics
import sys
import time
from collections.abc import Callable

import numpy as np

from seedsoil.body.kendall import advance_unmarked, piece
from seedsoil.foundation.compiled import kernel
from seedsoil.foundation.streams import SWITCH, aim, new_stream

REPEATS = 5


@kernel
def updates_of(stream, cells: float, birth: float, death: float, mark: float, updates: int) -> float:  # type: ignore[no-untyped-def]
    """Update as many clones of this many cells, each from a draw of its own address; one law for all, as in a lesion."""
    a, beta, c, delta, root = piece(birth, death, mark, 7.0)
    total = 0.0
    for number in range(updates):
        aim(stream, SWITCH, np.uint64(number), 3)
        marked, alive = advance_unmarked(stream, cells, a, beta, c, delta, root)
        total += marked + alive
    return total


@kernel
def laws_of(birth: float, death: float, mark: float, updates: int) -> float:
    """Compose the law of a step anew for each of so many updates."""
    total = 0.0
    for number in range(updates):
        law = piece(birth, death + 1e-9 * number, mark, 7.0)
        total += law[1]
    return total


def nanoseconds(run: Callable[[], float], updates: int) -> float:
    """Return the median time of one update over some repeats, after one run that compiles."""
    run()
    taken = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken) / updates * 1e9


def main() -> None:
    """Print the table."""
    updates = int(float(sys.argv[1])) if len(sys.argv) > 1 else 1_000_000
    stream = new_stream(20150527, 1)
    rows = [("the law of a step only", nanoseconds(lambda: laws_of(0.2, 0.18, 1e-8, updates), updates))]
    for cells in (1.0, 1e2, 1e4, 1e6, 1e9, 1e12):
        for title, mark in (("no marks", 0.0), ("marks at 1e-15", 1e-15)):
            taken = nanoseconds(lambda n=cells, m=mark: updates_of(stream, n, 0.2, 0.18, m, updates), updates)  # type: ignore[misc]
            rows.append((f"{cells:.0e} cells, {title}", taken))
    print(f"{'one update':34s} {'ns':>8s} {'million/s':>10s}")
    for title, taken in rows:
        print(f"{title:34s} {taken:8.1f} {1e3 / taken:10.1f}")


if __name__ == "__main__":
    main()
