"""Response by RECIST 1.1: from the diameters that scans show to complete, partial, stable or progressive disease.

After Eisenhauer et al., Eur J Cancer 2009;45:228. Only what instruments saw enters; the state of the patient
does not. Plain Python without imports of weight: a trial asks a hundred thousand times.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

#: One lesion seen on a scan: its number, its site, its diameter [mm].
Reading = tuple[int, int | str, float]

MOST_TARGETS = 5
MOST_IN_A_SITE = 2
MEASURABLE_MM = 10.0
MEASURABLE_NODE_MM = 15.0
#: A node of a smaller short axis is a normal node.
NORMAL_NODE_MM = 10.0
PARTIAL_FALL = 0.30
PROGRESS_RISE = 0.20
PROGRESS_MM = 5.0
#: What "unequivocal progression" of non-target disease means here. RECIST leaves it to the reader; assumed.
NON_TARGET_RISE = 0.50
NON_TARGET_MM = 10.0

# Best response: the better rank wins; progression ends the race.
_rank = {"CR": 4, "PR": 3, "SD": 2, "PD": 1, "NE": 0}
# Diameters are sums of rounded numbers; 13 must be 30 % below 13/0.7.
_slack = 1e-9


class Follow:
    """A patient followed by RECIST from a baseline scan on.

    Parameters
    ----------
    nodes : collection of sites
        Sites that are lymph nodes: measurable from 15 mm, normal below 10 mm.

    Attributes
    ----------
    measurable : bool
        There is at least one target lesion.
    evaluable : bool
        There is any disease, target or not, that could respond.
    best : str
        Best response so far, up to the first progression: CR, PR, SD, PD, or NE before the first assessment and where
        there is nothing that could respond.
    progression_day : float or None
        Day of the first assessment that found progression.

    Notes
    -----
    In a patient in whom the baseline scan shows nothing (after a complete resection, say), a new lesion is the only progression, and
    until then each assessment is NE. Responses are not confirmed by a second scan.
    """

    __slots__ = (
        "_baseline_sum", "_complete", "_known", "_nadir", "_nodes", "_non_target_nadir", "_non_targets", "_targets",
        "best", "evaluable", "measurable", "progression_day",
    )  # fmt: skip

    def __init__(self, nodes: Collection[int | str] = ()) -> None:
        self._nodes = frozenset(nodes)
        self._targets: frozenset[int] = frozenset()
        self._non_targets: frozenset[int] = frozenset()
        self._known: frozenset[int] = frozenset()
        self._baseline_sum = self._nadir = self._non_target_nadir = 0.0
        self._complete = False
        self.measurable = self.evaluable = False
        self.best = "NE"
        self.progression_day: float | None = None

    @property
    def targets(self) -> frozenset[int]:
        """Numbers of the target lesions."""
        return self._targets

    def baseline(self, readings: Iterable[Reading]) -> frozenset[int]:
        """Take the scan against which all later ones are judged, forget what was before, and choose the targets.

        Targets are the largest measurable lesions, at most five, at most two in a site (equal sizes: the lower number).
        All other lesions seen are non-target disease. Returns the numbers of the targets.
        """
        seen = [reading for reading in readings if self._is_disease(reading)]
        chosen: dict[int, float] = {}
        in_site: dict[int | str, int] = {}
        for lesion, site, diameter in sorted(seen, key=lambda reading: (-reading[2], reading[0])):
            if len(chosen) == MOST_TARGETS:
                break
            least = MEASURABLE_NODE_MM if site in self._nodes else MEASURABLE_MM
            if diameter >= least and in_site.get(site, 0) < MOST_IN_A_SITE:
                chosen[lesion] = diameter
                in_site[site] = in_site.get(site, 0) + 1
        self._known = frozenset(lesion for lesion, _, _ in seen)
        self._targets = frozenset(chosen)
        self._non_targets = self._known - self._targets
        self._baseline_sum = self._nadir = sum(chosen.values())
        self._non_target_nadir = sum(reading[2] for reading in seen if reading[0] in self._non_targets)
        self._complete = False
        self.measurable, self.evaluable = bool(chosen), bool(seen)
        self.best, self.progression_day = "NE", None
        return self._targets

    def assess(self, day: float, readings: Iterable[Reading]) -> str:
        """Judge a later scan: CR, PR, SD, PD, or NE where there was no disease at baseline and there is none now.

        ``day`` dates the first progression. A target that the scan does not show counts 0 mm.
        """
        targets = others = diseased = 0.0
        new = False
        for reading in readings:
            lesion, _, diameter = reading
            disease = self._is_disease(reading)
            if lesion in self._targets:
                targets += diameter  # a node that became normal still counts in the sum
                diseased += diameter if disease else 0.0
            elif lesion in self._non_targets:
                others += diameter if disease else 0.0
            elif disease:
                new = True
        response = self._judge(targets, diseased, others, new)
        self._nadir = min(self._nadir, targets)
        self._non_target_nadir = min(self._non_target_nadir, others)
        self._complete = self._complete or response == "CR"
        if self.progression_day is None:
            if _rank[response] > _rank[self.best]:
                self.best = response
            if response == "PD":
                self.progression_day = day
        return response

    def _is_disease(self, reading: Reading) -> bool:
        return reading[1] not in self._nodes or reading[2] >= NORMAL_NODE_MM

    def _judge(self, targets: float, diseased: float, others: float, new: bool) -> str:
        """Combine the sum of targets, what of them is still diseased, the non-targets and new lesions (RECIST table 1)."""
        if new or (self._complete and diseased + others > 0.0):
            return "PD"  # what comes back after a complete response has relapsed
        if _risen(targets, self._nadir, PROGRESS_RISE, PROGRESS_MM):
            return "PD"
        if _risen(others, self._non_target_nadir, NON_TARGET_RISE, NON_TARGET_MM):
            return "PD"
        if not self.evaluable:
            return "NE"
        if diseased == 0.0 and others == 0.0:
            return "CR"
        if self.measurable and targets <= (1.0 - PARTIAL_FALL) * self._baseline_sum + _slack:
            return "PR"
        return "SD"


def _risen(now: float, nadir: float, share: float, least_mm: float) -> bool:
    """Whether a sum of diameters is above its smallest value so far by the share and by so many mm, both."""
    return now - nadir >= least_mm - _slack and now >= (1.0 + share) * nadir - _slack


def best_response(assessments: Sequence[tuple[float, str]]) -> tuple[float, str]:
    """Return the day and kind of the best unconfirmed response, up to and with the first progression.

    Parameters
    ----------
    assessments : sequence of (day, response)
        Responses CR, PR, SD, NON-CR/NON-PD, PD, NE in order of time.

    Returns
    -------
    (day, response)
        The earliest of the best kind; (nan, "MISSING") without assessments.
    """
    order = ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE")
    best = (float("nan"), "MISSING")
    for day, response in assessments:
        if best[1] == "MISSING" or order.index(response) < order.index(best[1]):
            best = (day, response)
        if response == "PD":
            break
    return best
