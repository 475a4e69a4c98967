"""How numeric kernels are compiled: one decorator, one cache, the same arithmetic on every processor.

Import `kernel` from here and never Numba itself. Numba notices an edit in the file of a cached function, but not
in the files that the function calls; so the cache lives in a folder named by a hash of all kernel sources and
of the versions that compiled them. No fast-math anywhere: the results of a kernel are bytes to be repeated.
"""

import gc
import hashlib
import os
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar, cast

import platformdirs

from seedsoil.foundation.sealed import seal_cache

_kernel_mark = b"seedsoil.foundation.compiled import"
_stale_after_seconds = 30 * 86_400


def kernel_fingerprint() -> str:
    """Hash the sources of all kernels and the versions of what compiles them.

    Returns
    -------
    str
        The first 20 hexadecimal digits of a SHA-256.
    """
    package = Path(__file__).parents[1]
    digest = hashlib.sha256(f"{sys.version} numba {version('numba')} numpy {version('numpy')}".encode())
    sources = {path: path.read_bytes() for path in sorted(package.rglob("*.py"))}
    # Kernels take constants from their neighbours, so a room with a kernel counts whole.
    rooms = {path.parent for path, source in sources.items() if _kernel_mark in source} | {Path(__file__).parent}
    for path, source in sources.items():
        if path.parent in rooms:
            digest.update(str(path.relative_to(package)).encode() + b"\0" + source + b"\0")
    return digest.hexdigest()[:20]


def _forget_stale(root: Path) -> None:
    """Remove caches that nobody has used for a month: each edit of a kernel leaves one behind."""
    import shutil

    for folder in root.iterdir():
        if folder.is_dir() and time.time() - folder.stat().st_mtime > _stale_after_seconds:
            shutil.rmtree(folder, ignore_errors=True)


def _choose_cache() -> str:
    """Name a folder for compiled kernels that this user can write to; a private temporary one if all else fails."""
    root = Path(platformdirs.user_cache_dir("seedsoil", appauthor=False)) / "kernels"
    folder = root / kernel_fingerprint()
    try:
        is_new = not folder.is_dir()
        folder.mkdir(parents=True, exist_ok=True)
        os.utime(folder)
        if is_new:
            _forget_stale(root)
        if os.access(folder, os.W_OK):
            return str(folder)
    except OSError:
        pass
    return tempfile.mkdtemp(prefix="seedsoil-kernels-")


if "NUMBA_CACHE_DIR" not in os.environ:
    os.environ["NUMBA_CACHE_DIR"] = _choose_cache()
# Intel's vector library has other last bits than the rest of the world.
os.environ.setdefault("NUMBA_DISABLE_INTEL_SVML", "1")

import numba  # noqa: E402  (the settings above are read when Numba is imported)
from numba.core import types  # noqa: E402
from numba.core.codegen import JITCodeLibrary  # noqa: E402
from numba.core.compiler import Compiler  # noqa: E402
from numba.core.compiler_lock import global_compiler_lock  # noqa: E402
from numba.core.registry import CPUDispatcher  # noqa: E402
from numba.core.targetconfig import ConfigStack  # noqa: E402
from numba.extending import intrinsic  # noqa: E402

_numba_version = tuple(int(part) for part in numba.__version__.split(".")[:2])
if _numba_version < (0, 67):
    raise ImportError(f"seedsoil needs numba 0.67 or newer, found {numba.__version__}. Try: pip install -U numba")
# Somebody may have imported Numba before us; it has then not seen the folder.
_settings: Any = numba.config
_settings.CACHE_DIR = os.environ["NUMBA_CACHE_DIR"]
seal_cache()

#: Versions of Numba whose typing and linking were read; under others each function is typed and optimised on its own: slower, the same bytes.
_was_read = _numba_version in ((0, 68),)

Function = TypeVar("Function", bound=Callable[..., object])


def kernel(function: Function) -> Function:
    """Compile a function of numbers and arrays on its first call and keep the machine code on disk.

    Division follows IEEE 754 (by zero gives infinity or nan, no exception). With `NUMBA_DISABLE_JIT=1` in the
    environment the function stays plain Python.
    """
    entry = _compile(function, _Dispatcher)
    if isinstance(entry, CPUDispatcher):
        entry.enable_caching()
    return cast("Function", entry)


def leaf(function: Function) -> Function:
    """Compile like `kernel` a function that makes no arrays of its own; it may read and write those it is given.

    Without Numba's reference counts, whose atomic additions cost more than a random number.
    """
    return _with_entry(function)


def inner(function: Function) -> Function:
    """Compile like `leaf` a function that only kernels call: no entry from Python, no machine code kept on disk.

    Its code is optimised once, where its caller holds it.
    """
    return cast("Function", _inside(function))


def inline(function: Function) -> Function:
    """Compile like `leaf`, and let the caller swallow the body: for small functions in tight loops."""
    return _with_entry(function, forceinline=True)


