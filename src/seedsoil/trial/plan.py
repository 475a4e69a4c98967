"""What a study asks for, ready to be carried out: plain frozen data that travels to a worker."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from seedsoil.biology.medicine.drug import Agent
from seedsoil.biology.patient import Patient
from seedsoil.biology.soils.vasculature import Vasculature
from seedsoil.experiment.grow import Diagnosis, Grown, grow
from seedsoil.experiment.protocol import Protocol
from seedsoil.foundation.elementary import exp, log1p
from seedsoil.foundation.samplers import normal
from seedsoil.foundation.streams import VARIATION, aim, new_stream
from seedsoil.foundation.value import Value


@dataclass(frozen=True)
class Published:
    """A median that is known of patients like those of an arm, to hold the answer against: ``low`` to ``high`` days."""

    arm: str
    endpoint: str
    low: float
    high: float
    source: str


#: Laws by which a number differs between patients; the first is meant where none is given.
LAWS = ("lognormal", "normal")


class Spread(NamedTuple):
    """How a number differs between patients about its mean: the coefficient of variation, and the law.

    "normal" is for numbers that stand in an exponent, as a rate of loss does: what is left then is lognormal.
    """

    cv: float
    law: str = LAWS[0]

    def factor(self, luck: float) -> float:
        """Return what a number is multiplied by for a patient's luck, a standard normal number; 1 on average."""
        if self.law == "normal":
            return 1.0 + self.cv * luck
        width = log1p(self.cv * self.cv)
        return float(exp(np.sqrt(width) * luck - 0.5 * width))


@dataclass(frozen=True)
class Plan:
    """A study with every name resolved.

    ``vary`` maps "tumour.division_rate" and the like to how it differs between patients.
    """

    title: str
    patients: int
    seed: int
    until_days: float
    without: tuple[str, ...]
    patient: Patient
    vessels: Vasculature
    diagnosis: Diagnosis
    vary: Mapping[str, Spread]
    agents: Mapping[str, Agent]
    arms: Mapping[str, Protocol]
    primary_endpoint: str = "overall_survival"
    secondary_endpoints: tuple[str, ...] = ()
    published: tuple[Published, ...] = ()


def virtual_patient(plan: Plan, number: int, draw: int = 0) -> Patient:
    """Draw one patient's traits: about the plan's, mean kept, within each Value's range.

    Each trait has luck of its own, so that varying one more trait leaves the others as they were.
    """
    changed: dict[str, dict[str, Value]] = {"tumour": {}, "host": {}}
    for path, spread in plan.vary.items():
        noun, name = path.split(".", 1)
        value: Value = getattr(getattr(plan.patient, noun), name)
        stream = new_stream(plan.seed, number)
        aim(stream, VARIATION, np.uint64(zlib.crc32(path.encode())), draw)
        factor = spread.factor(normal(stream))
        low = -np.inf if value.low is None else value.low
        high = np.inf if value.high is None else value.high
        changed[noun][name] = value.model_copy(update={"number": float(min(high, max(low, value.number * factor)))})
    tumour = plan.patient.tumour.model_copy(update=changed["tumour"])
    host = plan.patient.host.model_copy(update=changed["host"])
    return Patient.model_construct(tumour=tumour, host=host)


def enrol(plan: Plan, number: int) -> Grown:
    """Grow one patient to diagnosis; whoever is not diagnosed is replaced by somebody with other traits and luck.

    Raises
    ------
    ModelError
        If nobody tried is ever diagnosed.
    """
    return grow(
        lambda attempt: virtual_patient(plan, number, attempt - 1), plan.vessels, plan.diagnosis, plan.seed, number,
        plan.without,
    )  # fmt: skip
