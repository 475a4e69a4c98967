"""Plasma: tumour DNA among that of healthy cells, read genome by genome, and a marker that living cells secrete.

Cells that die release DNA, which is cleared within an hour or so: copies in a litre = deaths a day x haploid genomes that
each releases x mean life / volume of plasma. A truncal mutation stands on one of a tumour cell's two copies. The marker is
at the balance of secretion and clearance too: in the days after surgery it is read lower than it would be.
"""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.clone import Marker, Traces
from seedsoil.biology.patient import Blood
from seedsoil.foundation.elementary import exp, log, log1p
from seedsoil.foundation.samplers import binomial, normal, poisson
from seedsoil.foundation.streams import PLASMA, Stream, aim
from seedsoil.foundation.value import Value

Floats = NDArray[np.float64]

#: What the assays of plasma can do.
ASSAY = MappingProxyType(
    {
        "conversion": Value(
            number=0.5, unit="1", low=0.2, high=0.8, grade="assumed", source="avanzini_2020",
            note="share of the genomes in a tube that reach the sequencer; the example of the authors' program",
        ),
        "error": Value(
            number=1e-5, unit="1", low=1e-7, high=1e-3, grade="assumed", source="assumed",
            note="chance that a genome is read as mutant at one place without being so, after error correction",
        ),
        "marker_error": Value(
            number=0.08, unit="1", low=0.03, high=0.15, grade="assumed", source="assumed",
            note="coefficient of variation of an immunoassay between runs, lognormal",
        ),
    }
)  # fmt: skip
#: Genomes that are read at most, unless an order says otherwise.
DEPTH = 10_000.0
#: Share of a tumour's copies of a place that carry a mutation which all its cells have: one of two.
HETEROZYGOUS = 0.5
# Who draws: the tube's genomes, the truncal mutation, the marker, a person's background; mechanisms follow.
_TUBE, _TRUNCAL, _MARKER, _PERSON, _MECHANISM = range(5)


def tumour_genomes(deaths: float, traces: Traces, blood: Blood) -> float:
    """Haploid tumour genomes in a millilitre of plasma; ``deaths`` a day whose DNA reaches the blood [1/mL]."""
    life = float(blood.free_dna_half_life) / log(2.0)
    plasma = float(blood.volume) * float(blood.plasma_share)
    return deaths * float(traces.genomes_per_death) * life / plasma


def read_genomes(
    stream: Stream, millilitres: float, tumour: float, blood: Blood, bearing: Floats, depth: float, step: int,
    tube: int = 0,
) -> tuple[float, float, Floats]:  # fmt: skip
    """Read the free DNA of a tube: genomes read at a place, mutant ones among them, and those with each mechanism.

    Parameters
    ----------
    stream : uint64 (8,)
        The patient's stream; it is not touched.
    millilitres : float
        Blood in the tube.
    tumour : float
        Haploid tumour genomes in a millilitre of plasma.
    bearing : (mechanisms,)
        Share of the tumour genomes that come from cells with each mechanism of resistance.
    depth : float
        Genomes read at most.
    step, tube : int
        When, and which of that day: they address the luck.

    Returns
    -------
    genomes, mutants, (mechanisms,)
    """
    own, healthy = stream.copy(), float(blood.free_genomes)
    aim(own, PLASMA, _drawer(_TUBE, tube), step)
    there = millilitres * float(blood.plasma_share) * (tumour + healthy) * float(ASSAY["conversion"])
    genomes = min(np.floor(depth), float(poisson(own, there)))
    share, error = tumour / (tumour + healthy) if tumour > 0.0 else 0.0, float(ASSAY["error"])
    counts = np.zeros(bearing.size + 1)
    for place, carried in enumerate((1.0, *bearing.tolist())):
        aim(own, PLASMA, _drawer(_TRUNCAL if place == 0 else _MECHANISM + place, tube), step)
        fraction = HETEROZYGOUS * share * carried
        counts[place] = binomial(own, genomes, min(1.0, fraction + error * (1.0 - fraction)))
    return float(genomes), float(counts[0]), counts[1:]


def _drawer(what: int, tube: int) -> np.uint64:
    """Whose luck it is: of one reading in one tube."""
    return np.uint64(tube << 32 | what)


def called(genomes: float, mutants: float) -> bool:
    """Whether so many mutant genomes are more than errors: their chance without a mutation is below one in a thousand."""
    mean = genomes * float(ASSAY["error"])
    below = term = exp(-mean)
    for number in range(1, int(min(mutants, 1000.0))):
        term *= mean / number
        below += term
    return mutants >= 1.0 and 1.0 - below < 1e-3


def marker_level(stream: Stream, cells: float, marker: Marker, blood: Blood, step: int, tube: int = 0) -> float:
    """Read the marker in serum [mg/L]: what ``cells`` secrete at balance, the person's background, and the assay's error."""
    own = stream.copy()
    aim(own, PLASMA, np.uint64(_PERSON), 0)
    width = np.sqrt(log1p(float(marker.background_variation) ** 2))
    background = float(marker.background) * exp(width * normal(own) - 0.5 * width * width)
    litres = float(blood.volume) * float(blood.plasma_share) * 1e-3
    made = cells * float(marker.secretion_rate) * float(marker.half_life) / log(2.0) / litres
    aim(own, PLASMA, _drawer(_MARKER, tube), step)
    error = np.sqrt(log1p(float(ASSAY["marker_error"]) ** 2))
    return float((background + made) * exp(error * normal(own)))
