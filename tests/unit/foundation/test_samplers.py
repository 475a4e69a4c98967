"""The samplers against scipy's laws over a grid to 10^12, and the same bytes with any processor or none compiled.

Each case draws 200,000 numbers with a fixed seed. It catches a mean off by 0.014 standard deviations (|z| < 6), a
variance off by 2 % to 3 %, and a distribution function off by 0.0073 (Kolmogorov and Smirnov, p > 1e-9); the chi-square tests over 60
cells (p > 1e-9) catch one cell off by 10 %.
"""

import math
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from seedsoil.foundation import samplers
from seedsoil.foundation.streams import Stream, aim, mix, new_stream

draws = 200_000
smallest_chance = 1e-9
largest_z = 6.0


def open_stream(*address: float) -> Stream:
    """Open a stream for a test: its address depends on the case alone."""
    entity = np.uint64(len(address))
    for bits in np.array(address, dtype=np.float64).view(np.uint64):
        entity = np.uint64(mix(entity, bits))
    stream = new_stream(20150527, 4)
    aim(stream, 10, entity, 0)
    return stream


_fillers: dict[tuple[str, int], Callable[..., None]] = {}


def sample(name: str, *parameters: float, count: int = draws) -> np.ndarray:
    """Draw many numbers from one sampler with the compiler's help."""
    import numba

    key = (name, len(parameters))
    if key not in _fillers:
        sampler = getattr(samplers, name)

        def none(stream, out):  # type: ignore[no-untyped-def]
            for i in range(out.size):
                out[i] = sampler(stream)

        def one(stream, out, a):  # type: ignore[no-untyped-def]
            for i in range(out.size):
                out[i] = sampler(stream, a)

        def two(stream, out, a, b):  # type: ignore[no-untyped-def]
            for i in range(out.size):
                out[i] = sampler(stream, a, b)

        _fillers[key] = numba.njit((none, one, two)[len(parameters)])
    out = np.empty(count)
    _fillers[key](open_stream(float(sum(name.encode())), *parameters), out, *(float(p) for p in parameters))
    return out


def check_counts(counts: np.ndarray, law: object, mean: float, variance: float, kurtosis: float) -> None:
    """Compare counts with a discrete law: support, mean, variance, 60 cells."""
    assert np.all(counts == np.floor(counts))
    size = len(counts)
    if variance == 0.0:
        assert np.all(counts == mean)
        return
    assert abs(counts.mean() - mean) / math.sqrt(variance / size) < largest_z
    if size * variance > 100.0:
        spread = variance * math.sqrt((kurtosis + 2.0) / size)
        assert abs(((counts - mean) ** 2).mean() - variance) <= largest_z * spread
    deviation = math.sqrt(variance)
    edges = np.unique(np.floor(mean + deviation * np.linspace(-4.0, 5.0, 60)))
    edges = edges[edges >= 0.0]
    below = np.r_[0.0, law.cdf(edges), 1.0]  # type: ignore[attr-defined]
    cells = np.bincount(np.searchsorted(edges, counts, side="left"), minlength=len(edges) + 1)
    compare_cells(cells, np.diff(below) * size)


def compare_cells(cells: np.ndarray, expected: np.ndarray) -> None:
    """Compare observed with expected numbers by chi-square, after joining cells that expect fewer than 10."""
    joined: list[list[float]] = [[0.0, 0.0]]
    for observed, wanted in zip(cells.tolist(), expected.tolist(), strict=True):
        if joined[-1][1] >= 10.0:
            joined.append([0.0, 0.0])
        joined[-1][0] += observed
        joined[-1][1] += wanted
    if len(joined) > 1 and joined[-1][1] < 10.0:
        last = joined.pop()
        joined[-1] = [joined[-1][0] + last[0], joined[-1][1] + last[1]]
    if len(joined) > 1:
        observed, wanted = np.array(joined).T
        chi_square = float(((observed - wanted) ** 2 / wanted).sum())
        assert stats.chi2.sf(chi_square, len(joined) - 1) > smallest_chance


binomial_grid = [
    (n, p)
    for n in (1.0, 2.0, 7.0, 20.0, 35.0, 100.0, 1e3, 1e6, 1e9, 1e12)
    for p in (1e-12, 1e-9, 1e-6, 1e-3, 0.05, 0.3, 0.5, 0.62, 0.95, 1.0 - 1e-6, 1.0 - 1e-12)
]


