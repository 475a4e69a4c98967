"""Random numbers with a law: counts and waiting times from exact samplers, from 1e-300 to 1e12 and beyond.

Each takes the stream first and depends on nothing else; counts are floats that hold whole numbers. No sampler calls the
machine's mathematics library, so a draw has the same bytes on any processor. Where the law's mean exceeds 1e12 the normal
approximation is used (skewness below 1e-6), rounded and held to the support.

Sources: binomial BTRS and Poisson PTRS: W. Hoermann, J. Statist. Comput. Simul. 46 (1993) 101 and Insurance Math. Econom. 12
(1993) 39; gamma: G. Marsaglia and W. W. Tsang, ACM TOMS 26 (2000) 363; normal: the ziggurat of Marsaglia and Tsang,
J. Stat. Softw. 5 (2000) 8, with 256 layers and disjoint bits for layer and place (J. Doornik 2005); probabilities near the mode:
C. Loader, "Fast and accurate computation of binomial probabilities" (2000).
"""

import math
from decimal import Decimal, localcontext

import numpy as np
from numpy.typing import NDArray

from seedsoil.foundation.compiled import inline, leaf
from seedsoil.foundation.elementary import exp, log, log1p, stirling_rest
from seedsoil.foundation.streams import Stream, aim, bits, uniform

_largest_exact_mean = 1e12
_rejection_mean = 10.0
_two_pi = 6.283185307179586
_log_two_pi = 1.8378770664093453
_longest_inversion = 128
_few_factors = 32.0
_reciprocals = np.concatenate(([0.0], 1.0 / np.arange(1.0, _longest_inversion + 1.0)))
_layer_bits = np.uint64(0xFF)
_place_bits = np.uint64(12)
_tail_start = 3.6541528853610088
_tail_start_exact = "3.654152885361008771645429720399"


def _ziggurat() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Make the edges of 256 layers of equal area under exp(-x^2/2), and the curve's height at each edge."""
    edges, heights = np.zeros(257), np.ones(257)
    with localcontext() as context:
        context.prec = 34
        x = Decimal(_tail_start_exact)
        height = (-x * x / 2).exp()
        area = x * height + _normal_tail(x)
        edges[0], heights[0] = float(area / height), 0.0
        for layer in range(1, 256):
            edges[layer], heights[layer] = float(x), float(height)
            height += area / x
            x = (-2 * height.ln()).sqrt() if layer < 255 else x
    return edges, heights


def _normal_tail(x: Decimal) -> Decimal:
    """Integrate exp(-t^2/2) from x to infinity by the series of the rest."""
    total, term, n = Decimal(0), x, 0
    while abs(term) > Decimal("1e-33"):
        total += term / (2 * n + 1)
        n += 1
        term *= -x * x / (2 * n)
    return (Decimal("3.14159265358979323846264338327950288") / 2).sqrt() - total


_edge, _height = _ziggurat()


@leaf
def exponential(stream: Stream) -> float:
    """Draw a waiting time of mean 1."""
    return -log(uniform(stream))


@leaf
def _normal_beyond(stream: Stream) -> float:
    """Draw from the normal law beyond the ziggurat's base (Marsaglia 1964)."""
    while True:
        x = -log(uniform(stream)) / _tail_start
        if -2.0 * log(uniform(stream)) > x * x:
            return _tail_start + x


@inline
def _normal_place(stream: Stream) -> tuple[int, float]:
    """Draw a layer of the ziggurat and a place along it."""
    word = bits(stream)
    layer = np.int64(word & _layer_bits)
    # Odd multiples of 2^-52 in (-1, 1).
    place = (np.float64(np.int64(word >> _place_bits)) + 0.5) * 4.440892098500626e-16 - 1.0
    return layer, place * _edge[layer]


