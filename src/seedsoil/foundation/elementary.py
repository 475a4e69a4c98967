"""Elementary functions from + - * / alone, so that a study has the same bytes on every processor.

The C library's `exp` and `log` differ in the last bit between machines, and one bit is enough to change a count and
then a whole patient. These follow the table-driven methods of P. T. P. Tang (ACM TOMS 1989, 1990) in the form of
ARM's optimized routines: a table brings the argument close to 1 (or 0), a short polynomial, evaluated in
parallel pieces (Estrin), does the rest. Errors: below 1 ulp for exp and log, below 2 ulp for the others.
The tables are made at import with decimal arithmetic, which is exact software and equal everywhere.
"""

import math
from decimal import Decimal, localcontext

import numpy as np
from numpy.typing import NDArray

from seedsoil.foundation.compiled import inline, leaf

_table_bits = 7
_table_size = 1 << _table_bits
_fraction = 52
_infinity = float("inf")
_not_a_number = float("nan")
_smallest_normal = 2.0**-1022
# Adding and subtracting 1.5 * 2^52 rounds to a whole number.
_rounder = 6755399441055744.0
# log tables start at 0.6875, so that arguments near 1 meet the table entry log(1) = 0 exactly.
_log_start = 0x3FE6000000000000
_exponent_mask = -(1 << _fraction)
_index_mask = _table_size - 1


def _split(value: Decimal, bits: int) -> tuple[float, float]:
    """Write a number as a multiple of 2^-bits and the rest."""
    high = int((value * (1 << bits)).to_integral_value())
    return high / (1 << bits), float(value - Decimal(high) / (1 << bits))


def _logarithms() -> tuple[float, float, NDArray[np.float64]]:
    """Make ln 2 in two pieces and the rows (1/c, high and low piece of ln c) for each interval of the mantissa.

    The inverse has at most 10 bits behind the point, so that a product with half a mantissa is exact.
    """
    table = np.empty((_table_size, 3))
    for row in range(_table_size):
        bits = (np.int64(_log_start) + (np.arange(2) + row) * (1 << (_fraction - _table_bits))).view(np.float64)
        start, end = float(bits[0]), float(bits[1])
        end = 1.0 if start < 1.0 < end else end
        inverse = 1.0 if start == 1.0 or end == 1.0 else round(2048.0 / (start + end)) / 1024.0
        table[row] = (inverse, *_split(-Decimal(inverse).ln(), 42))
    return (*_split(Decimal(2).ln(), 42), table)


def _powers_of_two() -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Make 2^(j/128): the bits of the nearest float, and the relative rest."""
    step = Decimal(2)
    for _ in range(_table_bits):
        step = step.sqrt()
    exact = [Decimal(1)]
    for _ in range(_table_size - 1):
        exact.append(exact[-1] * step)
    near = np.array([float(value) for value in exact])
    rest = np.array([float((value - Decimal(float(n))) / value) for value, n in zip(exact, near, strict=True)])
    return near.view(np.int64), rest


def _stirling_rests() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Make ln n! and its rest over Stirling's formula, for n = 0..31 (the rest of 0 is not used: it is infinite)."""
    half_log_two_pi = (Decimal(2) * Decimal("3.14159265358979323846264338327950288419716939937510")).ln() / 2
    factorials, rests = np.zeros(_small_factorials), np.zeros(_small_factorials)
    product = Decimal(1)
    for n in range(1, _small_factorials):
        product *= n
        stirling = (n + Decimal("0.5")) * Decimal(n).ln() - n + half_log_two_pi
        factorials[n], rests[n] = float(product.ln()), float(product.ln() - stirling)
    return factorials, rests


_small_factorials = 32
with localcontext() as _context:
    _context.prec = 45
    _ln2_high, _ln2_low, _log_table = _logarithms()
    _power_bits, _power_rest = _powers_of_two()
    _log_factorials, _stirling_rest = _stirling_rests()
    _per_ln2 = float(_table_size / Decimal(2).ln())
    # k * high is exact for |k| < 2^18: exp needs 2^17.
    _step_high, _step_low = _split(Decimal(2).ln() / _table_size, 42)
    _half_log_two_pi = float((2 * Decimal("3.14159265358979323846264338327950288")).ln() / 2)
_log_inverse = np.ascontiguousarray(_log_table[:, 0])
_log_high = np.ascontiguousarray(_log_table[:, 1])
_log_low = np.ascontiguousarray(_log_table[:, 2])


