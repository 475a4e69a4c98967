"""Response by RECIST 1.1: from the diameters that scans show to complete, partial, stable or progressive disease.

After Eisenhauer et al., Eur J Cancer 2009;45:228. Only what instruments saw enters; the state of the patient
does not. Plain Python without imports of weight: a trial asks a hundred thousand times.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

#: One lesion seen on a scan: its number, its site, its diameter [mm].
Reading = tuple[int, int | str, float]

MOST_TARGETS = 5
MOST_IN_A_SITE = 2
MEASURABLE_MM = 10.0
MEASURABLE_NODE_MM = 15.0
#: A lesion is measurable from so many slices of the scan on.
MEASURABLE_SLICES = 2.0
#: A node of a smaller short axis is a normal node.
NORMAL_NODE_MM = 10.0
PARTIAL_FALL = 0.30
PROGRESS_RISE = 0.20
PROGRESS_MM = 5.0
#: What "unequivocal progression" of non-target disease means here. RECIST leaves it to the reader; assumed.
NON_TARGET_RISE = 0.50
NON_TARGET_MM = 10.0
#: Neither gone nor progressing: all that can be said of disease that is not measured.
NEITHER = "NON-CR/NON-PD"
#: What a scan is called that later ones are judged against.
BASELINE = "BASELINE"
#: Responses from best to worst; NE: not evaluated, or nothing that could respond.
RESPONSES = ("CR", "PR", "SD", NEITHER, "PD", "NE")

# Progression ends the race for the best response.
_rank = {response: -place for place, response in enumerate(RESPONSES)}
# Diameters are sums of rounded numbers; 13 must be 30 % below 13/0.7.
_slack = 1e-9


def overall(target: str, non_target: str, new: bool) -> str:
    """Combine the responses of target and of non-target disease and new lesions (tables 1 and 2 of RECIST 1.1).

    Parameters
    ----------
    target : str
        CR, PR, SD, PD, NE (not all evaluated), or "" where there is no target disease.
    non_target : str
        CR, NON-CR/NON-PD, PD, NE (not all evaluated), or "" where there is none.
    new : bool
        Whether there are new lesions.

    Returns
    -------
    CR, PR, SD, NON-CR/NON-PD, PD or NE
    """
    if new or "PD" in (target, non_target):
        return "PD"
    if not target:
        return non_target or "NE"
    if target == "CR" and non_target not in ("", "CR"):
        return "PR"
    return target


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
        Best response so far, up to the first progression and not confirmed: CR, PR, SD, NON-CR/NON-PD, PD, or NE before
        the first assessment and where there is nothing that could respond.
    assessments : list of (day, response)
        All assessments since the baseline.
    sums : list of (day, mm)
        The sum of the targets' diameters at the baseline and at each assessment that evaluated all of them.
    progression_day, response_day : float or None
        Day of the first assessment that found progression; of the first before it that found CR or PR.

    Notes
    -----
    In a patient in whom the baseline scan shows nothing (after a complete resection, say), a new lesion is the only progression, and
    until then each assessment is NE. `confirmed_best` asks for a second scan.
    """

    __slots__ = (
        "_baseline_sum", "_complete", "_known", "_nadir", "_nodes", "_non_target_nadir", "_non_targets", "_targets",
        "assessments", "baseline_day", "best", "evaluable", "measurable", "progression_day", "response_day", "sums",
    )  # fmt: skip

    def __init__(self, nodes: Collection[int | str] = ()) -> None:
        self._nodes = frozenset(nodes)
        self._targets: dict[int, int | str] = {}
        self._non_targets: dict[int, int | str] = {}
        self._known: frozenset[int] = frozenset()
        self._baseline_sum = self._nadir = self._non_target_nadir = 0.0
        self._complete = False
        self.measurable = self.evaluable = False
        self.best = "NE"
        self.baseline_day = 0.0
        self.assessments: list[tuple[float, str]] = []
        self.sums: list[tuple[float, float]] = []
        self.progression_day: float | None = None
        self.response_day: float | None = None

    @property
    def targets(self) -> frozenset[int]:
        """Numbers of the target lesions."""
        return frozenset(self._targets)

    def baseline(self, readings: Iterable[Reading], day: float = 0.0, slice_mm: float = 0.0) -> frozenset[int]:
        """Take the scan against which all later ones are judged, forget what was before, and choose the targets.

        Targets are the largest measurable lesions, at most five, at most two in a site (equal sizes: the lower number).
        All other lesions seen are non-target disease. A lesion of less than two slices of ``slice_mm`` is not measurable.
        Returns the numbers of the targets.
        """
        seen = [reading for reading in readings if self._is_disease(reading)]
        chosen: dict[int, float] = {}
        in_site: dict[int | str, int] = {}
        for lesion, site, diameter in sorted(seen, key=lambda reading: (-reading[2], reading[0])):
            if len(chosen) == MOST_TARGETS:
                break
            least = MEASURABLE_NODE_MM if site in self._nodes else MEASURABLE_MM
            if diameter >= max(least, MEASURABLE_SLICES * slice_mm) and in_site.get(site, 0) < MOST_IN_A_SITE:
                chosen[lesion] = diameter
                in_site[site] = in_site.get(site, 0) + 1
        self._known = frozenset(lesion for lesion, _, _ in seen)
        self._targets = {lesion: site for lesion, site, _ in seen if lesion in chosen}
        self._non_targets = {lesion: site for lesion, site, _ in seen if lesion not in chosen}
        self._baseline_sum = self._nadir = sum(chosen.values())
        self._non_target_nadir = sum(reading[2] for reading in seen if reading[0] in self._non_targets)
        self._complete = False
        self.measurable, self.evaluable = bool(chosen), bool(seen)
        self.best, self.baseline_day, self.assessments = "NE", day, []
        self.sums = [(day, self._baseline_sum)] if chosen else []
        self.progression_day = self.response_day = None
        return self.targets

    def assess(self, day: float, readings: Iterable[Reading], examined: Collection[int | str] | None = None) -> str:
        """Judge a later scan: CR, PR, SD, NON-CR/NON-PD, PD, or NE.

        ``examined`` are the sites that the scan covers, all of them if None: lesions elsewhere are not evaluated. A target
        in the field that the scan does not show counts 0 mm.
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
        whole = _all_in(self._targets, examined)
        rest = _all_in(self._non_targets, examined)
        target = self._of_targets(targets, diseased, whole) if self._targets else ""
        other = self._of_others(others, rest) if self._non_targets else ""
        # What comes back after a complete response has relapsed.
        response = overall(target, other, new or (self._complete and diseased + others > 0.0))
        if whole:
            self._nadir = min(self._nadir, targets)
            if self._targets:
                self.sums.append((day, targets))
        if rest:
            self._non_target_nadir = min(self._non_target_nadir, others)
        self._complete = self._complete or response == "CR"
        self._keep(day, response)
        return response

    def _keep(self, day: float, response: str) -> None:
        """Note an assessment, and what it makes of the best response up to progression."""
        self.assessments.append((day, response))
        if self.progression_day is not None:
            return
        if _rank[response] > _rank[self.best]:
            self.best = response
        if response == "PD":
            self.progression_day = day
        if response in ("CR", "PR") and self.response_day is None:
            self.response_day = day

    def _is_disease(self, reading: Reading) -> bool:
        return reading[1] not in self._nodes or reading[2] >= NORMAL_NODE_MM

    def _of_targets(self, total: float, diseased: float, whole: bool) -> str:
        """Return the response of the targets: their sum, what of it is still diseased, whether all were evaluated."""
        if whole and diseased == 0.0:
            return "CR"
        if _risen(total, self._nadir, PROGRESS_RISE, PROGRESS_MM):
            return "PD"  # even where some are missing: they could only add to it
        if not whole:
            return "NE"
        return "PR" if total <= (1.0 - PARTIAL_FALL) * self._baseline_sum + _slack else "SD"

    def _of_others(self, total: float, whole: bool) -> str:
        """Return the response of the non-targets: the sum of what is still diseased, whether all were evaluated."""
        if _risen(total, self._non_target_nadir, NON_TARGET_RISE, NON_TARGET_MM):
            return "PD"
        if not whole:
            return "NE"
        return "CR" if total == 0.0 else NEITHER


def _all_in(lesions: dict[int, int | str], examined: Collection[int | str] | None) -> bool:
    """Whether a scan covers the sites of all these lesions."""
    return examined is None or all(site in examined for site in lesions.values())


def _risen(now: float, nadir: float, share: float, least_mm: float) -> bool:
    """Whether a sum of diameters is above its smallest value so far by the share and by so many mm, both."""
    return now - nadir >= least_mm - _slack and now >= (1.0 + share) * nadir - _slack