@pytest.mark.parametrize(
    ("n", "p"), [*binomial_grid, (1e7, 9.9e-7), (1e7, 1.01e-6), (19.0, 0.5), (21.0, 0.5), (1e15, 1e-12)]
)
def test_binomial(n: float, p: float) -> None:
    """See the module's first lines for the smallest errors caught."""
    counts = sample("binomial", n, p)
    assert counts.min() >= 0.0
    assert counts.max() <= n
    # The rarer outcome is counted, so that scipy's function keeps its digits.
    rare = min(p, 1.0 - p)
    counts = counts if p <= 0.5 else n - counts
    variance = n * rare * (1.0 - rare)
    check_counts(counts, stats.binom(n, rare), n * rare, variance, (1.0 - 6.0 * rare * (1.0 - rare)) / variance)


@pytest.mark.parametrize(
    "mean", [1e-12, 1e-6, 0.01, 0.5, 1.0, 3.0, 9.99, 10.0, 10.01, 12.0, 30.0, 100.0, 1e4, 1e6, 1e9, 1e12, 1e13]
)
def test_poisson(mean: float) -> None:
    """See the module's first lines for the smallest errors caught."""
    check_counts(sample("poisson", mean), stats.poisson(mean), mean, mean, 1.0 / mean)


@pytest.mark.parametrize(
    ("k", "odds"),
    [
        (1.0, 1e-6),
        (1.0, 0.5),
        (1.0, 30.0),
        (0.3, 4.0),
        (5.0, 0.1),
        (5.0, 2.0),
        (0.3, 0.9),
        (2.0, 1e-6),
        (2.0, 1.0),
        (9.9, 1.0),
        (10.1, 1.0),
        (30.0, 0.33),
        (1e6, 9e-6),
        (200.0, 0.3),
        (1e5, 3.0),
        (1e9, 1e-7),
        (1e9, 1.0),
        (1e12, 0.5),
    ],
)
def test_negative_binomial(k: float, odds: float) -> None:
    """See the module's first lines for the smallest errors caught."""
    variance = k * odds * (1.0 + odds)
    law = stats.nbinom(k, 1.0 / (1.0 + odds))
    check_counts(sample("negative_binomial", k, odds), law, k * odds, variance, 6.0 / k + 1.0 / variance)


@pytest.mark.parametrize("p", [1e-12, 1e-6, 0.01, 0.2, 0.5, 0.9, 1.0 - 1e-6])
def test_geometric(p: float) -> None:
    """See the module's first lines for the smallest errors caught."""

    class Law:
        @staticmethod
        def cdf(k: np.ndarray) -> np.ndarray:
            return -np.expm1((k + 1.0) * np.log1p(-p))

    check_counts(sample("geometric", p), Law, (1.0 - p) / p, (1.0 - p) / p**2, 6.0 + p * p / (1.0 - p))


@pytest.mark.parametrize("shape", [0.01, 0.2, 0.7, 0.999, 1.0, 1.5, 4.0, 50.0, 1e3, 1e6, 1e9, 1e12])
def test_gamma(shape: float) -> None:
    """See the module's first lines for the smallest errors caught."""
    numbers = sample("gamma", shape)
    assert numbers.min() >= 0.0
    assert abs(numbers.mean() - shape) / math.sqrt(shape / draws) < largest_z
    spread = shape * math.sqrt((2.0 + 6.0 / shape) / draws)
    assert abs(((numbers - shape) ** 2).mean() - shape) / spread < largest_z
    assert stats.kstest(numbers, stats.gamma(shape).cdf).pvalue > smallest_chance


def test_exponential() -> None:
    """See the module's first lines for the smallest errors caught."""
    numbers = sample("exponential")
    assert numbers.min() > 0.0
    assert abs(numbers.mean() - 1.0) * math.sqrt(draws) < largest_z
    assert abs(((numbers - 1.0) ** 2).mean() - 1.0) / math.sqrt(8.0 / draws) < largest_z
    assert stats.kstest(numbers, "expon").pvalue > smallest_chance


