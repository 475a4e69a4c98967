"""Stage from what was seen: T by the primary's size, N by regional nodes, M by distant lesions, within four months.

After the AJCC's rules a stage is what is known of a patient through the first surgery, or four months. M0 is what scans
have not found: the truth may be M1.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from seedsoil.biology.patient import Host
from seedsoil.biology.staging import Staging
from seedsoil.foundation.kept import Kept
from seedsoil.observe.response import NORMAL_NODE_MM, Reading

#: What is seen later belongs to the course of the disease, not to its stage.
STAGING_DAYS = 120.0
#: A category that nobody has looked for.
UNKNOWN = {"t": "TX", "n": "NX", "m": "MX"}


#: Nodal sites, and stations from a home, of the last few hosts: patients of a study share anatomy and soils.
_nodal: Kept[frozenset[int]] = Kept(8)
_stations: Kept[dict[int, int]] = Kept(8)


def nodal_sites(host: Host) -> frozenset[int]:
    """Return the sites that are lymph nodes."""

    def make() -> frozenset[int]:
        sites = host.anatomy.sites
        return frozenset(place for place, site in enumerate(sites) if site.soil and host.soil(site.soil).nodal)

    return _nodal.get((host.anatomy, host.soils), "", make)


def stations(host: Host, home: int) -> dict[int, int]:
    """Return the nodal sites that lymph from a site reaches, each with how many steps away it is."""
    sites = host.anatomy.sites
    places = {site.name: place for place, site in enumerate(sites)}
    nodal = nodal_sites(host)
    onward: dict[int, list[int]] = {}
    for vessel in host.anatomy.vessels:
        if vessel.lymphatic:
            onward.setdefault(places[vessel.source], []).append(places[vessel.target])
    found: dict[int, int] = {}
    front, step = [home], 0
    while front:
        step += 1
        front = [site for place in front for site in onward.get(place, ()) if site in nodal and site not in found]
        found.update(dict.fromkeys(front, step))
    return found


@dataclass
class Stager:
    """What has been seen of a patient for the stage.

    ``rules`` are the tumour's, None if it is not staged by size; ``home`` is the site of the primary, ``regional`` the nodal
    sites that count for N, each with its station.
    """

    rules: Staging | None
    home: int
    regional: Mapping[int, int]
    diameter_mm: float | None = None
    nodes: dict[int, int] | None = None
    distant: bool | None = None
    #: A pathologist's word on T, or on N, is not taken back by a scan.
    resected: set[str] = field(default_factory=set)

    def scan(self, day: float, readings: Iterable[Reading], examined: Collection[int | str] | None = None) -> None:
        """Take what a scan shows: the primary is lesion 0, and a node counts from 10 mm on."""
        if day > STAGING_DAYS:
            return
        covered = set(self.regional) if examined is None else {site for site in self.regional if site in examined}
        if covered and "n" not in self.resected:
            self.nodes = {} if self.nodes is None else self.nodes
        self.distant = bool(self.distant)
        for lesion, site, diameter in readings:
            place = int(site)
            if lesion == 0:
                if "t" not in self.resected:
                    self.diameter_mm = diameter
            elif place in self.regional:
                if self.nodes is not None and "n" not in self.resected and diameter >= NORMAL_NODE_MM:
                    self.nodes[lesion] = self.regional[place]
            elif place != self.home:
                self.distant = True

    def pathology(self, day: float, diameter_mm: float, nodes: Iterable[Reading] | None) -> None:
        """Take what a pathologist finds in a resected primary, and in the nodes where those were taken out with it."""
        if day > STAGING_DAYS:
            return
        self.diameter_mm = diameter_mm
        self.resected.add("t")
        if nodes is not None:
            least = 0.0 if self.rules is None else float(self.rules.node_least)
            self.nodes = {
                lesion: self.regional[int(site)]
                for lesion, site, diameter in nodes
                if int(site) in self.regional and diameter >= least
            }
            self.resected.add("n")

    @property
    def t(self) -> str:
        """Category of T; TX if nobody has seen the primary, "" if this tumour is not staged by size."""
        if self.rules is None:
            return ""
        return UNKNOWN["t"] if self.diameter_mm is None else self.rules.size_category(self.diameter_mm)

    @property
    def n(self) -> str:
        """Category of N; NX if nobody has looked at the nodes."""
        if self.rules is None:
            return ""
        return UNKNOWN["n"] if self.nodes is None else self.rules.node_category(list(self.nodes.values()))

    @property
    def m(self) -> str:
        """M1 if a distant lesion was seen, M0 if a scan showed none, MX without a scan."""
        return UNKNOWN["m"] if self.distant is None else "M1" if self.distant else "M0"

    @property
    def stage(self) -> str:
        """The stage group; "" where a category that decides it is not known."""
        return "" if self.rules is None else self.rules.stage(self.t, self.n, self.m)

    @property
    def edition(self) -> str:
        """The edition of the rules."""
        return "" if self.rules is None else self.rules.edition


def stager(staging: Staging | None, host: Host, home: int) -> Stager:
    """Return a stager that has seen nothing yet."""
    last = 1 if staging is None else staging.stations
    found = _stations.get((host.anatomy, host.soils), home, lambda: stations(host, home))
    return Stager(staging, home, {site: step for site, step in found.items() if step <= last})