@leaf
def _normal_edge(stream: Stream, layer: int, x: float) -> float:
    """Decide a point of the ziggurat that lies outside the next layer (one in 80); draw again until one is accepted."""
    while True:
        if layer == 0:
            return math.copysign(_normal_beyond(stream), x)
        low = _height[layer]
        if low + uniform(stream) * (_height[layer + 1] - low) < exp(-0.5 * x * x):
            return x
        layer, x = _normal_place(stream)
        if abs(x) < _edge[layer + 1]:
            return x


@inline
def normal(stream: Stream) -> float:
    """Draw from the normal law of mean 0 and variance 1."""
    layer, x = _normal_place(stream)
    return x if abs(x) < _edge[layer + 1] else _normal_edge(stream, layer, x)


@leaf
def gamma(stream: Stream, shape: float) -> float:
    """Draw from the gamma law of the given shape (> 0) and scale 1; 0 for shape 0, nan below."""
    scale = 1.0
    if not shape >= 1.0:
        if not shape > 0.0:
            return 0.0 if shape == 0.0 else math.nan
        # A gamma of one shape more, shrunk by a power of a uniform number.
        scale = exp(log(uniform(stream)) / shape)
        shape += 1.0
    d = shape - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    while True:
        x = normal(stream)
        u = uniform(stream)
        root = 1.0 + c * x
        v = root * root * root
        square = x * x
        # The first test cannot pass where root <= 0: there x < -2.4, and u would have to be negative.
        if u < 1.0 - 0.0331 * (square * square) or (root > 0.0 and log(u) < 0.5 * square + d * ((1.0 - v) + log(v))):
            return (d * v) * scale


@inline
def _deviance(x: float, mean: float) -> float:
    """Compute x ln(x / mean) + mean - x without loss where x is near the mean (Loader's bd0), x > 0."""
    d = x - mean
    v = d / (x + mean)
    if abs(v) > 0.1:
        return x * log(x / mean) - d
    # ln(x / mean) = 2 (v + v^3/3 + v^5/5 + ...), in parallel pieces.
    s = v * v
    s4 = (s * s) * (s * s)
    low = ((1.0 / 3.0) + s * (1.0 / 5.0)) + (s * s) * ((1.0 / 7.0) + s * (1.0 / 9.0))
    high = ((1.0 / 11.0) + s * (1.0 / 13.0)) + (s * s) * (1.0 / 15.0)
    return d * v + (2.0 * x * v) * (s * (low + s4 * high))


@inline
def _binomial_core(k: float, n: float, p: float) -> float:
    """Return ln of the binomial probability of k, 0 < k < n, less its terms in n and its square root (Loader)."""
    other = n - k
    return -(stirling_rest(k) + stirling_rest(other)) - (_deviance(k, n * p) + _deviance(other, n * (1.0 - p)))


@leaf
def _binomial_accepts(v: float, k: float, n: float, p: float) -> bool:
    """Say whether v <= P(k) / P(m), the binomial probabilities of k and of the mode m; mostly one logarithm."""
    mode = np.floor((n + 1.0) * p)
    variance = n * p * (1.0 - p)
    away = abs(k - mode)
    if 15.0 < away < 0.5 * variance:
        # Squeeze between parabolas (Kachitvichyanukul and Schmeiser, Commun. ACM 31 (1988) 216): decides nine in ten.
        width = (away / variance) * ((away * (away / 3.0 + 0.625) + 1.0 / 6.0) / variance + 0.5)
        above = log(v) + away * away / (2.0 * variance)
        if abs(above) > width:
            return above < 0.0
    top = _binomial_core(mode, n, p)
    if 0.0 < k < n:
        squared = (v * (k / mode)) * (v * ((n - k) / (n - mode)))
        return 0.5 * log(squared) <= _binomial_core(k, n, p) - top  # type: ignore[no-any-return]
    # At an end P(k) is p^n or (1 - p)^n.
    end = n * (log(p) if k == n else log1p(-p))
    spread = mode * ((n - mode) / n)
    return log(v) <= end - stirling_rest(n) - top + 0.5 * (_log_two_pi + log(spread))


@inline
def _whole_power(x: float, n: float) -> float:
    """Raise x to a small whole power by squares: a third of the time of a logarithm and an exponential."""
    power, left = 1.0, int(n)
    while left > 0:
        if left & 1 == 1:
            power *= x
        x *= x
        left >>= 1
    return power


