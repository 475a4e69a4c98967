"""Every picture by its name: what it is called, what it is drawn of, and what draws it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from seedsoil.foundation.errors import StudyError, did_you_mean
from seedsoil.show.patient.arms import side_by_side_figure
from seedsoil.show.patient.clones import muller_figure
from seedsoil.show.patient.drugs import drugs_figure
from seedsoil.show.patient.lesions import trajectories_figure
from seedsoil.show.patient.overview import patient_figure
from seedsoil.show.patient.spread import spread_figure
from seedsoil.show.results import HistoryLike, TrialLike, instrument_of
from seedsoil.show.trial.body import body_figure, host_of, outline_of
from seedsoil.show.trial.causes import causes_figure
from seedsoil.show.trial.organs import organs_figure
from seedsoil.show.trial.pairs import pairs_figure, two_arms
from seedsoil.show.trial.sums import spider_figure, waterfall_figure
from seedsoil.show.trial.survival import survival_figure
from seedsoil.show.trial.swimmers import swimmer_figure

if TYPE_CHECKING:
    from seedsoil.show.palette import Picture


class OfTrial(NamedTuple):
    """A picture of all arms: its title, and what draws it."""

    title: str
    draw: Callable[[TrialLike], Picture]


class OfPatient(NamedTuple):
    """A picture of one patient in one arm: its title, and what draws it."""

    title: str
    draw: Callable[[HistoryLike], Picture]


def _body(trial: TrialLike) -> Picture:
    host = host_of(trial)
    if outline_of(host) is None:
        raise StudyError(
            f"no picture 'body' of host {host!r}: nobody has drawn its outline. Picture 'organs' shows the same."
        )
    return body_figure(trial, host)


#: Pictures of all arms.
OF_TRIALS: Mapping[str, OfTrial] = {
    "survival": OfTrial("Overall survival", survival_figure),
    "progression_free": OfTrial(
        "Progression-free survival", lambda trial: survival_figure(trial, "progression_free_survival")
    ),
    "pairs": OfTrial("The same patients in two arms", pairs_figure),
    "causes": OfTrial("Causes of death", causes_figure),
    "body": OfTrial("Metastases on the body", _body),
    "organs": OfTrial("Metastases by organ", organs_figure),
    "swimmers": OfTrial("Patients in time", swimmer_figure),
    "waterfall": OfTrial("Best change of the target lesions", waterfall_figure),
    "spider": OfTrial("Target lesions in time", spider_figure),
}
#: Pictures of one patient in one arm.
OF_PATIENTS: Mapping[str, OfPatient] = {
    "patient": OfPatient("One patient at a glance", patient_figure),
    "lesions": OfPatient("Lesions and treatment", trajectories_figure),
    "clones": OfPatient("Clones and lesions, whose share is whose", muller_figure),
    "spread": OfPatient("Who seeded whom", spread_figure),
    "drugs": OfPatient("Levels of the drugs", drugs_figure),
}
#: The picture of one patient in two arms.
SIDE_BY_SIDE = "side_by_side"
#: Pictures that hold two arms against each other.
OF_TWO_ARMS = ("pairs", SIDE_BY_SIDE)

NAMES = (*OF_TRIALS, *OF_PATIENTS, SIDE_BY_SIDE)


def known(name: str) -> str:
    """Return the name of a picture; StudyError with those that there are if there is none of that name."""
    if name not in NAMES:
        raise StudyError(f"no picture {name!r}.{did_you_mean(name, NAMES)} Pictures: {', '.join(NAMES)}.")
    return name


def pictures_of(trial: TrialLike) -> list[str]:
    """Return the names of the pictures of all arms that can be drawn of a trial."""
    impossible = {"pairs"} if len(trial.arms) < 2 else set()
    if not instrument_of(trial):  # nobody is scanned
        impossible |= {"waterfall", "spider"}
    if outline_of(host_of(trial)) is None:
        impossible.add("body")
    return [name for name in OF_TRIALS if name not in impossible]


def draw_of_trial(
    trial: TrialLike, name: str, patient: int | None = None, arm: str | None = None, against: str | None = None
) -> Picture:
    """Draw a picture of a trial, or of one of its patients, by name.

    Parameters
    ----------
    trial : Trial
    name : str
        One of ``NAMES``.
    patient : int
        Number of the patient, for pictures of one.
    arm : str
        Arm in which the patient is shown, or that is held against another; the last one if not given.
    against : str
        The other arm, for pictures of two; the first one if not given.

    Raises
    ------
    StudyError
        If there is no such picture, patient or arm, or if what is given does not fit the picture. All faults at once.
    """
    known(name)
    faults = []
    if against is not None and name not in OF_TWO_ARMS:
        faults.append(f"picture {name!r} has no second arm: leave 'against' out, or choose {' or '.join(OF_TWO_ARMS)}.")
    if name in OF_TRIALS:
        if patient is not None:
            names = ", ".join((*OF_PATIENTS, SIDE_BY_SIDE))
            faults.append(f"picture {name!r} shows all patients: leave the patient out, or choose one of {names}.")
        if arm is not None and name not in OF_TWO_ARMS:
            faults.append(f"picture {name!r} shows all arms: leave the arm out.")
    elif patient is None:
        faults.append(f"picture {name!r} shows one patient: say which, from 0 on.")
    if faults:
        raise StudyError(faults)
    if name == "pairs":
        return pairs_figure(trial, arm, against)
    if name in OF_TRIALS:
        return OF_TRIALS[name].draw(trial)
    assert patient is not None
    if name == SIDE_BY_SIDE:
        one, other = two_arms(trial, arm, against)
        # The arm that the other is measured against stands on the left, as in every table.
        return side_by_side_figure(*trial.histories(patient, (other, one)))
    return OF_PATIENTS[name].draw(trial.patient(patient, arm or trial.arms[-1]))


def draw_of_patient(history: HistoryLike, name: str, against: HistoryLike | None = None) -> Picture:
    """Draw a picture of one patient by name; ``against`` is the same patient in another arm, for the picture of two.

    StudyError if there is no such picture of one patient.
    """
    known(name)
    if name == SIDE_BY_SIDE:
        if against is None:
            raise StudyError(f"picture {name!r} needs the same patient in another arm: give its History as 'against'.")
        return side_by_side_figure(against, history)
    if name in OF_TRIALS:
        raise StudyError(f"picture {name!r} is drawn of a Trial, not of one patient. Of one: {', '.join(OF_PATIENTS)}.")
    if against is not None:
        raise StudyError(f"picture {name!r} shows one arm: leave 'against' out, or choose {SIDE_BY_SIDE!r}.")
    return OF_PATIENTS[name].draw(history)
