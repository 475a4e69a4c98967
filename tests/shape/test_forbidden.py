"""Calls and words that the package does without: each would break determinism, safety or trust."""

import ast
import re
from pathlib import Path

import pytest

from tests.shape.sources import label, modules, package, repository, tree

_forbidden_modules = {"pickle", "cPickle", "dill", "cloudpickle", "marshal", "shelve", "random"}
_forbidden_names = {"eval", "exec", "compile", "__import__"}
_forbidden_calls = {
    "yaml.load": "unsafe loading",
    "os.system": "a shell",
    "os.popen": "a shell",
    "np.random.seed": "global randomness",
    "numpy.random.seed": "global randomness",
    "time.time": "wall-clock time in results; use time.monotonic for durations",
    "numpy.load": "pickle inside",
    "np.load": "pickle inside",
    "pandas.read_pickle": "pickle",
    "pd.read_pickle": "pickle",
}
# The age of a folder of compiled kernels is a matter of the wall clock.
_allowed = {("foundation/compiled.py", "time.time")}
_random_may = {"Generator", "default_rng", "SeedSequence", "Philox", "BitGenerator"}
_unfinished = re.compile(
    r"\b("
    + "|".join(
        [
            "TO" + "DO",
            "FIX" + "ME",
            "X" * 3,
            "HA" + "CK",
            "st" + "ub(bed)?",
            "place" + "holder",
            "not yet " + "implemented",
        ]
    )
    + r")\b",
    re.IGNORECASE,
)


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _call_faults(node: ast.Call) -> list[str]:
    name = _dotted(node.func)
    faults = []
    if name in _forbidden_names:
        faults.append(f"{name}()")
    if name in _forbidden_calls:
        faults.append(f"{name}(): {_forbidden_calls[name]}")
    for keyword in node.keywords:
        true = isinstance(keyword.value, ast.Constant) and keyword.value.value is True
        if true and keyword.arg in {"shell", "fastmath", "allow_pickle", "parallel"}:
            faults.append(f"{name}({keyword.arg}=True)")
    return faults


def _import_faults(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        if node.level:
            return ["a relative import"]
        if node.module == "seedsoil" and not any(alias.name == "__version__" for alias in node.names):
            return ["an import of the whole package; name the file"]
        return [f"import of {node.module}"] if (node.module or "").split(".")[0] in _forbidden_modules else []
    names = [alias.name.split(".")[0] for alias in node.names]
    return [f"import of {name}" for name in names if name in _forbidden_modules or name == "seedsoil"]


def _faults(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Call):
        return _call_faults(node)
    if isinstance(node, ast.Import | ast.ImportFrom):
        return _import_faults(node)
    if isinstance(node, ast.Attribute):
        owner, _, last = _dotted(node).rpartition(".")
        if owner in {"np.random", "numpy.random"} and last not in _random_may:
            return [f"{owner}.{last}: global randomness"]
    return []


@pytest.mark.parametrize("path", modules(), ids=label)
def test_no_forbidden_call_or_import(path: Path) -> None:
    found = [
        f"line {getattr(node, 'lineno', 0)}: {fault}"
        for node in ast.walk(tree(path))
        for fault in _faults(node)
        if (str(path.relative_to(package)), fault.split("(")[0]) not in _allowed
    ]
    assert not found, f"{label(path)}: {'; '.join(found)}"


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from pickle import loads",
        "from . import errors",
        "eval('1')",
        "subprocess.run('ls', shell=True)",
        "numba.njit(fastmath=True)",
        "np.random.seed(1)",
        "np.random.normal()",
        "yaml.load(text)",
        "import random",
        "np.load(path, allow_pickle=True)",
    ],
)
def test_the_watchman_is_awake(source: str) -> None:
    assert [fault for node in ast.walk(ast.parse(source)) for fault in _faults(node)], f"{source!r} should be refused"


def _written_files() -> list[Path]:
    kinds = ("*.py", "*.toml", "*.md", "*.cff", "*.html", "*.js", "*.css")
    roots = [repository / name for name in ("src", "tests", "docs", "benchmarks", "tools", "examples")]
    files = [path for root in roots if root.is_dir() for kind in kinds for path in root.rglob(kind)]
    return sorted(files) + sorted(repository.glob("*.md"))


@pytest.mark.parametrize("path", _written_files(), ids=label)
def test_no_words_of_unfinished_work(path: Path) -> None:
    if path == Path(__file__).resolve():
        return
    found = [
        f"line {number}: {match.group()}"
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if (match := _unfinished.search(line))
    ]
    assert not found, f"{label(path)}: {'; '.join(found)}"
