"""Signals between tumour and host that an agent can block or raise, and what each of them does."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Blocked = Literal[
    "vegf", "ang2", "pericyte", "egf", "igf", "hgf", "pdgf", "chemokine", "endothelin", "gap_junction", "il23",
    "platelet", "protease", "integrin", "inflammation", "stroma", "checkpoint", "efflux", "oestrogen", "androgen",
]  # fmt: skip
Side = Literal["blood", "tissue"]
Raised = Literal[
    "macrophage", "natural_killer", "lymphocyte", "infiltration", "sprouting", "conditioning", "flow", "uptake",
]  # fmt: skip

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
    "protease": "the share of cells that need proteases to enter a vessel, and of division at a lesion's edge",
    "integrin": "the hold of vessel walls on cells, and sprouting",
    "inflammation": "growth factors, VEGF and departures that inflamed tissue adds",
    "stroma": "the fibroblasts that support a lesion, restrain it and keep drugs out",
    "checkpoint": "the sign by which tumour cells stay the hand of lymphocytes",
    "efflux": "the pump that keeps drugs out of resistant cells",
    "oestrogen": "growth, VEGF and survival of tumours that live on oestrogen",
    "androgen": "growth, VEGF and survival of tumours that live on androgen",
}

#: What grows when a signal is raised.
RAISED: dict[Raised, str] = {
    "macrophage": "activated macrophages, which kill tumour cells where they live",
    "natural_killer": "natural killer cells, which kill cells that have just arrested",
    "lymphocyte": "lymphocytes, which kill the cells that they can see",
    "infiltration": "lymphocytes' way into the depth of lesions, and how they multiply there on what they see",
    "sprouting": "new vessels of a lesion",
    "conditioning": "vessel walls that let tumour cells out more easily",
    "flow": "blood through a lesion's vessels, its own and the host's, by arterioles that widen",
    "uptake": "what tumour cells take up by nucleoside carriers, and wake, of a drug that comes in by them",
}

#: On which side of a vessel's wall an agent meets each signal, and why: where a barrier stands between, what acts in the
#: tissue is felt as far as the barrier lets the agent in, and what acts in the blood as everywhere.
SIDE: dict[str, tuple[Side, str]] = {
    "vegf": (
        "blood",
        "endothelium hears it, and endothelium is washed by blood; young vessels have no tight junctions",
    ),
    "ang2": ("blood", "its receptor sits on endothelium"),
    "pericyte": ("blood", "it concerns a lesion's own young vessels, whose wall is open to blood"),
    "egf": ("tissue", "receptors of tumour cells; those of endothelium are read from the blood"),
    "igf": ("tissue", "receptors of tumour cells"),
    "hgf": ("tissue", "receptors of tumour cells"),
    "pdgf": ("tissue", "receptors of tumour cells; those of endothelium are read from the blood"),
    "chemokine": (
        "tissue",
        "receptors of tumour cells that grow; of those that arrest, still in blood, from the blood",
    ),
    "endothelin": ("tissue", "astrocytes and tumour cells; receptors of endothelium are read from the blood"),
    "gap_junction": ("tissue", "junctions of tumour cells with astrocytes"),
    "il23": ("tissue", "astrocytes and macrophages make it within the tissue"),
    "platelet": ("blood", "platelets are there"),
    "protease": ("tissue", "a cell bores its way into a vessel from without, and a lesion into tissue"),
    "integrin": ("blood", "the wall's face to the blood, and endothelium that sprouts"),
    "inflammation": ("tissue", "it is that of the tissue"),
    "stroma": ("tissue", "fibroblasts lie about the tumour cells"),
    "checkpoint": (
        "blood",
        "held on lymphocytes in blood and nodes, which carry it in: lesions behind a barrier answer too",
    ),
    "efflux": ("tissue", "the pump sits in tumour cells"),
    "oestrogen": ("blood", "glands and fat make it; where less of it comes with the blood, each tissue has less"),
    "androgen": ("blood", "glands make it; where less of it comes with the blood, each tissue has less"),
    "macrophage": ("tissue", "macrophages that live in the tissue learn to kill there"),
    "natural_killer": ("blood", "they kill what has just arrested and is still in the vessel"),
    "lymphocyte": ("blood", "they multiply in blood and nodes; once active they pass the wall"),
    "infiltration": ("blood", "lymphocytes are driven in blood and nodes, and carry the drive in"),
    "sprouting": ("blood", "endothelium hears it"),
    "conditioning": ("blood", "it is what endothelium lets through"),
    "flow": ("blood", "arterioles that lead to a lesion narrow and widen"),
    "uptake": ("tissue", "carriers and kinases of tumour cells"),
    "wound": ("blood", "no agent: the factors of the wounded body, which are taken to reach every tissue"),
}

#: Every signal, in the order of a condition's row; ``wound`` is raised by surgery alone.
SIGNALS: tuple[str, ...] = (*BLOCKED, *RAISED, "wound")

#: Signals that an agent meets in the tissue, behind a barrier where there is one.
BEHIND: frozenset[str] = frozenset(name for name, (side, _) in SIDE.items() if side == "tissue")

#: Growth factors whose receptors agents can hold; what a mechanism that is switched off leaves of the signals.
RECEPTORS: tuple[Blocked, ...] = ("egf", "igf", "hgf", "pdgf", "chemokine")
#: Hormones of the host on which a tumour can live, and which agents take away.
HORMONES: tuple[Blocked, ...] = ("oestrogen", "androgen")


class Levels:
    """What agents and wounds make of each signal, condition by condition: the share blocked, or how far it is raised [1].

    ``rows`` has a row for each condition and a column for each of ``SIGNALS``. A mechanism named in ``without`` takes
    its signals away.
    """

    def __init__(self, rows: NDArray[np.float64], without: Collection[str] = ()) -> None:
        self._rows = rows.copy()
        for mechanism, silent in (("receptor blockade", RECEPTORS), ("hormone withdrawal", HORMONES), ("host conditioning", ("conditioning",)),
                                  ("wound repair", ("wound",)), ("proteases", ("protease",)), ("drug uptake", ("uptake",)),
                                  ("inflammation", ("inflammation", "il23"))):  # fmt: skip
            if mechanism in without:
                for name in silent:
                    self._rows[:, SIGNALS.index(name)] = 0.0
        if "platelets" in without:
            self._rows[:, SIGNALS.index("platelet")] = 1.0

    def __len__(self) -> int:
        return self._rows.shape[0]

    @property
    def key(self) -> bytes:
        """What tells these levels from others."""
        return self._rows.tobytes()

    def __getitem__(self, name: str) -> NDArray[np.float64]:
        """Level of a signal, condition by condition."""
        return self._rows[:, SIGNALS.index(name)]


def resting() -> NDArray[np.float64]:
    """The row of signals that nobody has touched, as the one condition there is."""
    return np.zeros((1, len(SIGNALS)))
