"""Claims are carried out: in this process or several, those kept already left alone, each kept when it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, as_completed
from pathlib import Path

from seedsoil.evidence.claim import Budget, Claim
from seedsoil.evidence.runner.kept import Shelf
from seedsoil.evidence.runner.result import Result, result_of
from seedsoil.evidence.runner.work import Done, work
from seedsoil.trial.runner.pool import ProcessPool, WorkerDiedError

__all__ = ["carry_out"]

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
    by_name = {claim.id: claim for claim in left}
    for done in _all_done(left, budget, seed, workers):
        result = result_of(by_name[done.claim], budget, seed, done)
        shelf.keep(result)
        found[done.claim] = result
        say(result, False)
    return [found[claim.id] for claim in claims]


def _all_done(claims: Sequence[Claim], budget: Budget, seed: int, workers: int) -> Iterator[Done]:
    """Yield what comes of each claim as it comes."""
    if workers == 1 or len(claims) < 2:
        for claim in claims:
            yield work(claim.id, budget, seed)
        return
    pool = ProcessPool(min(workers, len(claims)))
    try:
        futures = {pool.submit(work, claim.id, budget, seed): claim for claim in claims}
        for future in as_completed(futures):
            yield _reply(future, futures[future])
    except BaseException:
        pool.kill()
        raise
    pool.shutdown()


def _reply(future: Future[Done], claim: Claim) -> Done:
    """Return what a worker sent, or how it died: memory, or a signal from outside."""
    try:
        return future.result()
    except WorkerDiedError as error:
        return Done(claim.id, 0.0, failure=f"{claim.id} was not finished: {error}.\n")