def _word_at(table: Any, place: int) -> Any:
    return int.from_bytes(table.tobytes()[place : place + 8], "little")


def _load_word(_: Any, table: Any, place: Any) -> Any:
    """Tell Numba's typing and code of `word_at`: one load, wherever the bytes begin."""

    def code(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        byte, eight = (context.get_value_type(kind) for kind in (types.uint8, types.uint64))
        first = builder.bitcast(context.make_array(table)(context, builder, given[0]).data, byte.as_pointer())
        there = builder.gep(first, [given[1]])
        word = builder.load(builder.bitcast(there, eight.as_pointer()), align=1)
        return word if sys.byteorder == "little" else builder.bswap(word)

    return types.uint64(table, types.int64), code


#: Eight bytes of a contiguous table of bytes, from a place on in the order of memory, as one uint64, the first byte lowest. In a kernel
#: nothing asks whether they lie in the table.
word_at: Callable[..., Any] = _word_at if _settings.DISABLE_JIT else intrinsic(_load_word)


@contextmanager
def _in_haste() -> Generator[None]:
    """Compile without Python's search for cycles of garbage, and type each call of Numba's own functions once.

    Numba asks dozens of templates what `+` of two floats is, each time anew; the answer hangs on the types and on the flags of the
    function that is being compiled, and on nothing else that changes meanwhile.
    """
    with global_compiler_lock:
        collects, remembers = gc.isenabled(), not _was_read or "get_call_type" in vars(types.Function)
        gc.disable()
        if not remembers:
            setattr(types.Function, "get_call_type", _remembering(types.Function.get_call_type))  # noqa: B010
        try:
            yield
        finally:
            if not remembers:
                del types.Function.get_call_type
            if collects:
                gc.enable()


def _remembering(resolve: Any) -> Any:
    """Wrap what finds the signature of a call: the same function, types and flags have the same one."""
    known: dict[Any, Any] = {}
    flags_of, named = None, ""

    def get_call_type(self: Any, context: Any, args: Any, kws: Any) -> Any:
        nonlocal flags_of, named
        flags = ConfigStack.top_or_none()
        if flags is not flags_of:
            flags_of, named = flags, "" if flags is None else flags.summary()
        call = self, context, tuple(args), tuple(kws.items()), named
        if call not in known:
            known[call] = resolve(self, context, args, kws)
        return known[call]

    return get_call_type


class _Unfinished(JITCodeLibrary):  # type: ignore[misc]
    """Code that nobody runs as it stands: not optimised and no machine code, before it has been linked where it is called."""

    def finalize(self) -> None:
        for library in dict.fromkeys(self._linking_libraries):
            self._final_module.link_in(library._get_module_for_linking(), preserve=True)
        self._finalized = True

    def get_pointer_to_function(self, name: str) -> int:
        return 0

    @property
    def codegen(self) -> "_Unfinished":
        return self

    def set_env(self, name: str, environment: object) -> None:
        """Do without objects of Python's: as a function that was read from a cache as part of its caller does."""


class _Inner(Compiler):  # type: ignore[misc]
    """Numba's compiler for functions that only kernels call."""

    def define_pipelines(self) -> Any:
        self.state.library = _Unfinished(self.state.targetctx.codegen(), self.state.func_id.func_qualname)
        return super().define_pipelines()


class _Dispatcher(CPUDispatcher):  # type: ignore[misc]
    """A function that Numba compiles when it is called with new types."""

    def compile(self, sig: Any) -> Any:
        with _in_haste():
            return super().compile(sig)


class _Entry(_Dispatcher):
    """A function that Python calls, kept on disk; ``inside`` is the same for kernels, which pay for no entry to it."""

    inside: Any

    @property
    def _numba_type_(self) -> Any:
        return self.inside._numba_type_


def _with_entry(function: Function, **options: Any) -> Function:
    # Called from Python, it lets other threads go on: it touches no object of theirs.
    options_of_entry = options | {"_nrt": False, "no_cfunc_wrapper": True, "nogil": True}
    entry = _compile(function, _Entry if _was_read else _Dispatcher, **options_of_entry)
    if isinstance(entry, _Entry):
        entry.inside = _inside(function, **options)
    if isinstance(entry, CPUDispatcher):
        entry.enable_caching()
    return cast("Function", entry)


def _inside(function: Any, **options: Any) -> Any:
    compiler = _Inner if _was_read else Compiler
    options |= {"_nrt": False, "no_cfunc_wrapper": True, "no_cpython_wrapper": True}
    return _compile(function, CPUDispatcher, pipeline_class=compiler, **options)


def _compile(function: Any, dispatcher: type[CPUDispatcher], pipeline_class: type = Compiler, **options: Any) -> Any:
    """Do as `numba.njit` does; leaves go without reference counts (``_nrt``) and without an entry for C, which nobody uses."""
    if _settings.DISABLE_JIT:
        return function
    options |= {"nopython": True, "boundscheck": None, "error_model": "numpy"}
    return dispatcher(function, targetoptions=options, pipeline_class=pipeline_class)
