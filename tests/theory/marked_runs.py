"""Many runs of the engine's marked step, compiled once for all tests that ask."""

import numpy as np

from seedsoil.body.kendall import advance_marked, tails
from seedsoil.foundation.compiled import kernel
from seedsoil.foundation.streams import TEACHING, aim


@kernel
def marked_runs(stream, cells, calendar, leaves, found):  # type: ignore[no-untyped-def]
    """Fill found (runs, repeats, 2) with cells and marks of each repeat of the calendar, one after the other."""
    table, scrap = tails(calendar), np.empty(0)
    for run in range(found.shape[0]):
        aim(stream, TEACHING, np.uint64(run), 0)
        n = cells
        for repeat in range(found.shape[1]):
            n, marks = advance_marked(stream, n, calendar, table, 0, 0.0, leaves, scrap)
            found[run, repeat, 0], found[run, repeat, 1] = n, marks
