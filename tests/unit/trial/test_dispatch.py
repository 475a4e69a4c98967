"""What becomes of chunks when those who compute them die, hang, lie, or break: told with workers made of words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from typing import Any

import numpy as np
import pytest

from seedsoil.experiment.columns import decode, encode
from seedsoil.foundation.errors import ModelError
from seedsoil.trial.runner.crew import make_crew
from seedsoil.trial.runner.dispatch import MOST_DEATHS, Dispatcher, Done
from seedsoil.trial.runner.failures import Failure, PatientError
from seedsoil.trial.runner.pool import OverdueError, WorkerDiedError
from seedsoil.trial.runner.stop import Interrupted, Stop
from seedsoil.trial.runner.work import Answer, DamagedError, Order, RefusedError, libraries

#: Chunks of ten patients.
CHUNKS = [(0, 3), (3, 6), (6, 9), (9, 10)]
IDENTITY = "an identity"


def rows(numbers: tuple[int, ...], failed: dict[int, str] | None = None) -> bytes:
    """Give a good answer: one event for each patient who has not failed."""
    kept = [number for number in numbers if number not in (failed or {})]
    table = {
        "patient": np.array(kept, dtype=np.int32),
        "arm": np.array(["a"] * len(kept), dtype=object),
        "day": np.array(kept, dtype=float),
        "kind": np.array(["seen"] * len(kept), dtype=object),
        "detail": np.array([""] * len(kept), dtype=object),
    }
    return Answer(IDENTITY, numbers, {"events": encode("events", table)} if kept else {}, failed or {}).to_bytes()


class Scripted(Executor):
    """Workers that do at once what a script says, and say at the same time whose turn it was."""

    _max_workers = 2

    def __init__(self, script: Callable[[tuple[int, ...]], bytes], *, names_the_dead: bool = True) -> None:
        self.script, self.names_the_dead = script, names_the_dead
        self.asked: list[tuple[int, ...]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        numbers = Order.from_bytes(args[0]).numbers
        self.asked.append(numbers)
        future: Future[Any] = Future()
        future.set_running_or_notify_cancel()
        try:
            future.set_result(self.script(numbers))
        except Exception as error:
            future.set_exception(error)
        return future


@pytest.fixture(autouse=True)
def _kernels_lie_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine that never compiled, patient 0 goes ahead alone: no matter here."""
    monkeypatch.setattr("seedsoil.trial.runner.dispatch._must_compile", lambda: False)


def carried_out(executor: Scripted, stop: Stop | None = None) -> tuple[list[Done], list[str]]:
    """Carry the ten patients out; return the chunks as they came, and what was told."""
    told: list[str] = []
    stop = stop or Stop()
    crew = make_crew(executor, None, 2, stop, 60.0, told.append)
    crew.renew = lambda: None  # type: ignore[method-assign]  (these workers cannot be broken)
    found = list(Dispatcher(crew, "a study", IDENTITY, 7, stop, 60.0, told.append).carry_out(CHUNKS))
    return found, told


def patients(found: list[Done]) -> list[int]:
    """List the patients of all rows, chunk by chunk."""
    parts = [one.parts["events"] for one in sorted(found, key=lambda one: one.first)]
    return [int(number) for part in parts for number in decode("events", part)["patient"]]


def sorted_failures(found: list[Done]) -> list[tuple[int, str]]:
    """List the failures."""
    return sorted((failure.patient, failure.kind) for one in found for failure in one.failures)


def test_each_chunk_comes_once() -> None:
    executor = Scripted(rows)
    found, told = carried_out(executor)
    assert sorted((one.first, one.last) for one in found) == CHUNKS
    assert patients(found) == list(range(10))
    assert told == []
    assert len(executor.asked) == 4


def test_parts_of_a_whole_answer_are_kept_as_they_came() -> None:
    """Nothing is read and written again where one answer holds the chunk; where several do, the bytes are those of one."""
    whole = [Answer.from_bytes(rows(tuple(range(*chunk)))).parts for chunk in CHUNKS]
    for script in (rows, alone):
        found, _ = carried_out(Scripted(script))
        assert [one.parts for one in sorted(found, key=lambda one: one.first)] == whole


