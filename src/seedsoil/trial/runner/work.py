"""The work itself, wherever it is done: an order for some patients goes in as bytes, their sealed rows come out as bytes.

An order is the resolved study, as text, and the numbers of patients; an answer is Parquet and JSON under a SHA-256.
Nothing that is executed travels, and no object: a worker reads the study as a user's file is read, and refuses an order
if its own code, its own catalogue or the versions of its libraries are not those of whoever asks.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from seedsoil.experiment.columns import TABLES
from seedsoil.experiment.folder.parts import parts_of
from seedsoil.foundation.errors import ModelError
from seedsoil.foundation.record import identity, versions
from seedsoil.trial.plan import Plan
from seedsoil.trial.runner.patients import joined, run_arms

#: Libraries whose version can change a result's last bits, or the bytes of its files.
_LIBRARIES = ("numpy", "numba", "pyarrow", "seedsoil")
#: Plans that a worker keeps ready, by the identity of their study.
_MOST_PLANS = 4
_SEAL = hashlib.sha256().digest_size


class RefusedError(ModelError):
    """A worker will not do this work: it has other code, another catalogue or other libraries."""


class DamagedError(ModelError):
    """An order or an answer is not what was sent, or not what was asked for."""


@dataclass(frozen=True)
class Order:
    """What a worker is asked for: the patients ``numbers`` of a resolved study, in this order."""

    study: str
    identity: str
    numbers: tuple[int, ...]
    libraries: Mapping[str, str]

    def to_bytes(self) -> bytes:
        """Return the order as it travels."""
        content = {"study": self.study, "identity": self.identity, "numbers": self.numbers}
        return zlib.compress(json.dumps({**content, "libraries": dict(self.libraries)}).encode(), 1)

    @classmethod
    def from_bytes(cls, message: bytes) -> Order:
        """Read an order; DamagedError if it is none."""
        try:
            content: dict[str, Any] = json.loads(zlib.decompress(message))
            return cls(content["study"], content["identity"], tuple(content["numbers"]), content["libraries"])
        except (zlib.error, ValueError, TypeError, LookupError, RecursionError) as error:
            raise DamagedError("an order is not what was sent") from error


@dataclass(frozen=True)
class Answer:
    """What a worker found: Parquet parts of the tables that have rows, and patients that failed, with the reason."""

    identity: str
    numbers: tuple[int, ...]
    parts: Mapping[str, bytes]
    failed: Mapping[int, str]

    def to_bytes(self) -> bytes:
        """Return the answer as it travels, under its SHA-256."""
        head = json.dumps(
            {
                "identity": self.identity,
                "numbers": self.numbers,
                "parts": {name: len(content) for name, content in self.parts.items()},
                "failed": {str(number): reason for number, reason in self.failed.items()},
            }
        ).encode()
        body = len(head).to_bytes(8, "big") + head + b"".join(self.parts.values())
        return hashlib.sha256(body).digest() + body

    @classmethod
    def from_bytes(cls, message: bytes) -> Answer:
        """Read an answer; DamagedError if one bit of it is not what was sent."""
        seal, body = message[:_SEAL], message[_SEAL:]
        if len(message) < _SEAL + 8 or hashlib.sha256(body).digest() != seal:
            raise DamagedError("an answer is not what its worker sent: its checksum differs")
        try:
            return cls._read(body)
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
            raise DamagedError("an answer is none, however right its checksum is") from error

    @classmethod
    def _read(cls, body: bytes) -> Answer:
        place = 8 + int.from_bytes(body[:8], "big")
        head: dict[str, Any] = json.loads(body[8:place])
        parts = {}
        for name, size in head["parts"].items():
            parts[name] = body[place : place + size]
            place += size
        if place != len(body) or not set(parts) <= set(TABLES):
            raise ValueError("parts, their sizes and their names differ")
        failed = {int(number): str(reason) for number, reason in head["failed"].items()}
        return cls(str(head["identity"]), tuple(map(int, head["numbers"])), parts, failed)


def libraries() -> dict[str, str]:
    """Return the versions of what can change a result's last bits, or the bytes of its files."""
    known = versions()
    return {name: known[name] for name in _LIBRARIES}


def introduce() -> dict[str, str]:
    """Return who this process is: its libraries, and the hash of its code and catalogue."""
    return {**libraries(), "code and catalogue": identity("", 0)}


_plans: dict[str, Plan] = {}


def remember(wanted: str, plan: Plan) -> None:
    """Keep a plan ready for orders of this identity, so that work in this very process need not read its study again."""
    while len(_plans) >= _MOST_PLANS:
        del _plans[next(iter(_plans))]
    _plans[wanted] = plan


def _nobody(number: int) -> None:
    """Hear of the patient whose turn it is, and do nothing."""


_listener: Callable[[int], None] = _nobody


@contextmanager
def heard_by(listener: Callable[[int], None]) -> Iterator[None]:
    """Within this block, tell ``listener`` the number of each patient whose turn comes."""
    global _listener  # noqa: PLW0603  (one process does one order at a time)
    before, _listener = _listener, listener
    try:
        yield
    finally:
        _listener = before


def perform(message: bytes) -> bytes:
    """Carry out an order and return the answer.

    A patient who cannot be simulated is named in the answer, with the reason; the others' rows are there.

    Raises
    ------
    RefusedError
        This process would find other bytes: its code, catalogue or libraries are not those of whoever asks.
    MemoryError
        The patients do not fit; fewer at a time may.
    """
    order = Order.from_bytes(message)
    plan = _plan_of(order)
    found, failed = [], {}
    for number in order.numbers:
        _listener(number)
        try:
            found += run_arms(plan, number)
        except MemoryError:
            raise
        except Exception as error:  # whatever it is, it is this patient's, and the others go on
            failed[number] = " ".join(f"{type(error).__name__}: {error}".split())
    parts = parts_of(joined(found), min(order.numbers), max(order.numbers) + 1)
    return Answer(order.identity, order.numbers, parts, failed).to_bytes()


def _plan_of(order: Order) -> Plan:
    """Return the plan of an order's study; RefusedError if this process is not one that could carry it out."""
    mine = libraries()
    differ = [
        f"{name} {mine[name]} instead of {asked}" for name, asked in order.libraries.items() if mine.get(name) != asked
    ]
    if differ:
        raise RefusedError(f"it has {', '.join(differ)}")
    if order.identity not in _plans:
        from seedsoil.trial.study.file import Study

        plan = Study.read(order.study, "the study of an order").plan()
        own = identity(order.study, plan.seed)
        if own != order.identity:
            raise RefusedError(
                f"its code or its catalogue differs: this study's identity is {own[:12]} there, {order.identity[:12]} here"
            )
        remember(order.identity, plan)
    return _plans[order.identity]