@inline
def _panjer_inversion(stream: Stream, u: float, none: float, level: float, slope: float, most: float) -> float:
    """Draw a count by adding probabilities up to a uniform number: of 0 it is ``none``, and p(k) / p(k-1) = level + slope / k.

    Binomial, Poisson and negative binomial counts obey it (Panjer 1981); none is above ``most``.
    """
    while True:
        k = 0
        chance = none
        while u > chance and k < _longest_inversion:
            u -= chance
            k += 1
            chance *= slope * _reciprocals[k] + level
        if k < _longest_inversion and k <= most:
            return float(k)
        # The probabilities add up to 1 - 1e-16 only: u lay in the gap.
        u = uniform(stream)


@leaf
def _binomial_inversion(stream: Stream, n: float, p: float) -> float:
    """Draw a binomial count of mean below 10: add probabilities up to a uniform number."""
    u = uniform(stream)
    # Bernoulli's inequality: with rare events almost all draws end here.
    if u <= 1.0 - n * p:
        return 0.0
    odds = p / (1.0 - p)
    slope = (n + 1.0) * odds
    none = _whole_power(1.0 - p, n) if n <= _few_factors else exp(n * log1p(-p))
    return _panjer_inversion(stream, u, none, -odds, slope, n)


@leaf
def _binomial_rejection(stream: Stream, n: float, p: float) -> float:
    """Draw a binomial count of mean at least 10, p <= 1/2 (Hoermann's BTRS)."""
    deviation = math.sqrt(n * p * (1.0 - p))
    b = 1.15 + 2.53 * deviation
    a = (-0.0873 + 0.0248 * b) + 0.01 * p
    centre = n * p + 0.5
    box = 0.92 - 4.2 / b
    while True:
        u = uniform(stream) - 0.5
        v = uniform(stream)
        us = 0.5 - abs(u)
        k = np.floor((2.0 * a / us + b) * u + centre)
        if us >= 0.07 and v <= box:
            return k  # type: ignore[no-any-return]
        if k < 0.0 or k > n:
            continue
        v *= (2.83 + 5.1 / b) * deviation / (a / (us * us) + b)
        if _binomial_accepts(v, k, n, p):
            return k  # type: ignore[no-any-return]


@leaf
def _rounded_normal(stream: Stream, mean: float, deviation: float, most: float) -> float:
    """Draw a large count from the normal approximation, held to 0 .. most."""
    return min(max(np.floor(mean + deviation * normal(stream) + 0.5), 0.0), most)  # type: ignore[no-any-return]


@leaf
def binomial(stream: Stream, n: float, p: float) -> float:
    """Draw how many of n (a whole number >= 0) happen, each with probability p.

    p at or below 0 gives 0, at or above 1 gives n; nan in either gives nan. Exact while n * min(p, 1 - p) <= 1e12.
    """
    if not (0.0 < p < 1.0 and n > 0.0):
        if math.isnan(p) or math.isnan(n):
            return math.nan
        return n if p >= 1.0 and n > 0.0 else 0.0
    rare = min(p, 1.0 - p)
    mean = n * rare
    if mean < _rejection_mean:
        k = _binomial_inversion(stream, n, rare)
    elif mean <= _largest_exact_mean:
        k = _binomial_rejection(stream, n, rare)
    else:
        k = _rounded_normal(stream, mean, math.sqrt(mean * (1.0 - rare)), n)
    return k if p <= 0.5 else n - k


@leaf
def thin(
    stream: Stream,
    counts: NDArray[np.float64],
    shares: NDArray[np.float64],
    purpose: int,
    keys: NDArray[np.uint64],
    step: int,
) -> float:
    """Leave of each count a binomial share, in place, each drawn at an address of its own (`streams.aim`); return their sum."""
    total = 0.0
    for place in range(counts.shape[0]):
        aim(stream, purpose, keys[place], step)
        counts[place] = binomial(stream, counts[place], shares[place])
        total += counts[place]
    return total


