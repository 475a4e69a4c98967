"""The best response of a patient: of all assessments, or of those that a later scan has confirmed (RECIST 1.1)."""

from __future__ import annotations

import math
from collections.abc import Sequence

from seedsoil.observe.response import RESPONSES

#: An assessment: its day and its response.
Assessment = tuple[float, str]

#: A response is confirmed by a scan so many days later, at least: four weeks.
CONFIRMATION_DAYS = 28.0
#: Disease is stable only if it still is so many days after the baseline: "in general not less than 6-8 weeks".
STABLE_DAYS = 42.0
#: Assessments that could not be evaluated between a response and its confirmation, at most.
MOST_NOT_EVALUATED = 1

_order = {response: place for place, response in enumerate((*RESPONSES, "ND", "MISSING"))}
_nobody = (math.nan, "MISSING")


def best_response(assessments: Sequence[Assessment]) -> Assessment:
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
    return _earliest_best(_until_progression(assessments))


def confirmed_best(
    assessments: Sequence[Assessment],
    start: float,
    confirmation: float = CONFIRMATION_DAYS,
    stable: float = STABLE_DAYS,
    most_not_evaluated: int = MOST_NOT_EVALUATED,
    accept_stable: bool = False,
    until_progression: bool = True,
) -> Assessment:
    """Return the day and kind of the best response where CR and PR have to be confirmed (RECIST 1.1, table 3).

    A CR counts if a later assessment finds CR at least ``confirmation`` days on, a PR if one finds CR or PR, with nothing
    worse in between. Any response that is not confirmed is stable disease where it comes ``stable`` days or more after
    ``start``, and cannot be evaluated before.

    Parameters
    ----------
    assessments : sequence of (day, response)
        In order of time.
    start : float
        Day of the baseline, or of the first dose.
    most_not_evaluated : int
        Assessments NE that may lie between a response and its confirmation.
    accept_stable : bool
        One SD may lie between a PR and its confirmation.
    until_progression : bool
        Nothing after the first PD counts.

    Returns
    -------
    (day, response)
        The earliest of the best kind; (nan, "MISSING") without assessments.
    """
    counted = _until_progression(assessments) if until_progression else list(assessments)
    found: list[Assessment] = []
    for place, (day, response) in enumerate(counted):
        late = day - start >= stable
        if response in ("CR", "PR"):
            later = counted[place + 1 :]
            allowed = {"NE": most_not_evaluated} | ({"SD": 1} if response == "PR" and accept_stable else {})
            if _is_confirmed(day + confirmation, response, later, allowed):
                found.append((day, response))
            found.append((day, "SD" if late else "NE"))
        elif response in ("SD", "NON-CR/NON-PD"):
            found.append((day, response if late else "NE"))
        else:
            found.append((day, response))
    return _earliest_best(found)


def _is_confirmed(earliest: float, response: str, later: Sequence[Assessment], allowed: dict[str, int]) -> bool:
    """Whether a later assessment confirms a response, with no more of what is ``allowed`` in between than there may be."""
    left, complete = dict(allowed), response == "CR"
    for day, found in later:
        if found == "CR" or (found == "PR" and not complete):
            if day >= earliest:
                return True
            complete = complete or found == "CR"  # what is partial after a complete response has come back
        elif left.get(found, 0) > 0:
            left[found] -= 1
        else:
            return False
    return False


def _until_progression(assessments: Sequence[Assessment]) -> list[Assessment]:
    """Return the assessments up to and with the first progression."""
    first = next((place for place, (_, response) in enumerate(assessments) if response == "PD"), len(assessments))
    return list(assessments[: first + 1])


def _earliest_best(assessments: Sequence[Assessment]) -> Assessment:
    return min(assessments, key=lambda each: (_order[each[1]], each[0]), default=_nobody)
