"""The command `resistance`: the chance that a drug, two in sequence or two at once fail, for a list of patients."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from seedsoil.cli.terminal import DONE, NOTICE, print_table, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seedsoil.evidence.resistance import Resistance
    from seedsoil.evidence.treated import Treated

_COURSES = {"one": "one drug", "in sequence": "two in sequence", "at once": "two at once"}
#: Lesions are drawn one by one up to this size; a larger one takes minutes.
_DRAWN = 1e10


def resistance(
    lesions: Path | None = None,
    /,
    *,
    birth_rate: float | None = None,
    death_rate: float | None = None,
    decline_rate: float | None = None,
    mutation_rate: float | None = None,
    first_sites: float | None = None,
    second_sites: float | None = None,
    shared_sites: float = 0.0,
    simulate: int = 0,
    seed: int = 20150527,
    json: bool = False,
) -> int:
    """Tell how often treatment fails in patients with several lesions.

    Under one drug, two in sequence, and two at once.

    By formula: lesions grew from one cell, and a mutation at any of so many sites makes a cell resist. What is not given is as
    in the published list of patients that is read when no file is named.

    Parameters
    ----------
    lesions
        CSV file with the columns patient and cells: a line for each lesion.
    birth_rate
        Divisions of a cell per day.
    death_rate
        Deaths of a cell per day, without treatment.
    decline_rate
        Net loss of cells per day under a drug that holds them.
    mutation_rate
        Mutations per site and division.
    first_sites
        Sites that bring resistance to the first drug alone.
    second_sites
        Sites that bring resistance to the second drug alone.
    shared_sites
        Sites that bring resistance to both at once.
    simulate
        Also draw each lesion so many times by the branching process itself, and tell the share that failed.
    seed
        Seed of what is drawn.
    json
        Print the answer as one JSON document on stdout.
    """
    from seedsoil.evidence.lesion_list import read_lesions
    from seedsoil.evidence.treated import patients, usual

    usually = usual()
    given = {
        "birth": birth_rate, "death": death_rate, "mutation": mutation_rate, "first": first_sites, "second": second_sites,
    }  # fmt: skip
    numbers = {name: getattr(usually, name) if value is None else value for name, value in given.items()}
    decline = usually.decline if decline_rate is None else decline_rate
    who = patients() if lesions is None else read_lesions(lesions)
    model = _model(numbers | {"treated_death": numbers["birth"] + decline, "both": shared_sites})
    _refuse(who, simulate, seed)
    found = _failures(model, who, simulate, seed)
    if json:
        import json as document

        rates = {name: float(value) for name, value in vars(model).items()}
        print(document.dumps({"rates": rates, "patients": found}, indent=2, ensure_ascii=False, allow_nan=False))
        return DONE
    columns = [
        "patient",
        "lesions",
        "cells",
        *_COURSES.values(),
        *(f"{name}, drawn" for name in _COURSES.values() if simulate),
    ]
    print_table(
        "Chance that treatment fails", columns,
        ([str(one["patient"]), str(one["lesions"]), f"{one['cells']:.3g}", *(f"{one[name]:.4g}" for name in columns[3:])] for one in found),
    )  # fmt: skip
    print(NOTICE)
    return DONE


def _model(numbers: dict[str, float]) -> Resistance:
    """Return the law with these numbers; what cannot be is bad input."""
    from seedsoil.evidence.resistance import Resistance
    from seedsoil.foundation.errors import ModelError, StudyError

    try:
        return Resistance(**numbers)
    except ModelError as error:
        raise StudyError(error.faults) from error


def _refuse(who: Sequence[Treated], simulate: int, seed: int) -> None:
    """Refuse runs that cannot be, or would not end."""
    from seedsoil.foundation.errors import StudyError

    faults = []
    if not 0 <= simulate <= 1_000_000:
        faults.append(f"--simulate {simulate}: from 0 to 1000000.")
    if not 0 <= seed < 2**62:
        faults.append(f"--seed {seed}: from 0 to 2^62 - 1.")
    largest = max(max(one.lesions) for one in who)
    if simulate and largest > _DRAWN:
        faults.append(
            f"--simulate: the largest lesion has {largest:.3g} cells, and is drawn up to {_DRAWN:g}; leave --simulate out, or the lesion"
        )
    if faults:
        raise StudyError(faults)


def _failures(model: Resistance, who: Sequence[Treated], simulate: int, seed: int) -> list[dict[str, Any]]:
    """Return a row for each patient: lesions, cells, and the chance of failure of each course, by formula and drawn."""
    import numpy as np

    from seedsoil.evidence.resistance import drawn, patient_failure

    rows = []
    for number, one in enumerate(who):
        row: dict[str, Any] = {"patient": one.name, "lesions": len(one.lesions), "cells": sum(one.lesions)}
        for course, name in _COURSES.items():
            row[name] = patient_failure(model, one.lesions, course)
            if simulate:
                lost = np.zeros(simulate, dtype=bool)
                for place, cells in enumerate(one.lesions):
                    lost |= drawn(model, int(cells), course, simulate, seed + 1_000_003 * number + 7_000_003 * place)
                row[f"{name}, drawn"] = float(lost.mean())
        if simulate:
            say(f"{number + 1} of {len(who)} patients drawn")
        rows.append(row)
    return rows
