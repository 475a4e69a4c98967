"""The patient's chart: what instruments have shown so far, and whether it meets a condition. The truth is not in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from seedsoil.biology.staging import fits
from seedsoil.experiment.orders.condition import Condition
from seedsoil.observe.response import NORMAL_NODE_MM, Reading
from seedsoil.observe.stage import Stager

#: Blood in which circulating tumour cells are counted [mL].
TUBE_ML = 7.5
#: A metastasis on a scan: its site and its diameter [mm].
Seen = tuple[str, float]


@dataclass
class Chart:
    """What has been read of a patient: the last scan, the last response, the last tube, the last biopsy, the stage.

    ``site_names`` are the names of all sites, and ``nodal`` the places of those that are lymph nodes.
    ``metastases`` are those of the last scan, normal nodes left out; ``cells`` circulating tumour cells in 7.5 mL;
    ``shares`` of the cells of the last biopsy by mechanism. None: nobody has looked.
    """

    stager: Stager
    site_names: tuple[str, ...]
    nodal: frozenset[int]
    metastases: tuple[Seen, ...] | None = None
    response: str | None = None
    cells: float | None = None
    shares: Mapping[str, float] | None = None

    def scan(self, day: float, readings: Sequence[Reading], examined: Collection[int | str] | None = None) -> None:
        """Take what a scan shows; lesion 0 is the primary."""
        self.stager.scan(day, readings, examined)
        self.metastases = tuple(
            (self.site_names[int(site)], diameter)
            for lesion, site, diameter in readings
            if lesion != 0 and (site not in self.nodal or diameter >= NORMAL_NODE_MM)
        )

    def draw(self, cells: float, millilitres: float) -> None:
        """Take a count of circulating tumour cells."""
        self.cells = cells * TUBE_ML / millilitres

    def biopsy(self, found: Iterable[tuple[tuple[str, ...], float]]) -> None:
        """Take a biopsy: the mechanisms of each clone found, and its cells."""
        counted = list(found)
        total = sum(cells for _, cells in counted)
        shares: dict[str, float] = {}
        for mechanisms, cells in counted:
            for name in mechanisms:
                shares[name] = shares.get(name, 0.0) + cells / total
        self.shares = shares

    def judge(self, condition: Condition) -> tuple[bool, str]:
        """Return whether a condition holds, and what was found in words."""
        found = [
            *self._stage(condition),
            *self._scan(condition),
            *self._blood(condition),
            *self._biopsy(condition),
        ]
        return all(holds for holds, _ in found), ", ".join(dict.fromkeys(words for _, words in found))

    def _stage(self, condition: Condition) -> Iterable[tuple[bool, str]]:
        for name in ("stage", "t", "n", "m"):
            allowed, found = getattr(condition, name), getattr(self.stager, name)
            if allowed:
                words = f"stage {found or 'unknown'}" if name == "stage" else found or "unknown"
                yield fits(found, allowed), words
        if condition.response:
            yield self.response in condition.response, f"response {self.response or 'not judged yet'}"

    def _scan(self, condition: Condition) -> Iterable[tuple[bool, str]]:
        if condition.metastases is None and condition.largest is None and not condition.sites:
            return
        if self.metastases is None:
            yield False, "no scan yet"
            return
        count, sizes = len(self.metastases), [diameter for _, diameter in self.metastases]
        if condition.metastases is not None:
            yield condition.metastases.holds(count), f"{count} {'metastasis' if count == 1 else 'metastases'} seen"
        if condition.largest is not None:
            largest = max(sizes, default=0.0)
            yield condition.largest.holds(largest), f"the largest {largest:.0f} mm"
        if condition.sites:
            where = sorted({site for site, _ in self.metastases})
            words = ", ".join(where).replace("_", " ")
            yield all(site in condition.sites for site in where), f"metastases in: {words or 'no site'}"

    def _blood(self, condition: Condition) -> Iterable[tuple[bool, str]]:
        if condition.ctc is None:
            return
        if self.cells is None:
            yield False, "no blood drawn yet"
        else:
            yield condition.ctc.holds(self.cells), f"{self.cells:.3g} circulating tumour cells in 7.5 mL"

    def _biopsy(self, condition: Condition) -> Iterable[tuple[bool, str]]:
        for mechanism, bound in condition.resistance:
            if self.shares is None:
                yield False, "no biopsy yet"
            else:
                share = self.shares.get(mechanism, 0.0)
                yield bound.holds(share), f"{100.0 * share:.3g} % of the biopsy with {mechanism}"