@leaf
def _poisson_inversion(stream: Stream, mean: float) -> float:
    """Draw a Poisson count of mean below 10: add probabilities up to a uniform number."""
    u = uniform(stream)
    # e^-mean is at least 1 - mean: with rare events almost all draws end here.
    if u <= 1.0 - mean:
        return 0.0
    return _panjer_inversion(stream, u, exp(-mean), 0.0, mean, math.inf)


@leaf
def _poisson_rejection(stream: Stream, mean: float) -> float:
    """Draw a Poisson count of mean at least 10 (Hoermann's PTRS)."""
    b = 0.931 + 2.53 * math.sqrt(mean)
    a = -0.059 + 0.02483 * b
    box = 0.9277 - 3.6224 / (b - 2.0)
    while True:
        u = uniform(stream) - 0.5
        v = uniform(stream)
        us = 0.5 - abs(u)
        k = np.floor((2.0 * a / us + b) * u + mean + 0.43)
        if us >= 0.07 and v <= box:
            return k  # type: ignore[no-any-return]
        if k < 0.0 or (us < 0.013 and v > us):
            continue
        v *= (1.1239 + 1.1328 / (b - 3.4)) / (a / (us * us) + b)
        if k == 0.0:
            accepted = log(v) <= -mean
        else:
            accepted = 0.5 * log(v * v * k * _two_pi) <= -stirling_rest(k) - _deviance(k, mean)
        if accepted:
            return k  # type: ignore[no-any-return]


@leaf
def poisson(stream: Stream, mean: float) -> float:
    """Draw a Poisson count; 0 for a mean at or below 0, nan for nan. Exact while the mean is <= 1e12."""
    if not mean > 0.0:
        return mean if math.isnan(mean) else 0.0
    if mean < _rejection_mean:
        return _poisson_inversion(stream, mean)
    if mean <= _largest_exact_mean:
        return _poisson_rejection(stream, mean)
    return _rounded_normal(stream, mean, math.sqrt(mean), math.inf)


@leaf
def _negative_binomial_inversion(stream: Stream, k: float, odds: float) -> float:
    """Draw a negative binomial count of mean below 10, odds <= 1: add probabilities up to a uniform number."""
    u = uniform(stream)
    # Bernoulli's inequality: (1 + odds)^-k is at least 1 - k odds.
    if u <= 1.0 - k * odds:
        return 0.0
    share = odds / (1.0 + odds)
    if k <= _few_factors and k == np.floor(k):
        none = 1.0 / _whole_power(1.0 + odds, k)
    else:
        none = exp(-k * log1p(odds))
    return _panjer_inversion(stream, u, none, share, (k - 1.0) * share, math.inf)


@leaf
def negative_binomial(stream: Stream, k: float, odds: float) -> float:
    """Draw the failures before the k-th success, odds = P(failure) / P(success): mean k * odds; k need not be whole.

    The sum of k geometric counts of mean `odds`: a Poisson count whose mean is gamma(k) * odds. 0 where k or odds is 0.
    One geometric count and small sums are drawn by inversion, which takes one uniform number.
    """
    if k == 0.0 or odds == 0.0:
        return 0.0
    if k == 1.0:
        return np.floor(-log(uniform(stream)) / log1p(1.0 / odds))  # type: ignore[no-any-return]
    if k > 0.0 and odds <= 1.0 and k * odds < _rejection_mean:
        return _negative_binomial_inversion(stream, k, odds)
    return poisson(stream, gamma(stream, k) * odds)


@leaf
def geometric(stream: Stream, p: float) -> float:
    """Draw the failures before the first success, 0, 1, 2 ...; 0 for p >= 1, infinity for p <= 0, nan for nan."""
    if not 0.0 < p < 1.0:
        if math.isnan(p):
            return p
        return 0.0 if p >= 1.0 else math.inf
    return np.floor(log(uniform(stream)) / log1p(-p))  # type: ignore[no-any-return]
