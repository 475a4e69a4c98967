"""Trials made of tables alone, in which it is known what a combination does."""

from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedsoil.experiment.protocol import Course, Protocol, Scan

Floats = NDArray[np.float64]
until = 4000.0
scan_day = 84.0
arms = ("surgery", "seed", "soil", "both")


def trial_of(death: Floats, volume: Floats, seed: int = 7) -> Any:
    """Return a trial of patients who die on day ``death`` (4, n) and, on day 84, show ``volume`` (4, n).

    Rows: control, the agents alone, the combination. Whoever lives on day 4000 is followed until then. Progression comes at
    half the time to death.
    """
    n = death.shape[1]
    patients: dict[str, Any] = {
        "patient": np.tile(np.arange(n), 4),
        "arm": np.repeat(np.array(arms, dtype=object), n),
        "end_day": np.minimum(death, until).ravel(),
        "alive": (death > until).ravel(),
        "progressed": (death / 2 < until).ravel(),
        "progression_day": np.where(death / 2 < until, death / 2, np.nan).ravel(),
        "response": np.full(4 * n, "SD", dtype=object),
    }
    shown = volume.ravel() > 0
    observations = {
        "patient": patients["patient"][shown],
        "arm": patients["arm"][shown],
        "day": np.full(shown.sum(), scan_day),
        "instrument": np.full(shown.sum(), "ct", dtype=object),
        "diameter_mm": np.cbrt(volume.ravel()[shown] * 6 / np.pi),
    }
    scans = (Scan(every=56.0, start=28.0),)
    seed_drug, soil_drug = (Course(agent, 1.0, "iv", 42.0) for agent in ("a", "b"))
    courses = ((), (seed_drug,), (soil_drug,), (seed_drug, soil_drug))
    plan = SimpleNamespace(
        title="A trial of tables",
        seed=seed,
        until_days=until,
        arms={name: Protocol(courses=given, scans=scans) for name, given in zip(arms, courses, strict=True)},
    )
    return SimpleNamespace(
        tables={"patients": patients, "observations": observations}, plan=plan, record=SimpleNamespace(identity="0")
    )


def cohort(n: int = 300, seed: int = 1) -> tuple[Floats, Floats, Floats]:
    """Return control's days of death, volumes, and a benefit between 1 and 2 by patient: (n,) each."""
    generator = np.random.default_rng(seed)
    return 200 + generator.exponential(1000, n), generator.lognormal(5, 1, n), generator.uniform(1, 2, n)