@inline
def _bits_of(x: float) -> int:
    """Read a float's 64 bits as a signed whole number."""
    return np.float64(x).view(np.int64)  # type: ignore[return-value]


@inline
def _float_of(bits: int) -> float:
    """Read 64 bits as a float."""
    return np.int64(bits).view(np.float64)  # type: ignore[return-value]


@inline
def _exp_pieces(x: float) -> tuple[float, float]:
    """Write e^x as scale * (1 + rest), the scale a power of two times a table entry; |x| < 700."""
    whole = (x * _per_ln2 + _rounder) - _rounder
    index = np.int64(whole)
    r = (x - whole * _step_high) - whole * _step_low
    row = index & _index_mask
    scale = _float_of(_power_bits[row] + ((index >> _table_bits) << _fraction))
    square = r * r
    low = 0.5 + r * (1.0 / 6.0)
    high = (1.0 / 24.0) + r * (1.0 / 120.0)
    return scale, (_power_rest[row] + r) + (square * low + (square * square) * high)


@leaf
def _exp_edge(x: float) -> float:
    """Take e^x where the result is near or over the ends of the number range."""
    if math.isnan(x):
        return x
    if x > 709.79:
        return _infinity
    if x < -745.2:
        return 0.0
    # e^x = 2^64 e^(x - 64 ln 2), or the other way round.
    shift, factor = (64.0, 18446744073709551616.0) if x > 0.0 else (-64.0, 5.421010862427522e-20)
    scale, rest = _exp_pieces(x - shift * _ln2_high)
    return (scale + scale * (rest - (shift * _ln2_low) * (1.0 + rest))) * factor


@leaf
def exp(x: float) -> float:
    """Raise e to the power x; infinity above 709.78, 0 below -745.13."""
    if not (-700.0 < x < 700.0):
        return _exp_edge(x)
    scale, rest = _exp_pieces(x)
    return scale + scale * rest


# Most callers take the exponential of the same number too: side by side, both share their pieces.
@inline
def expm1(x: float) -> float:
    """Compute e^x - 1 without loss for small x."""
    if not (-700.0 < x < 700.0):
        return _exp_edge(x) - 1.0
    scale, rest = _exp_pieces(x)
    return (scale - 1.0) + scale * rest


@leaf
def _exp_flat(values: NDArray[np.float64], powers: NDArray[np.float64]) -> None:
    for place in range(values.size):
        powers[place] = exp(values[place])


@leaf
def _expm1_flat(values: NDArray[np.float64], powers: NDArray[np.float64]) -> None:
    for place in range(values.size):
        powers[place] = expm1(values[place])