def alone(numbers: tuple[int, ...]) -> bytes:
    """Do one patient at a time, and run out of memory over more."""
    if len(numbers) > 1:
        raise MemoryError
    return rows(numbers)


def test_an_answer_with_rows_of_others_is_refused() -> None:
    """However right its checksum and its head are: catches rows of patient 11 written into the chunk of 3 to 5."""
    lied: list[int] = []

    def script(numbers: tuple[int, ...]) -> bytes:
        if numbers[0] == 3 and not lied:
            lied.append(1)
            parts = Answer.from_bytes(rows((3, 4, 11))).parts
            return Answer(IDENTITY, numbers, parts, {}).to_bytes()
        return rows(numbers)

    found, told = carried_out(Scripted(script))
    assert patients(found) == list(range(10))
    assert any("holds other patients than 3 to 5" in line for line in told)


def test_a_chunk_whose_worker_died_is_tried_again() -> None:
    """Catches a chunk given up, or one done twice, after one death."""
    died = Counter[tuple[int, ...]]()

    def script(numbers: tuple[int, ...]) -> bytes:
        died[numbers] += 1
        if died[numbers] == 1:
            raise WorkerDiedError("a worker process was killed", numbers[0])
        return rows(numbers)

    found, told = carried_out(Scripted(script))
    assert patients(found) == list(range(10))
    assert sorted_failures(found) == []
    assert len(told) == 4


@pytest.mark.parametrize("knows", [True, False])
def test_the_patient_who_kills_is_found_and_the_others_are_kept(knows: bool) -> None:
    """Patient 4 ends every worker; with and without the worker's last words. Catches one neighbour lost with it."""

    def script(numbers: tuple[int, ...]) -> bytes:
        if 4 in numbers:
            raise WorkerDiedError("a worker process was killed", 4 if knows else None)
        return rows(numbers)

    executor = Scripted(script)
    found, told = carried_out(executor)
    assert patients(found) == [0, 1, 2, 3, 5, 6, 7, 8, 9]
    assert sorted_failures(found) == [(4, "died")]
    assert "patient 4 (seed 7)" in told[-1]
    assert executor.asked.count((4,)) == MOST_DEATHS
    assert ((3, 5) in executor.asked) is knows, "neighbours stay together where the killer is known"


def test_a_pool_that_breaks_as_a_whole_is_renewed_and_blames_nobody_wrongly() -> None:
    """Patient 4 breaks the pool and takes all work with it. Catches an innocent patient that is left out."""

    def script(numbers: tuple[int, ...]) -> bytes:
        if 4 in numbers:
            raise BrokenExecutor("terminated abruptly")
        return rows(numbers)

    found, _ = carried_out(Scripted(script, names_the_dead=False))
    assert patients(found) == [0, 1, 2, 3, 5, 6, 7, 8, 9]
    assert sorted_failures(found) == [(4, "died")]


def test_memory_that_is_enough_for_one_patient_is_enough() -> None:
    def script(numbers: tuple[int, ...]) -> bytes:
        if len(numbers) > 1:
            raise MemoryError
        return rows(numbers)

    found, _ = carried_out(Scripted(script))
    assert patients(found) == list(range(10))
    assert sorted_failures(found) == []


def test_a_patient_who_takes_too_long_is_tried_once_more_and_then_left_out() -> None:
    late = Counter[int]()

    def script(numbers: tuple[int, ...]) -> bytes:
        for number in numbers:
            late[number] += 1
            if number == 4 or (number == 7 and late[7] == 1):
                raise OverdueError("", number)
        return rows(numbers)

    found, told = carried_out(Scripted(script))
    assert patients(found) == [0, 1, 2, 3, 5, 6, 7, 8, 9]
    assert sorted_failures(found) == [(4, "overdue")]
    assert any("patient 7 (seed 7) took longer than 60 s" in line for line in told)


