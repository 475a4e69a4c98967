"""One claim's experiment and its ablation, carried out in whatever process: findings, or what went wrong."""

from __future__ import annotations

import time
import traceback
import zlib
from dataclasses import dataclass

from seedsoil.evidence.claim import Budget, Finding
from seedsoil.evidence.review import claim_of

__all__ = ["Done", "luck_of", "work"]

_MOST_SEED = 2**62


@dataclass(frozen=True)
class Done:
    """What came of a claim: both findings, or the traceback of what broke off; and the seconds that it took."""

    claim: str
    seconds: float
    found: Finding | None = None
    ablated: Finding | None = None
    failure: str = ""


def luck_of(claim: str, seed: int) -> int:
    """Return the seed of a claim's experiment: claims have luck of their own, whichever others are run."""
    return (seed + zlib.crc32(claim.encode()) * 1_000_003) % _MOST_SEED


def work(claim: str, budget: Budget, seed: int) -> Done:
    """Carry out an experiment as it is and with its ablation; an error of the experiment is told, not raised."""
    start = time.perf_counter()
    try:
        meant = claim_of(claim)
        intact, broken = meant.settings(budget, luck_of(meant.id, seed))
        found, ablated = meant.experiment(intact), meant.experiment(broken)
        lacking = [check.name for check in meant.checks if check.name not in found.checks]
        if lacking:
            raise KeyError(f"the experiment of {claim} gave no figure for its checks {', '.join(lacking)}")
    except Exception:
        return Done(claim, time.perf_counter() - start, failure=traceback.format_exc())
    return Done(claim, time.perf_counter() - start, found, ablated)