def exp_each(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Raise e to the power of each element, of any shape: NumPy's own has other last bits on other processors."""
    powers = np.empty(values.shape)
    _exp_flat(np.ascontiguousarray(values).ravel(), powers.reshape(-1))
    return powers


def expm1_each(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compute e^x - 1 of each element, of any shape, without loss for small ones."""
    powers = np.empty(values.shape)
    _expm1_flat(np.ascontiguousarray(values).ravel(), powers.reshape(-1))
    return powers


@inline
def _log_pieces(x: float) -> tuple[float, float, float, float]:
    """Write a normal x as 2^k * c * (1 + r): the exact sum k ln 2 + ln c in two pieces, r in two pieces."""
    bits = _bits_of(x)
    offset = bits - _log_start
    row = (offset >> (_fraction - _table_bits)) & _index_mask
    z = _float_of(bits - (offset & _exponent_mask))
    k = np.float64(offset >> _fraction)
    inverse = _log_inverse[row]
    # 1.0 is the coarsest mantissa: adding 2^21 keeps 31 bits behind the point, so that both products are exact.
    coarse = (z + 2097152.0) - 2097152.0
    r_high = coarse * inverse - 1.0
    r_low = (z - coarse) * inverse
    return k * _ln2_high + _log_high[row], k * _ln2_low + _log_low[row], r_high, r_low


@inline
def _log_series(r: float, square: float) -> float:
    """Compute log(1 + r) - r + r^2/2 for |r| < 2^-7: the Taylor series from r^3 to r^9, in parallel pieces."""
    first = (1.0 / 3.0) - 0.25 * r
    second = 0.2 - (1.0 / 6.0) * r
    third = (1.0 / 7.0) - 0.125 * r
    fourth = square * square
    return (r * square) * ((first + square * second) + fourth * (third + square * (1.0 / 9.0)))


@inline
def _log_normal(x: float) -> float:
    """Take the logarithm of a positive normal number."""
    high, low, r_high, r_low = _log_pieces(x)
    r = r_high + r_low
    square = r * r
    total = high + r
    rest = ((high - total) + r) + low
    return total + (rest + (_log_series(r, square) - 0.5 * square))


@leaf
def _log_edge(x: float) -> float:
    """Take the logarithm of what is not a positive normal number."""
    # No call back to `log`: Numba's cache cannot restore functions that call each other in a circle.
    if x > 0.0:
        return x if x == _infinity else _log_normal(x * 18014398509481984.0) - 37.42994775023705
    return -_infinity if x == 0.0 else _not_a_number


@leaf
def log(x: float) -> float:
    """Take the natural logarithm; -infinity at 0, nan below."""
    if not (_smallest_normal <= x < _infinity):
        return _log_edge(x)
    return _log_normal(x)


@leaf
def log1p(x: float) -> float:
    """Compute log(1 + x) without loss for small x; -infinity at -1, nan below."""
    near = 1.0 + x
    if not (_smallest_normal < near < _infinity):
        return _log_edge(near)
    if near == 1.0:
        return x
    lost = x - (near - 1.0) if x < 1.0 else 1.0 - (near - x)
    return _log_normal(near) + lost / near


@leaf
def power(x: float, y: float) -> float:
    """Raise x to the power y, x >= 0 (nan below); the logarithm carries 68 bits, so large powers keep their last digits."""
    if y == 0.0 or x == 1.0:
        return 1.0
    if not (_smallest_normal <= x < _infinity) or not (-1e300 < y < 1e300):
        return exp(y * log(x))
    high, low, r_high, r_low = _log_pieces(x)
    r = r_high + r_low
    r_lost = (r_high - r) + r_low
    # r^2/2 exactly: 21 bits of r squared, and the rest.
    coarse = (r + 8192.0) - 8192.0 if r > 1e-6 or r < -1e-6 else 0.0
    half_square_high = 0.5 * coarse * coarse
    half_square_low = 0.5 * (r - coarse) * (r + coarse)
    tail = _log_series(r, r * r) - half_square_low + (r_lost - r * r_lost) + low
    total = high + r
    tail += (high - total) + r if abs(high) >= abs(r) else (r - total) + high
    sum_high = total - half_square_high
    tail += (total - sum_high) - half_square_high
    log_high = sum_high + tail
    log_low = (sum_high - log_high) + tail
    return _exp_product(log_high, log_low, y)


@inline
def _exp_product(high: float, low: float, y: float) -> float:
    """Raise e to (high + low) * y, with the product in two pieces (Dekker's splitting)."""
    product = high * y
    if not (-800.0 < product < 800.0):
        return exp(product)
    split = high * 134217729.0
    a = split - (split - high)
    split = y * 134217729.0
    b = split - (split - y)
    lost = (((a * b - product) + a * (y - b)) + (high - a) * b) + (high - a) * (y - b)
    result = exp(product)
    return result + result * (lost + low * y) if result < _infinity else result


@leaf
def _power_flat(values: NDArray[np.float64], y: float, powers: NDArray[np.float64]) -> None:
    for i in range(values.size):
        powers[i] = power(values[i], y)


def power_each(values: NDArray[np.float64], y: float) -> NDArray[np.float64]:
    """Raise each element, of any shape, to the power y; elements at least 0."""
    powers = np.empty(values.shape)
    _power_flat(np.ascontiguousarray(values).ravel(), float(y), powers.reshape(-1))
    return powers


@leaf
def stirling_rest(n: float) -> float:
    """Return ln n! - [(n + 1/2) ln n - n + ln(2 pi)/2] for whole n >= 1 (Loader 2000), absolute error < 1e-15."""
    if n < _small_factorials:
        return _stirling_rest[np.int64(n)]  # type: ignore[no-any-return]
    inverse = 1.0 / n
    square = inverse * inverse
    return inverse * ((1.0 / 12.0) - square * ((1.0 / 360.0) - square * ((1.0 / 1260.0) - square * (1.0 / 1680.0))))


@leaf
def log_factorial(n: float) -> float:
    """Return ln n! for whole n >= 0; nan below 0."""
    if n < 0.0:
        return _not_a_number
    if n < _small_factorials:
        return _log_factorials[np.int64(n)]  # type: ignore[no-any-return]
    return ((n + 0.5) * log(n) - n) + (_half_log_two_pi + stirling_rest(n))
