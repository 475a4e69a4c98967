"""A tube of blood: how many circulating tumour cells are in it, and how many the assay shows.

Tumours shed S cells a day into the blood; all of it passes the great artery, Q litres a day, and the cells with it that
filters on the way have not caught: concentration = sum over sites of S p / Q, where p is the chance to come so far. Cells
that die on the way are seen all the same (they vanish in hours, Meng 2004, and a pass takes a minute); passes after the
first are left out. The count in a tube is a Poisson number.
"""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.clone import Tumour
from seedsoil.biology.journey.circulation import arrests
from seedsoil.biology.journey.transplant import great_artery
from seedsoil.biology.patient import Host
from seedsoil.biology.signals import Levels
from seedsoil.foundation.samplers import poisson
from seedsoil.foundation.streams import BLOOD, Stream, aim
from seedsoil.foundation.value import Value

Floats = NDArray[np.float64]

#: What an assay of circulating cells can do.
ASSAY = MappingProxyType(
    {
        "detection": Value(
            number=0.7, unit="1", low=0.3, high=0.9, grade="assumed", source="assumed",
            note="share of the tumour cells in a tube that the assay shows",
        ),
    }
)  # fmt: skip


def first_pass(tumour: Tumour, host: Host, signals: Levels | None = None) -> Floats:
    """Chance that a cell shed at each site reaches the great artery, alive or not (sites,).

    Law: the circulation's chain without death, with a great artery that catches every cell.
    """
    anatomy = host.anatomy
    hub = anatomy.index(great_artery(anatomy))
    trap = anatomy.sites[hub].size_trap.model_copy(update={"number": 1.0, "high": 1.0})
    sites = tuple(
        site.model_copy(update={"size_trap": trap}) if place == hub else site
        for place, site in enumerate(anatomy.sites)
    )
    watched = host.model_copy(update={"anatomy": anatomy.model_copy(update={"sites": sites})})
    lasting = tumour.transit_loss_rate.model_copy(update={"number": 0.0, "low": 0.0})
    caught = arrests(tumour.model_copy(update={"transit_loss_rate": lasting}), watched, signals)
    return np.asarray((caught if signals is None else caught[0])[:, hub])


def concentration(shed: Floats, passing: Floats, output: float) -> float:
    """Circulating tumour cells in arterial blood [1/L].

    ``shed`` (sites,) are cells a day by site, ``passing`` (sites,) the chance that each comes so far, ``output`` the
    heart's [L/day].
    """
    return float(shed @ passing) / output


def count(stream: Stream, millilitres: float, per_litre: float, step: int) -> float:
    """Draw how many circulating tumour cells an assay shows in a tube; the patient's stream is not touched."""
    own = stream.copy()
    aim(own, BLOOD, np.uint64(0), step)
    return float(poisson(own, millilitres * 1e-3 * per_litre * float(ASSAY["detection"])))
