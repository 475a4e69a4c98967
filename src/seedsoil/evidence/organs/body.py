"""A host in which cells of a tumour get about: where they arrest, in which soil, and the pattern that follows."""

from __future__ import annotations

import numpy as np

from seedsoil.biology.clone import Tumour
from seedsoil.biology.journey.circulation import arrests
from seedsoil.biology.patient import Host
from seedsoil.biology.soils.factors import levels
from seedsoil.evidence.organs.autopsies import Row, places, scored_sites, share_who_have
from seedsoil.evidence.organs.prediction import Floats, Pace, incidence, rates, successes


class Body:
    """A host: its soils by number, and how cells of each tumour get about in it."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.soils = [soil.name for soil in host.soils]
        self.supply = np.array([levels(soil.ligands) for soil in host.soils])
        self.of_site = np.array([self.soils.index(site.soil) if site.soil else -1 for site in host.anatomy.sites])
        self._arrests: dict[str, Floats] = {}

    def soil(self, name: str) -> int:
        """Return the number of a soil."""
        return self.soils.index(name)

    def home(self, tumour: Tumour) -> int:
        """Return the number of the soil in which a tumour's primary lies."""
        return int(self.of_site[self.host.anatomy.index(tumour.site)])

    def arrests(self, tumour: Tumour) -> Floats:
        """Return the chance that a cell shed at i arrests at j [sites, sites]."""
        if tumour.name not in self._arrests:
            self._arrests[tumour.name] = np.asarray(arrests(tumour, self.host))
        return self._arrests[tumour.name]

    def pattern(self, tumour: Tumour, chances: Floats, middle: float, pace: Pace, row: Row) -> Floats:
        """Return the incidence at the scored sites of a row, by the chance of success in each soil [soils]."""
        there = np.where(self.of_site >= 0, chances[self.of_site], 0.0)
        where = places(self.host.anatomy, tumour.site)
        scored = {site: where[site] for site in scored_sites(row)}
        home = self.host.anatomy.index(tumour.site)
        found = incidence(self.arrests(tumour) * there[None, :], home, middle, pace, scored)
        return np.asarray(found * np.array([share_who_have(site, row) for site in scored]))


def as_shipped(body: Body, tumour: Tumour) -> Floats:
    """Return the chance of success in each soil with all levels as the catalogue has them [soils]."""
    return successes(tumour, body.host, *rates(tumour, levels(tumour.receptors), body.supply))
