"""The elementary functions against decimal arithmetic, which is exact software."""

import ast
import math
from collections.abc import Callable
from decimal import Decimal, localcontext
from pathlib import Path

import numpy as np
import pytest

from seedsoil.foundation import elementary, samplers

random = np.random.default_rng(20150527)
few = 400


def worst_error(function: Callable[..., float], exact: Callable[..., Decimal], *columns: np.ndarray) -> float:
    """Return the largest error in units of the last place of the right answer."""
    worst = 0.0
    with localcontext() as context:
        context.prec = 60
        for row in zip(*(column.tolist() for column in columns), strict=True):
            right = exact(*(Decimal(x) for x in row))
            worst = max(worst, abs(float((Decimal(float(function(*row))) - right) / Decimal(math.ulp(float(right))))))
    return worst


def signed_small(largest_power: float) -> np.ndarray:
    return random.normal(0.0, 1.0, few) * 10.0 ** random.uniform(-17, largest_power, few)


@pytest.mark.parametrize(
    ("name", "exact", "columns", "allowed"),
    [
        ("exp", Decimal.exp, [random.uniform(-700, 700, few)], 0.52),
        ("exp", Decimal.exp, [signed_small(0.0)], 0.52),
        ("exp", Decimal.exp, [np.r_[random.uniform(700, 709.78, 200), random.uniform(-745, -700, 200)]], 0.76),
        ("expm1", lambda x: x.exp() - 1, [random.uniform(-38, 700, few)], 1.2),
        ("expm1", lambda x: x.exp() - 1, [signed_small(0.0)], 2.0),
        ("log", Decimal.ln, [np.exp(random.uniform(-700, 700, few))], 0.56),
        ("log", Decimal.ln, [1.0 + signed_small(-1.0)], 0.6),
        ("log", Decimal.ln, [random.uniform(0.5, 2.0, few)], 0.6),
        ("log", Decimal.ln, [random.uniform(0.0, 2.2e-308, 100)], 1.0),
        ("log1p", lambda x: (1 + x).ln(), [np.clip(signed_small(0.0), -0.999, None)], 1.6),
        ("log1p", lambda x: (1 + x).ln(), [10.0 ** random.uniform(0, 30, few)], 1.2),
        ("power", lambda x, y: x**y, [random.uniform(0.3, 3, few), random.uniform(-300, 300, few)], 1.1),
        ("power", lambda x, y: x**y, [1.0 + random.normal(0, 0.01, few), random.uniform(-1e4, 1e4, few)], 1.1),
        ("power", lambda x, y: x**y, [np.exp(random.uniform(-50, 50, few)), random.uniform(-12, 12, few)], 1.1),
    ],
)
def test_errors_stay_in_the_last_place(
    name: str, exact: Callable[..., Decimal], columns: list[np.ndarray], allowed: float
) -> None:
    """Catches an error of one unit in the last place, of any of some thousand arguments."""
    assert worst_error(getattr(elementary, name), exact, *columns) <= allowed


def test_values_at_the_edges() -> None:
    inf, nan = math.inf, math.nan
    assert [elementary.exp(x) for x in (0.0, 710.0, inf, -746.0, -inf)] == [1.0, inf, inf, 0.0, 0.0]
    assert [elementary.expm1(x) for x in (0.0, inf, -inf, -800.0)] == [0.0, inf, -1.0, -1.0]
    assert [elementary.log(x) for x in (1.0, 0.0, inf)] == [0.0, -inf, inf]
    assert [elementary.log1p(x) for x in (0.0, -1.0, inf, 1e-300)] == [0.0, -inf, inf, 1e-300]
    assert elementary.exp(709.782712893384) == pytest.approx(1.797693134862273e308, rel=1e-12)
    assert elementary.exp(-745.1) == 5e-324
    powers = [
        (0.0, 2.0),
        (0.0, -1.0),
        (2.0, inf),
        (4.0, 0.5),
        (1.0, inf),
        (5.0, 0.0),
        (2.0, -3.0),
        (10.0, 400.0),
        (10.0, -400.0),
    ]
    assert [elementary.power(x, y) for x, y in powers] == [0.0, inf, inf, 2.0, 1.0, 1.0, 0.125, inf, 0.0]
    for wrong in (
        elementary.exp(nan),
        elementary.expm1(nan),
        elementary.log(nan),
        elementary.log(-1.0),
        elementary.log1p(nan),
        elementary.log1p(-2.0),
        elementary.power(nan, 2.0),
        elementary.power(2.0, nan),
        elementary.power(-1.0, 2.0),
        elementary.log_factorial(-1.0),
    ):
        assert math.isnan(wrong)


def test_exp_never_falls_where_its_tables_meet() -> None:
    """Catches a step of the wrong sign, however small, at the borders of the 128 pieces of one octave."""
    borders = (np.arange(-256, 257) + 0.5) * math.log(2.0) / 128.0
    near = (borders[:, None] * (1.0 + np.arange(-4, 5) * 2.3e-16)).ravel()
    values = np.array([elementary.exp(float(x)) for x in np.sort(near)])
    assert np.all(np.diff(values) >= 0.0)


def test_logarithm_of_factorials() -> None:
    """Catches a relative error of 1e-14, from 0! to (10^12)!."""
    total = Decimal(0)
    with localcontext() as context:
        context.prec = 50
        for n in range(1, 400):
            total += Decimal(n).ln()
            assert elementary.log_factorial(float(n)) == pytest.approx(float(total), rel=1e-15, abs=1e-300)
    assert elementary.log_factorial(0.0) == 0.0
    for n in (1e4, 1e8, 1e12):
        assert elementary.log_factorial(n) == pytest.approx(math.lgamma(n + 1.0), rel=1e-14)


def test_rest_of_stirling_meets_its_series() -> None:
    """Catches a wrong digit in the table or the series: one term more agrees to 1e-15 from 16 on."""
    for n in range(10, 60):
        series = 1 / (12 * n) - 1 / (360 * n**3) + 1 / (1260 * n**5) - 1 / (1680 * n**7) + 1 / (1188 * n**9)
        assert elementary.stirling_rest(float(n)) == pytest.approx(series, abs=2e-14 if n < 16 else 1e-15)


@pytest.mark.parametrize("module", [elementary, samplers])
def test_no_function_of_the_machine_is_called(module: object) -> None:
    """Exact operations only: what the C library rounds as it likes must not enter a draw."""
    exact = {
        "math": {"sqrt", "isnan", "copysign", "nan", "inf"},
        "np": {"floor", "int64", "float64", "uint64", "empty", "zeros", "ones", "array", "arange", "concatenate"}
        | {"ascontiguousarray"},
    }
    for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))):  # type: ignore[attr-defined]
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in exact:
            assert node.attr in exact[node.value.id], f"line {node.lineno}: {node.value.id}.{node.attr}"
        assert not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and not _is_constant(node))


def _is_constant(node: ast.BinOp) -> bool:
    """Say whether a power is of written numbers, such as 2.0**-1022, which the compiler folds exactly."""
    return all(not isinstance(part, ast.Name | ast.Call | ast.Attribute) for part in ast.walk(node))
