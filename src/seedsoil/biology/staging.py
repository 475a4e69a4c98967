"""How a tumour is staged: the sizes, the nodes and the groups of T, N and M of one edition of the rules."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from seedsoil.biology.quantities import Millimetres, Noun, Number


class SizeBand(Noun):
    """A category of T by the diameter of the primary: up to ``up_to``, or any larger one where that is left out."""

    name: str
    up_to: Millimetres | None = None


class NodeBand(Noun):
    """A category of N by the number of regional nodes with tumour: from ``least`` on.

    With ``station`` only nodes count that are at least so many steps along the lymph from the primary.
    """

    name: str
    least: Number
    station: Number | None = None


class StageGroup(Noun):
    """A stage and the categories that it is made of; an empty list stands for any."""

    stage: str
    t: tuple[str, ...] = ()
    n: tuple[str, ...] = ()
    m: tuple[str, ...] = ()


class Staging(Noun):
    """The rules of one edition for one tumour: bands of T in order of size, bands of N in order of number, groups.

    ``node_least`` is the smallest deposit that makes a resected node positive. The first group that fits is the stage.
    """

    edition: str
    node_least: Millimetres
    sizes: tuple[SizeBand, ...]
    nodes: tuple[NodeBand, ...]
    groups: tuple[StageGroup, ...]

    def size_category(self, diameter_mm: float) -> str:
        """Return the category of T of a primary of this diameter [mm]."""
        for band in self.sizes:
            if band.up_to is None or diameter_mm <= float(band.up_to):
                return band.name
        return self.sizes[-1].name

    @property
    def stations(self) -> int:
        """How many steps along the lymph from the primary a node still is a regional one."""
        return max([1, *(int(float(band.station)) for band in self.nodes if band.station is not None)])

    def node_category(self, stations: Sequence[int]) -> str:
        """Return the category of N of regional nodes with tumour, each by its station."""
        for band in reversed(self.nodes):
            nearest = 1.0 if band.station is None else float(band.station)
            if sum(station >= nearest for station in stations) >= float(band.least):
                return band.name
        return "N0"

    def stage(self, t: str, n: str, m: str) -> str:
        """Return the stage group of three categories; "" where no group holds them."""
        for group in self.groups:
            if fits(t, group.t or (t,)) and fits(n, group.n or (n,)) and fits(m, group.m or (m,)):
                return group.stage
        return ""

    @property
    def words(self) -> dict[str, tuple[str, ...]]:
        """What can be said of a patient under ``t``, ``n``, ``m`` and ``stage``: every category, and what it is part of."""
        said = {
            "t": [band.name for band in self.sizes],
            "n": ["N0", *(band.name for band in self.nodes)],
            "m": ["M0", "M1"],
            "stage": [group.stage for group in self.groups],
        }
        return {
            kind: tuple(dict.fromkeys(part for name in names for part in (_whole(name), name)))
            for kind, names in said.items()
        }


def fits(category: str, names: Collection[str]) -> bool:
    """Whether a category is of one of these names: T1a is T1, IIIB is III, but II is not I."""
    return category in names or _whole(category) in names


def _whole(category: str) -> str:
    """Return what a category is part of: T1 of T1a, III of IIIB, IA of IA1 is I."""
    if category[:1] in "TNM":
        return category[:2]
    return category.rstrip("0123456789").rstrip("ABCDE")
