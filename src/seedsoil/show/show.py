"""The verb `show`: a result in, its picture out."""

from __future__ import annotations

from typing import Any

from seedsoil.foundation.errors import SeedsoilError


def show(result: Any) -> Any:
    """Draw a result.

    Parameters
    ----------
    result : Trial or History
        A Trial is drawn as survival curves, a History (one patient) as its lesions and clones in time. The other figures are functions of
        their own: see trial, endings, body, lesions and clones in this room.

    Returns
    -------
    matplotlib.figure.Figure
        With ``save(path)``, which writes the same bytes each time, ``caption`` and ``table``.

    Raises
    ------
    SeedsoilError
        If there is no picture of such a thing.
    """
    from seedsoil.show.patient import patient_figure
    from seedsoil.show.results import HistoryLike, TrialLike
    from seedsoil.show.trial import survival_figure

    if isinstance(result, TrialLike):
        return survival_figure(result)
    if isinstance(result, HistoryLike):
        return patient_figure(result)
    raise SeedsoilError(f"no picture of {type(result).__name__}: show() draws a Trial or a History")
