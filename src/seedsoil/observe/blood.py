"""A tube of blood: which circulating tumour cells pass the needle, alone and in clusters, and which the assay shows.

Tumours shed S cells a day. A cell leaves site after site with the flow until a capillary bed holds it; concentration at
the needle = passes there in a day / flow there. Most cells are held at the first bed or two (they live for a pass); a
small share slips through all of them and stays until it is cleared, with the half-life of hours that was measured after
surgery. Without filters and without clearance one pass gives S / Q, a pool without filters S / (k V), k the clearance and
V the volume of blood.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.clone import Traces, Tumour
from seedsoil.biology.journey.anatomy import Anatomy, blood_flow, expected_passes
from seedsoil.biology.journey.circulation import passes
from seedsoil.biology.journey.founders import added
from seedsoil.biology.journey.transplant import great_artery
from seedsoil.biology.patient import Blood, Host
from seedsoil.biology.signals import Levels, resting
from seedsoil.foundation.elementary import exp, log
from seedsoil.foundation.samplers import poisson
from seedsoil.foundation.streams import BLOOD, Stream, aim
from seedsoil.foundation.value import Value

Floats = NDArray[np.float64]

#: Share of the cells in a tube that each assay shows, of those that it can catch: by an antibody, or by size alone.
RECOVERY = MappingProxyType(
    {
        "ctc": Value(
            number=0.7, unit="1", low=0.3, high=0.9, grade="assumed", source="assumed",
            note="of cells with the epithelial antigen",
        ),
        "ctc_size": Value(
            number=0.6, unit="1", low=0.05, high=0.85, grade="assumed", source="assumed",
            note="of all cells: filters lose the small ones",
        ),
    }
)  # fmt: skip
#: Cells of a cluster beyond which there are none.
_LARGEST_CLUSTER = 400
_MILLILITRES = 1e3


class Density(NamedTuple):
    """Circulating tumour cells in a litre at the needle: single ones, and clusters [1/L]."""

    singles: float
    clusters: float


def bleeding_sites(anatomy: Anatomy) -> list[str]:
    """Sites from which blood can be drawn: those to which more than lymph leads."""
    fed = {vessel.target for vessel in anatomy.vessels if not vessel.lymphatic}
    return [site.name for site in anatomy.sites if site.name in fed]


def passing(tumour: Tumour, host: Host, needle: str = "", signals: Levels | None = None) -> Floats:
    """Passes at the needle per cell or cluster shed at each site, over the flow there [3, sites; day/L].

    Rows: single cells that beds hold, single cells that slip through, clusters. ``needle`` is a site: blood is taken that
    leaves it (a vein's own, an organ's vein); "" is the great artery.
    """
    traces, blood, artery = traced(tumour, host)
    anatomy = host.anatomy
    place, hub = anatomy.index(needle or artery), anatomy.index(artery)
    output = float(host.cardiac_output)
    loss = log(2.0) / float(traces.clearance_half_life)
    # A round takes the volume over the flow; it begins at the great artery.
    alive = np.ones(len(anatomy.sites))
    alive[hub] = exp(-loss * float(blood.volume) / _MILLILITRES / output)
    told = Levels(resting()) if signals is None else signals
    free = expected_passes(anatomy.flow(), [0.0] * alive.size, alive.tolist())
    ways = (
        passes(tumour, host, alive.tolist(), told),
        free,
        passes(tumour, host, alive.tolist(), told, clusters=True),
    )
    return np.asarray(np.array([way[:, place] for way in ways]) / blood_flow(anatomy, artery, output)[place])


def traced(tumour: Tumour, host: Host) -> tuple[Traces, Blood, str]:
    """What a tumour leaves in the blood, the blood, and the great artery; ValueError if the one or other is not told."""
    if tumour.traces is None or host.blood is None:
        who = f"tumour {tumour.name!r} has no traces" if tumour.traces is None else f"host {host.name!r} has no blood"
        raise ValueError(f"{who}: nothing can be read in a tube of blood")
    return tumour.traces, host.blood, great_artery(host.anatomy)


def density(shed: Floats, ways: Floats, traces: Traces, cluster_share: float) -> Density:
    """Single cells and clusters in a litre at the needle.

    ``shed`` (sites,) are cells a day by site, ``ways`` [3, sites] as `passing` gives them. ``cluster_share`` of what
    leaves a tumour, counted by events, is a cluster.
    """
    size, slips = float(traces.cluster_cells), float(traces.passing_share)
    events = shed / (1.0 + cluster_share * (size - 1.0))
    single = (1.0 - slips) * ways[0] + slips * ways[1]
    return Density(
        float(added(events * single)) * (1.0 - cluster_share), float(added(events * ways[2])) * cluster_share
    )


def cluster_recoveries(mean_cells: float, recovery: float) -> Floats:
    """Chance that an assay shows r cells of a cluster, r = 0, 1, 2 ... [1].

    Law: a cluster has 2 + G cells, G geometric with the mean that is left; each is shown or not, by itself.
    """
    more = mean_cells - 2.0
    sizes = np.arange(2, _LARGEST_CLUSTER + 1)
    weights = (1.0 / (1.0 + more)) * (more / (1.0 + more)) ** (sizes - 2.0)
    found = np.zeros(_LARGEST_CLUSTER + 1)
    shown = np.array([1.0])  # the binomial law of so many cells, grown cell by cell
    for cells in range(1, _LARGEST_CLUSTER + 1):
        shown = np.append(shown * (1.0 - recovery), 0.0) + np.append(0.0, shown * recovery)
        if cells >= 2:
            found[: cells + 1] += weights[cells - 2] * shown
    return found


def count(
    stream: Stream, millilitres: float, level: Density, traces: Traces, assay: str, step: int, entity: int = 0
) -> tuple[float, float]:
    """Draw how many tumour cells an assay shows in a tube, and in how many clusters; the patient's stream is not touched.

    A tube holds a Poisson number of single cells and of clusters; so the clusters that show r cells are Poisson numbers
    too, for each r. Cells in clusters make the count's variance larger than its mean. A cluster of which one cell is
    shown counts as a single cell.
    """
    own, litres = stream.copy(), millilitres / _MILLILITRES
    carrying = float(traces.epithelial_share) if assay == "ctc" else 1.0
    recovery = float(RECOVERY[assay]) * carrying
    aim(own, BLOOD, np.uint64(2 * entity), step)
    cells = float(poisson(own, litres * level.singles * recovery))
    clusters = 0.0
    mean = litres * level.clusters
    if mean > 0.0 and recovery > 0.0:
        aim(own, BLOOD, np.uint64(2 * entity + 1), step)
        for shown, chance in enumerate(cluster_recoveries(float(traces.cluster_cells), recovery).tolist()):
            if shown == 0 or mean * chance < 1e-12:
                continue
            found = float(poisson(own, mean * chance))
            cells += shown * found
            clusters += found if shown >= 2 else 0.0
    return cells, clusters
