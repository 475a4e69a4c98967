"""What decides sees readings alone: its code can neither import the state of a patient nor reach it."""

import ast

import pytest

from tests.shape.sources import package, tree

#: Files that judge readings, or say what is done by them.
JUDGES = (
    "experiment/protocol.py", "experiment/orders/condition.py", "experiment/orders/chart.py",
    "experiment/orders/rules.py", "experiment/orders/regimen.py", "observe/response.py", "observe/best_response.py",
    "observe/growth_rate.py", "observe/stage.py",
)  # fmt: skip
#: Functions that carry a decision out from the readings on.
DECIDERS = ("respond", "react", "is_admitted", "condition_of", "_open")
_truth_rooms = ("seedsoil.body", "seedsoil.experiment.arm", "seedsoil.experiment.grow", "seedsoil.experiment.simulate")
_truth_names = {"state", "grown", "lesion", "model"}


def _imports(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []


def _reaches(node: ast.AST) -> list[str]:
    return [
        each.attr
        for each in ast.walk(node)
        if isinstance(each, ast.Attribute) and each.attr in _truth_names and not isinstance(each.ctx, ast.Store)
    ]


@pytest.mark.parametrize("name", JUDGES)
def test_judges_import_and_reach_no_state(name: str) -> None:
    module = tree(package / name)
    found = [each for node in ast.walk(module) for each in _imports(node) if each.startswith(_truth_rooms)]
    assert not found, f"{name} imports {found}"
    assert not _reaches(module), f"{name} reaches {_reaches(module)}"


def test_deciders_reach_no_state() -> None:
    module = tree(package / "experiment/simulate.py")
    functions = {node.name: node for node in module.body if isinstance(node, ast.FunctionDef)}
    for name in DECIDERS:
        assert not _reaches(functions[name]), f"{name} reaches {_reaches(functions[name])}"


def test_the_watchman_is_awake() -> None:
    assert _reaches(ast.parse("arm.state.lesion[0, CELLS]"))
    assert _imports(ast.parse("from seedsoil.body.state import CELLS").body[0])[0].startswith(_truth_rooms)
