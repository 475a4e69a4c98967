"""Claims are carried out: in this process or several, those kept already left alone, each kept when it is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from seedsoil.evidence.claim import Budget, Claim
from seedsoil.evidence.runner.each import each
from seedsoil.evidence.runner.kept import Shelf
from seedsoil.evidence.runner.parameters import Moved, measure
from seedsoil.evidence.runner.result import Result, result_of
from seedsoil.evidence.runner.work import Done, work
from seedsoil.foundation.errors import ModelError
from seedsoil.trial.runner.pool import WorkerDiedError

__all__ = ["carry_out", "measure_all"]

Tell = Callable[[Result, bool], None]


def carry_out(
    claims: Sequence[Claim],
    budget: Budget,
    seed: int,
    out: Path,
    *,
    workers: int = 1,
    tell: Tell | None = None,
) -> list[Result]:
    """Carry out the experiments of some claims, and return their results in the order of the claims.

    Figures do not depend on ``workers``, nor on which other claims are run. What is done is in ``out`` at once: a second
    call takes up where the first was stopped.

    Parameters
    ----------
    claims
    budget, seed
    out
        Folder of results; made if it is not there.
    workers
        Processes; 1 is this one.
    tell
        Called with each result, and whether it was there already.

    Raises
    ------
    StoreError
        ``out`` cannot be a folder.
    """
    shelf, say = Shelf(out), tell or (lambda result, kept: None)
    found: dict[str, Result] = {}
    for claim in claims:
        kept = shelf.find(claim, budget, seed)
        if kept is not None:
            found[claim.id] = kept
            say(kept, True)
    left = [claim for claim in claims if claim.id not in found]
    for claim, done in each(work, left, budget, seed, workers):
        result = result_of(claim, budget, seed, _finished(claim, done))
        shelf.keep(result)
        found[claim.id] = result
        say(result, False)
    return [found[claim.id] for claim in claims]


def _finished(claim: Claim, done: Done | WorkerDiedError) -> Done:
    """Return what came of a claim; of one whose worker died, how."""
    if isinstance(done, WorkerDiedError):
        return Done(claim.id, 0.0, failure=f"{claim.id} was not finished: {done.how}.\n")
    return done


def measure_all(
    results: Sequence[Result], out: Path, *, workers: int = 1, tell: Callable[[int], None] | None = None
) -> dict[str, tuple[Moved, ...]]:
    """Measure the named parameters of claims that were carried out, and return what each came to, by claim.

    Parameters
    ----------
    results
        Of one budget and seed.
    out
        Folder of results: what is measured is kept there at once.
    workers
        Processes; 1 is this one.
    tell
        Called with the number of claims done.

    Raises
    ------
    ModelError
        If a process died; what other claims came to is kept.
    """
    shelf, found = Shelf(out), dict[str, tuple[Moved, ...]]()
    for result in results:
        kept = shelf.find_moved(result.claim, result.budget, result.seed)
        if kept is not None:
            found[result.claim.id] = kept
    left = [result.claim for result in results if result.claim.id not in found]
    if left:
        budget, seed = results[0].budget, results[0].seed
        for claim, moved in each(measure, left, budget, seed, workers):
            if isinstance(moved, WorkerDiedError):
                raise ModelError(
                    f"{claim.id}: its parameters were not measured to the end: {moved.how}. The same command takes it up."
                )
            shelf.keep_moved(claim, budget, seed, moved)
            found[claim.id] = moved
            if tell:
                tell(len(found))
    return found
