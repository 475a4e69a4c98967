"""How kernels are compiled: what only kernels call has no machine code of its own, and does what plain Python does."""

import gc
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest
from numba.core import types
from numba.core.errors import TypingError
from numba.core.types.functions import BaseFunction
from numpy.typing import NDArray

from seedsoil.foundation import compiled
from seedsoil.foundation.compiled import inner, kernel, leaf
from seedsoil.tissue.cells.flows import exchange
from seedsoil.tissue.cells.propose import propose, remember

pytestmark = pytest.mark.skipif(os.environ.get("NUMBA_DISABLE_JIT") == "1", reason="nothing is compiled")


@inner
def _deepest(values, place):  # type: ignore[no-untyped-def]
    if values[place] < 0.0:
        raise ValueError("below nothing")
    values[place] *= 0.1
    return values[place]


@inner
def _deep(values):  # type: ignore[no-untyped-def]
    total = 0.0
    for place in range(values.shape[0]):
        total += _deepest(values, place) / values.shape[0]
    return total


@leaf
def _through_two(values):  # type: ignore[no-untyped-def]
    return _deep(values) + _deepest(values, 0)


@kernel
def _through_one(values: NDArray[np.float64]) -> float:
    made = np.full(3, 0.3)
    return _deepest(values, 1) - _deep(made)  # type: ignore[no-any-return]


def _plain(values: NDArray[np.float64]) -> float:
    total = 0.0
    for place in range(len(values)):
        values[place] *= 0.1
        total += values[place] / len(values)
    values[0] *= 0.1
    return float(total + values[0])


def test_inner_functions_work_in_whoever_calls_them() -> None:
    """Two entries share two inner functions, one of which calls the other: the same bytes as plain Python's."""
    values, same = np.array([0.7, 1e9 / 3.0, 1e-9]), np.array([0.7, 1e9 / 3.0, 1e-9])
    assert _through_two(values) == _plain(same)
    assert values.tobytes() == same.tobytes()
    made = [0.3 * 0.1] * 3
    expected = same[1] * 0.1 - (made[0] / 3 + made[1] / 3 + made[2] / 3)
    assert _through_one(values) == expected


def test_inner_functions_leave_no_machine_code() -> None:
    """Optimised and emitted on its own, each of them would take longer than all of it does where it is linked."""
    _deep.compile((numba.float64[::1],))  # type: ignore[attr-defined]  (as part of an entry from the cache it is not)
    for made in (*_deep.overloads.values(), *_deepest.overloads.values()):  # type: ignore[attr-defined]
        name = made.fndesc.llvm_func_name
        assert made.library.get_function(name)
        assert not made.library._codegen._engine.is_symbol_defined(name)
    _through_two(np.ones(2))
    (entry,) = _through_two.overloads.values()  # type: ignore[attr-defined]
    assert entry.library.get_pointer_to_function(entry.fndesc.llvm_func_name) != 0


def test_an_error_of_an_inner_function_reaches_python() -> None:
    """It is told from the code of the entry: there is no other."""
    with pytest.raises(ValueError, match="below nothing"):
        _through_two(np.array([1.0, -1.0]))


def _many_sums(x: float) -> float:
    return x + x + x + x + x + x + x + x - x - x - x - x


@pytest.mark.skipif(not compiled._was_read, reason="an unknown Numba types in its own way")
def test_each_call_is_typed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numba asks for the types of eight sums and four differences, twice: once for each operator it is told anew."""
    asked, real = Counter[str](), BaseFunction.get_call_type

    def counted(self: Any, context: Any, args: Any, kws: Any) -> Any:
        asked[str(self)] += 1
        return real(self, context, args, kws)

    monkeypatch.setattr(BaseFunction, "get_call_type", counted)
    assert compiled._compile(_many_sums, compiled._Dispatcher)(1.0) == 4.0
    assert sorted(asked.values()) == [1, 1]


def test_compilation_leaves_numba_and_the_collector_of_garbage_as_they_were() -> None:
    """Also where it fails; and a collector that was off stays off."""
    for was_on in (True, False):
        if not was_on:
            gc.disable()
        try:
            compiled._compile(_many_sums, compiled._Dispatcher)(2.0)
            with pytest.raises(TypingError):
                compiled._compile(_many_sums, compiled._Dispatcher)("no number")
            assert gc.isenabled() is was_on
        finally:
            gc.enable()
        assert "get_call_type" not in vars(types.Function)


_PLAIN_WAY = """
import numba
numba.__version__ = "0.99.0"
import numpy as np
from seedsoil.foundation import compiled
from seedsoil.foundation.samplers import exponential
from seedsoil.foundation.streams import aim, new_stream
stream = new_stream(7, 3)
aim(stream, 1, np.uint64(5), 2)
print(compiled._was_read, type(exponential).__name__, exponential(stream).hex())
"""


def test_an_unknown_numba_compiles_in_the_plain_way(tmp_path: Path) -> None:
    """The same bytes: of a draw whose code goes through leaves and inlined functions."""
    here = _PLAIN_WAY.replace('numba.__version__ = "0.99.0"', "")
    said = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / str(way))},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for way, code in enumerate((_PLAIN_WAY, here))
    ]
    assert said[0][:2] == ["False", "_Dispatcher"]
    assert said[1][:2] == ["True", "_Entry"]
    assert said[0][2] == said[1][2]


def test_threads_go_on_while_a_leaf_runs() -> None:
    """Threads of a block of tissue work on slabs side by side: catches a leaf that holds all others up."""
    assert all(each.targetoptions["nogil"] for each in (propose, remember, exchange))


@leaf
def _words(table, found):  # type: ignore[no-untyped-def]
    for place in range(found.shape[0]):
        found[place] = compiled.word_at(table, place)


def test_eight_bytes_are_one_number_wherever_they_begin() -> None:
    """The first byte lowest: catches bytes that are turned, and a place that is not counted in bytes."""
    table, found = np.random.default_rng(3).integers(0, 256, (3, 5, 7), np.uint8), np.zeros(98, np.uint64)
    _words(table, found)
    content = table.tobytes()
    assert [int(each) for each in found] == [
        int.from_bytes(content[place : place + 8], "little") for place in range(98)
    ]
    assert compiled._word_at(table, 97) == int(found[97])
