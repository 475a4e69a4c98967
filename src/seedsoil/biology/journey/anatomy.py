"""Sites and the vessels between them: where blood and lymph carry a cell, and where it arrests."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.quantities import Fraction, LitresPerDay, Noun
from seedsoil.foundation.errors import ModelError
from seedsoil.foundation.kept import Kept


class Site(Noun):
    """A place in the circulation: how much blood passes, what its capillaries hold back, and which soil lies there.

    ``arterial_flow`` is the part that comes from an artery; a drug infused into that artery is diluted in it.
    ``artery`` names the route by which such an infusion is ordered, where there is one.
    A site without a soil (a great vessel, a heart chamber) holds nothing back.
    """

    name: str
    soil: str = ""
    size_trap: Fraction
    arterial_flow: LitresPerDay | None = None
    artery: str = ""


class Vessel(Noun):
    """A one-way passage: this share of what leaves ``source`` goes to ``target``."""

    source: str
    target: str
    share: Fraction
    lymphatic: bool = False


class Anatomy(Noun):
    """The directed graph of sites. The shares of a site's outflow add to one."""

    name: str
    sites: tuple[Site, ...]
    vessels: tuple[Vessel, ...]

    def index(self, name: str) -> int:
        """Position of a site; ModelError with the known names if there is none."""
        for position, site in enumerate(self.sites):
            if site.name == name:
                return position
        raise ModelError(f"no site {name!r} in anatomy {self.name!r}; sites: {', '.join(s.name for s in self.sites)}")

    def flow(self) -> NDArray[np.float64]:
        """Share of the outflow of each site that goes to each other [sites, sites]; whoever asks gets an array of his own."""
        return _flows.get((self,), (), lambda: _shares(self)).copy()


#: Flows of the last few anatomies: patients of a study share theirs.
_flows: Kept[NDArray[np.float64]] = Kept(8)


def _shares(anatomy: Anatomy) -> NDArray[np.float64]:
    positions = {site.name: position for position, site in enumerate(anatomy.sites)}
    flow = np.zeros((len(anatomy.sites), len(anatomy.sites)))
    for vessel in anatomy.vessels:
        flow[positions[vessel.source], positions[vessel.target]] += float(vessel.share)
    return flow


def expected_arrests(
    flow: NDArray[np.float64], arrest: Sequence[float], survival: float | Sequence[float]
) -> NDArray[np.float64]:
    """Chance that a cell that leaves site i arrests at site j, over all its passes [sites, sites].

    Law: an absorbing chain. A cell arrives at j, arrests there with chance a_j, or goes on with the flow and
    survives the segment with chance s. Rows: diag(a) (I - P^T)^-1 applied to the first arrivals.
    Rows add to one less the deaths on the way.

    Raises
    ------
    ModelError
        If a cell could circulate for ever (no filter and no death on some cycle).
    """
    sites = flow.shape[0]
    held = np.asarray(arrest, dtype=np.float64)
    alive = np.broadcast_to(np.asarray(survival, dtype=np.float64), (sites,))
    passage = (1.0 - held)[:, None] * flow * alive[:, None]
    first = flow * alive[:, None]
    return np.asarray(_solved((np.eye(sites) - passage).T, first.T).T * held[None, :])


def expected_passes(
    flow: NDArray[np.float64], arrest: Sequence[float], survival: float | Sequence[float]
) -> NDArray[np.float64]:
    """How often a cell that leaves site i leaves site j before it arrests or is gone, the first time at i [sites, sites].

    Law: the chain of `expected_arrests`, (I - P)^-1 with P_ij = s_i w_ij (1 - a_j). Raises ModelError as that does.
    """
    sites = flow.shape[0]
    held = np.asarray(arrest, dtype=np.float64)
    alive = np.broadcast_to(np.asarray(survival, dtype=np.float64), (sites,))
    onward = flow * alive[:, None] * (1.0 - held)[None, :]
    return _solved(np.eye(sites) - onward, np.eye(sites))


def blood_flow(anatomy: Anatomy, artery: str, output: float) -> NDArray[np.float64]:
    """Flow that leaves each site [sites], in the unit of ``output``, which is what leaves the great ``artery``.

    Law: what one round from the artery to the artery brings to each site. The shares of lymph are those of cells, and
    lymph itself is thin: the flow of lymphatic sites is no flow of blood.
    """
    hub = anatomy.index(artery)
    home = np.zeros(len(anatomy.sites))
    home[hub] = 1.0
    return np.asarray(output * expected_passes(anatomy.flow(), home.tolist(), 1.0)[hub])


def _solved(matrix: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """Solve by elimination in a fixed order: the last bits of a BLAS differ between processors.

    No pivots are sought: in I - P of an absorbing chain no entry outweighs the diagonal.
    """
    left, found = matrix.copy(), right.copy()
    for row in range(left.shape[0]):
        if left[row, row] < 1e-12:
            raise ModelError("a cell could circulate for ever: give at least one site on each cycle a filter")
        found[row] /= left[row, row]
        left[row] /= left[row, row]
        others = np.arange(left.shape[0]) != row
        found[others] -= left[others, row, None] * found[row]
        left[others] -= left[others, row, None] * left[row]
    return found
