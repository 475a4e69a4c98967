"""The verb `show`: a result in, its picture out."""

from __future__ import annotations

from typing import Any

from seedsoil.foundation.errors import SeedsoilError


def show(
    result: Any, picture: str | None = None, *, patient: int | None = None, arm: str | None = None, against: Any = None
) -> Any:
    """Draw a result.

    Parameters
    ----------
    result : Trial or History
    picture : str
        Of a Trial: survival (if nothing is said), progression_free, pairs, causes, body, organs, swimmers, waterfall, spider. Of one patient
        (a History, or a Trial with ``patient``): patient (if nothing else is said), lesions, clones, spread, drugs, side_by_side.
    patient : int
        Number of a patient of the Trial.
    arm : str
        Arm of the Trial in which the patient is shown, or that "pairs" holds against another; the last one if not given.
    against : str or History
        The other arm of "pairs" and "side_by_side"; the first one if not given. Of a History, the same patient in another arm.

    Returns
    -------
    matplotlib.figure.Figure
        With ``save(path)``, which writes the same bytes each time, ``caption`` (how to read it), ``table`` and ``csv()``.

    Raises
    ------
    SeedsoilError
        If there is no picture of such a thing, or of that name.
    """
    from seedsoil.show.pictures import draw_of_patient, draw_of_trial
    from seedsoil.show.results import HistoryLike, TrialLike

    if isinstance(result, TrialLike):
        return draw_of_trial(result, picture or ("survival" if patient is None else "patient"), patient, arm, against)
    if isinstance(result, HistoryLike):
        if patient is not None or arm is not None:
            raise SeedsoilError("a History is one patient in one arm: leave 'patient' and 'arm' out.")
        return draw_of_patient(result, picture or "patient", against)
    raise SeedsoilError(f"no picture of {type(result).__name__}: show() draws a Trial or a History")
