"""Mice with a tumour in its own organ: what is given from a day on, and what the tumour weighs at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedsoil.evidence.bench import Order, cohort, column, lesions_of_each
from seedsoil.evidence.claim import Figure, Setting
from seedsoil.evidence.estimates import again, ratio, share
from seedsoil.trial.trial import Trial

__all__ = ["course", "four_arms", "incidence", "medians_ratio", "orthotopic", "relative", "spread", "weights"]

#: Cells of a gram.
_GRAM = 1e9


def course(agent: str, dose: str, every: str, start: str = "0 days") -> dict[str, str]:
    """Return the order that gives an agent again and again, to the end."""
    return {"give": agent, "dose": dose, "every": every, "start": start}


def orthotopic(
    setting: Setting,
    animals: int,
    tumour: str | Mapping[str, Any],
    until: str,
    arms: Mapping[str, Sequence[Order]],
    *,
    host: str = "nude_mouse",
    size: str = "1 mm",
    without: Sequence[str] = (),
    **sections: Any,
) -> Trial:
    """Carry out arms in mice whose tumour, in the organ where the line was put, has just this diameter; day 0 is then."""
    return cohort(
        setting, animals=animals, tumour=tumour, host=host, until=until, arms=arms,
        diagnosis={"primary_diameter": size}, without=without, **sections,
    )  # fmt: skip


def weights(trial: Trial, arm: str) -> NDArray[np.float64]:
    """Return the weight of each animal's primary at its end [g]."""
    first = column(trial, "lesions", "lesion", arm) == 0
    cells: NDArray[np.float64] = column(trial, "lesions", "cells_at_end", arm)[first].astype(np.float64)
    return cells / _GRAM


def spread(trial: Trial, arm: str, least: float = 1.0, site: str | None = None) -> NDArray[np.float64]:
    """Return the metastases of each animal that have at least so many cells at the end, at one site or all."""
    chosen = (column(trial, "lesions", "lesion", arm) > 0) & (column(trial, "lesions", "cells_at_end", arm) >= least)
    if site is not None:
        chosen &= column(trial, "lesions", "site", arm) == site
    return lesions_of_each(trial, chosen, arm)


def relative(trial: Trial, arm: str, other: str) -> Figure:
    """Return the mean weight of one arm's tumours over that of another's."""
    return ratio(weights(trial, arm), weights(trial, other))


def incidence(trial: Trial, arm: str, least: float) -> Figure:
    """Return the share of animals whose tumour has at least so many cells at the end."""
    large = weights(trial, arm) * _GRAM >= least
    return share(int(large.sum()), large.size)


def four_arms(**orders: Order) -> dict[str, list[Order]]:
    """Return arms of a factorial: control, each of two orders by its name, and both."""
    (one, first), (other, second) = orders.items()
    return {"control": [], one: [first], other: [second], "both": [first, second]}


def medians_ratio(trial: Trial, arm: str, other: str) -> Figure:
    """Return the median weight of one arm's tumours over that of another's; animals share their luck."""
    return again((weights(trial, arm), weights(trial, other)), lambda a, b: float(np.median(a) / np.median(b)))
