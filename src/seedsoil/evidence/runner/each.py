"""A function of each claim, in this process or several: what comes of it, as it comes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import as_completed
from typing import TypeVar

from seedsoil.evidence.claim import Budget, Claim
from seedsoil.trial.runner.pool import ProcessPool, WorkerDiedError

__all__ = ["each"]

Made = TypeVar("Made")


def each(
    call: Callable[[str, Budget, int], Made], claims: Sequence[Claim], budget: Budget, seed: int, workers: int
) -> Iterator[tuple[Claim, Made | WorkerDiedError]]:
    """Yield each claim with what the call made of its name; or with how its worker died: memory, a signal from outside."""
    if workers == 1 or len(claims) < 2:
        for claim in claims:
            yield claim, call(claim.id, budget, seed)
        return
    pool = ProcessPool(min(workers, len(claims)))
    try:
        futures = {pool.submit(call, claim.id, budget, seed): claim for claim in claims}
        for future in as_completed(futures):
            try:
                yield futures[future], future.result()
            except WorkerDiedError as error:
                yield futures[future], error
    except BaseException:
        pool.kill()
        raise
    pool.shutdown()