def test_normal_from_centre_to_tails() -> None:
    """Two million draws: catches 1 % in a cell of 0.1 deviations, 25 % of what lies beyond 3.65, a skew of 0.011."""
    numbers = sample("normal", count=2_000_000)
    size = len(numbers)
    assert abs(numbers.mean()) * math.sqrt(size) < largest_z
    assert abs((numbers**2).mean() - 1.0) / math.sqrt(2.0 / size) < largest_z
    assert abs((numbers**3).mean()) / math.sqrt(15.0 / size) < largest_z
    assert abs((numbers**4).mean() - 3.0) / math.sqrt(96.0 / size) < largest_z
    edges = np.r_[np.linspace(-3.6, 3.6, 73), [-4.2, -3.9, -3.75, -3.654, 3.654, 3.75, 3.9, 4.2]]
    edges.sort()
    cells = np.bincount(np.searchsorted(edges, numbers), minlength=len(edges) + 1)
    compare_cells(cells, np.diff(np.r_[0.0, stats.norm.cdf(edges), 1.0]) * size)
    assert stats.kstest(numbers[:draws], "norm").pvalue > smallest_chance


def test_normal_beyond_the_ziggurat() -> None:
    """Catches a distribution function off by 0.0073 among the draws beyond 3.65, one in 4,000 of all."""
    beyond = sample("_normal_beyond")
    start = samplers._tail_start
    assert beyond.min() > start
    assert stats.kstest(beyond, lambda x: 1.0 - stats.norm.sf(x) / stats.norm.sf(start)).pvalue > smallest_chance


def test_layers_of_the_ziggurat_close() -> None:
    """Catches a wrong digit of the tail's start: the top layer must have the area of the others, to 1e-13."""
    edge, height = samplers._edge, samplers._height
    areas = edge[1:256] * np.diff(height)[1:]
    assert np.allclose(areas, edge[0] * math.exp(-(edge[1] ** 2) / 2), rtol=1e-12, atol=0.0)
    assert edge[256] == 0.0
    assert height[256] == 1.0


@pytest.mark.parametrize("name", ["binomial", "poisson"])
def test_large_counts_use_every_whole_number(name: str) -> None:
    """Catches a lattice from rounding: the last digit (modulo 10) of counts near 10^9 and 10^12 is uniform to 3 %."""
    for mean in (1e5, 1e9, 1e12):
        parameters = (2.0 * mean, 0.5) if name == "binomial" else (mean,)
        cells = np.bincount((sample(name, *parameters) % 10.0).astype(int), minlength=10)
        assert stats.chisquare(cells).pvalue > smallest_chance


def test_draws_are_not_correlated() -> None:
    """Catches a correlation of 0.014 between a draw and the next (the two halves of a block)."""
    for name, parameters in (("binomial", (1e9, 0.3)), ("poisson", (5.0,)), ("normal", ()), ("gamma", (0.5,))):
        numbers = sample(name, *parameters)
        assert abs(np.corrcoef(numbers[:-1], numbers[1:])[0, 1]) * math.sqrt(draws) < largest_z


def test_counts_beyond_the_exact_range() -> None:
    """Catches a mean off by 0.014 and a variance off by 2 % at n = 10^15, and a count outside the support."""
    counts = sample("binomial", 1e15, 0.7)
    deviation = math.sqrt(1e15 * 0.21)
    assert abs(counts.mean() - 7e14) / deviation * math.sqrt(draws) < largest_z
    assert counts.var() == pytest.approx(deviation**2, rel=0.02)
    assert np.all(counts == np.floor(counts))


def test_ends_of_the_parameters() -> None:
    stream = open_stream(1.0)
    nan, inf = math.nan, math.inf
    assert [samplers.binomial(stream, 10.0, p) for p in (0.0, -0.1, 1.0, 1.1)] == [0.0, 0.0, 10.0, 10.0]
    assert [samplers.binomial(stream, 0.0, p) for p in (0.0, 0.5, 1.0)] == [0.0, 0.0, 0.0]
    assert [samplers.poisson(stream, mean) for mean in (0.0, -1.0)] == [0.0, 0.0]
    assert samplers.gamma(stream, 0.0) == 0.0
    assert [samplers.negative_binomial(stream, *pair) for pair in ((0.0, 1.0), (3.0, 0.0), (0.0, inf))] == [0.0] * 3
    assert [samplers.geometric(stream, p) for p in (1.0, 1.5, 0.0, -1.0)] == [0.0, 0.0, inf, inf]
    assert samplers.binomial(stream, 1e12, 5e-324) == 0.0
    for wrong in (
        samplers.binomial(stream, nan, 0.5),
        samplers.binomial(stream, 5.0, nan),
        samplers.poisson(stream, nan),
        samplers.gamma(stream, nan),
        samplers.gamma(stream, -1.0),
        samplers.negative_binomial(stream, nan, 1.0),
        samplers.geometric(stream, nan),
    ):
        assert math.isnan(wrong)