def test_a_patient_who_raises_costs_nobody_else_anything() -> None:
    executor = Scripted(lambda numbers: rows(numbers, {4: "ZeroDivisionError: x"} if 4 in numbers else None))
    found, _ = carried_out(executor)
    assert patients(found) == [0, 1, 2, 3, 5, 6, 7, 8, 9]
    assert sorted_failures(found) == [(4, "raised")]
    assert len(executor.asked) == 4, "nothing is tried again"


def test_a_study_that_nobody_survives_stops_early() -> None:
    executor = Scripted(lambda numbers: rows(numbers, dict.fromkeys(numbers, "ModelError: nobody is ever diagnosed")))
    with pytest.raises(PatientError, match="nobody is ever diagnosed"):
        carried_out(executor)
    assert len(executor.asked) <= 4


def test_a_flipped_bit_is_never_believed() -> None:
    """Each chunk comes back damaged once, in another byte. Catches a checksum that leaves out the header or the parts."""
    seen = Counter[tuple[int, ...]]()

    def script(numbers: tuple[int, ...]) -> bytes:
        answer, seen[numbers] = bytearray(rows(numbers)), seen[numbers] + 1
        if seen[numbers] == 1:
            answer[(997 * numbers[0] + 40) % len(answer)] ^= 1 << (numbers[0] % 8)
        return bytes(answer)

    found, told = carried_out(Scripted(script))
    assert patients(found) == list(range(10))
    assert sum("checksum differs" in line for line in told) == 4


def test_every_flipped_bit_and_every_cut_of_an_answer_is_found() -> None:
    answer = rows((0, 1))
    assert Answer.from_bytes(answer).numbers == (0, 1)
    for place in range(len(answer)):
        with pytest.raises(DamagedError):
            Answer.from_bytes(answer[:place] + bytes([answer[place] ^ 4]) + answer[place + 1 :])
        with pytest.raises(DamagedError):
            Answer.from_bytes(answer[:place])


def test_an_answer_of_other_patients_is_refused() -> None:
    wrong = iter([rows((0, 1))])
    found, told = carried_out(Scripted(lambda numbers: next(wrong, None) or rows(numbers)))
    assert patients(found) == list(range(10))
    assert "not of the patients that were asked for" in told[0]


def test_a_worker_that_always_lies_ends_the_run() -> None:
    with pytest.raises(ModelError, match="refused"):
        carried_out(Scripted(lambda numbers: b"nonsense"))


def test_a_worker_of_another_version_ends_the_run_with_one_line() -> None:
    def script(numbers: tuple[int, ...]) -> bytes:
        raise RefusedError("its code or its catalogue differs")

    with pytest.raises(ModelError, match="Give all workers the same version") as caught:
        carried_out(Scripted(script))
    assert len(caught.value.faults) == 1


def test_a_stop_lets_what_is_under_way_end_and_gives_out_no_more() -> None:
    stop = Stop()

    def script(numbers: tuple[int, ...]) -> bytes:
        stop.ask()
        return rows(numbers)

    executor, found = Scripted(script), []
    crew = make_crew(executor, None, 2, stop, 60.0, print)
    with pytest.raises(Interrupted):
        found.extend(Dispatcher(crew, "a study", IDENTITY, 7, stop, 60.0, print).carry_out(CHUNKS))
    assert executor.asked == [(0, 1, 2)]


def test_an_order_travels_whole() -> None:
    order = Order("a study – with words", IDENTITY, (3, 5), libraries())
    assert Order.from_bytes(order.to_bytes()) == order


def test_a_failure_is_told_in_whole_sentences() -> None:
    """A reason may end with its own full stop, or without one: the line has one there."""
    for reason in ("ModelError: no room. Ask for less.", "ModelError: no room. Ask for less"):
        told = Failure(3, 7, "error", reason).told(None)
        assert told == "patient 3 (seed 7): ModelError: no room. Ask for less. Again: seedsoil run STUDY --only 3"
