"""Signals between tumour and host that an agent can block or raise, and what each of them does."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Blocked = Literal[
    "vegf", "ang2", "pericyte", "egf", "igf", "hgf", "pdgf", "chemokine", "endothelin", "gap_junction", "il23",
    "platelet", "protease", "integrin", "inflammation", "stroma", "checkpoint", "efflux",
]  # fmt: skip
Raised = Literal["macrophage", "natural_killer", "lymphocyte", "sprouting", "conditioning"]

#: What is lost when a signal is blocked.
BLOCKED: dict[Blocked, str] = {
    "vegf": "sprouting, leak and the survival of vessels; a lesion's switch to its own vessels",
    "ang2": "what loosens mature vessels and hinders pericytes",
    "pericyte": "the cells that ripen and steady a lesion's vessels",
    "egf": "growth and survival by the EGF receptor, of tumour cells and of endothelium that the tumour feeds",
    "igf": "growth and survival by the IGF receptor",
    "hgf": "growth and survival by MET",
    "pdgf": "growth by PDGF receptors, and the survival of endothelium that lives on the tumour's PDGF",
    "chemokine": "growth and survival by chemokine receptors, and the hold of chemokine-presenting vessels",
    "endothelin": "astrocytes' protection of tumour cells, and of endothelium that lives on the tumour's endothelin",
    "gap_junction": "the junctions through which tumour cells call for astrocytes' protection",
    "il23": "growth factors that inflamed astrocytes supply",
    "platelet": "the cloak of platelets about cells in the blood, and the hold that platelets give them",
    "protease": "the share of cells that need proteases to enter a vessel",
    "integrin": "the hold of vessel walls on cells, and sprouting",
    "inflammation": "growth factors, VEGF and departures that inflamed tissue adds",
    "stroma": "the fibroblasts that support a lesion, restrain it and keep drugs out",
    "checkpoint": "the sign by which tumour cells stay the hand of lymphocytes",
    "efflux": "the pump that keeps drugs out of resistant cells",
}

#: What grows when a signal is raised.
RAISED: dict[Raised, str] = {
    "macrophage": "activated macrophages, which kill tumour cells where they live",
    "natural_killer": "natural killer cells, which kill cells that have just arrested",
    "lymphocyte": "lymphocytes, which kill the cells that they can see",
    "sprouting": "new vessels of a lesion",
    "conditioning": "vessel walls that let tumour cells out more easily",
}

#: Every signal, in the order of a condition's row; ``wound`` is raised by surgery alone.
SIGNALS: tuple[str, ...] = (*BLOCKED, *RAISED, "wound")

#: Growth factors whose receptors agents can hold; what a mechanism that is switched off leaves of the signals.
RECEPTORS: tuple[Blocked, ...] = ("egf", "igf", "hgf", "pdgf", "chemokine")


class Levels:
    """What agents and wounds make of each signal, condition by condition: the share blocked, or how far it is raised [1].

    ``rows`` has a row for each condition and a column for each of ``SIGNALS``. A mechanism named in ``without`` takes
    its signals away.
    """

    def __init__(self, rows: NDArray[np.float64], without: Collection[str] = ()) -> None:
        self._rows = rows.copy()
        for mechanism, silent in (("receptor blockade", RECEPTORS), ("host conditioning", ("conditioning",)),
                                  ("wound repair", ("wound",)), ("inflammation", ("inflammation", "il23"))):  # fmt: skip
            if mechanism in without:
                for name in silent:
                    self._rows[:, SIGNALS.index(name)] = 0.0
        if "platelets" in without:
            self._rows[:, SIGNALS.index("platelet")] = 1.0

    def __len__(self) -> int:
        return self._rows.shape[0]

    def __getitem__(self, name: str) -> NDArray[np.float64]:
        """Level of a signal, condition by condition."""
        return self._rows[:, SIGNALS.index(name)]


def resting() -> NDArray[np.float64]:
    """The row of signals that nobody has touched, as the one condition there is."""
    return np.zeros((1, len(SIGNALS)))