def test_thinning_draws_each_count_at_its_own_address() -> None:
    """The same numbers whatever stands beside them: catches a count that uses up another's luck, and a wrong sum."""
    keys, shares = np.array([5, 2**63, 7], dtype=np.uint64), np.array([0.3, 0.9, 0.0])
    counts = np.array([1e6, 40.0, 12.0])
    stream = new_stream(3, 4)
    alone = []
    for key, count, share in zip(keys, counts, shares, strict=True):
        aim(stream, 6, key, 9)
        alone.append(samplers.binomial(stream, count, share))
    total = samplers.thin(stream, counts, shares, 6, keys, 9)
    assert counts.tolist() == alone
    assert total == sum(alone)
    assert alone[2] == 0.0 < alone[1] < 40.0


# Draws that reach every branch: inversion, rejection, squeeze, mirror, tails, normal approximation.
_few_draws = """
import hashlib, warnings
warnings.simplefilter("error")
import numpy as np
from seedsoil.foundation.elementary import exp, expm1, log, log1p, log_factorial, power
from seedsoil.foundation.samplers import *
from seedsoil.foundation.streams import aim, mix, new_stream, uniform
stream = new_stream(2**64 - 3, 12)
digest = hashlib.sha256()
def note(x): digest.update(float(x).hex().encode() + b" ")
for turn in range(60):
    aim(stream, 1 + turn % 10, np.uint64(int(mix(np.uint64(2**64 - 1), np.uint64(turn)))), turn)
    for n, p in ((20.0, .01), (12.0, .4), (40.0, .5), (300.0, .93), (1e6, 1e-7), (1e9, .3), (1e12, .5), (1e15, .4)):
        note(binomial(stream, n, p))
    for mean in (.01, 5.0, 11.0, 1e3, 1e12, 1e14): note(poisson(stream, mean))
    for shape in (.1, 1.0, 30.0): note(gamma(stream, shape))
    for k, odds in ((3.0, 2.0), (1.0, 2.0), (4.0, .5), (1e4, 1e-6)): note(negative_binomial(stream, k, odds))
    note(geometric(stream, .2)); note(exponential(stream))
    for _ in range(20): note(normal(stream))
    x = uniform(stream)
    for y in (x, exp(x), exp(-744.0 * x), expm1(x), log(x), log1p(-x), power(x, 7.3), log_factorial(1e3 * x)): note(y)
print(digest.hexdigest())
"""
_few_draws_hash = "4585516eb2080fea5f5407567f34bf4695f1215c7dc053ced9174f5ca39db112"


def digest_of_few_draws(**settings: str) -> str:
    """Run the draws above in a process of its own with other settings of Numba."""
    source = Path(samplers.__file__).parents[2]
    environment = os.environ | {"PYTHONPATH": str(source)} | settings
    environment.pop("NUMBA_CACHE_DIR", None)
    answer = subprocess.run(
        [sys.executable, "-c", _few_draws], env=environment, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.strip()


def test_same_bytes_as_ever() -> None:
    """Any change of a sampler or stream moves this hash: then stored runs cannot be repeated; say so in a decision."""
    assert digest_of_few_draws() == _few_draws_hash


def test_same_bytes_in_plain_python() -> None:
    assert digest_of_few_draws(NUMBA_DISABLE_JIT="1") == _few_draws_hash


def test_same_bytes_on_a_processor_without_fused_or_wide_arithmetic() -> None:
    assert digest_of_few_draws(NUMBA_CPU_NAME="generic", NUMBA_CPU_FEATURES="") == _few_draws_hash
