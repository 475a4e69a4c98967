"""The patients of Bozic 2013 under one drug, two in sequence and two at once: the same list for three claims."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from seedsoil.evidence.facts import fact
from seedsoil.evidence.resistance import Resistance, patient_failure

__all__ = ["Treated", "failures", "patients", "usual"]


@dataclass(frozen=True)
class Treated:
    """A patient before treatment: a name, and the cells of each lesion."""

    name: str
    lesions: tuple[float, ...]


def patients() -> tuple[Treated, ...]:
    """Return the patients whose lesions were all measured."""
    rows = fact("treated_patients")["patients"]
    return tuple(Treated(row["name"], (row["cells"] / row["metastases"],) * row["metastases"]) for row in rows)


def usual(crossed: float = 0.0) -> Resistance:
    """Return the rates measured in those patients, with so many sites that bring resistance to both drugs at once."""
    given = fact("treated_patients")
    birth, death, decline, mutation, sites = (
        float(given[name]["value"]) for name in ("birth_rate", "death_rate", "decline_rate", "mutation_rate", "sites")
    )
    return Resistance(birth, death, birth + decline, mutation, sites, sites, crossed)


def failures(model: Resistance, who: Sequence[Treated]) -> dict[str, list[float]]:
    """Return for each patient the chance of failure under one drug, two in sequence, two at once, and at once with one shared site."""
    crossed = replace(model, both=1.0)
    return {
        "one drug": [patient_failure(model, one.lesions, "one") for one in who],
        "two in sequence": [patient_failure(model, one.lesions, "in sequence") for one in who],
        "two at once": [patient_failure(model, one.lesions, "at once") for one in who],
        "two at once, one shared site": [patient_failure(crossed, one.lesions, "at once") for one in who],
    }
