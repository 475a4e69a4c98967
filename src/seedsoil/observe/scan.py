"""A scan: which lesions an instrument shows and how large it says they are, each lesion with luck of its own.

A lesion of diameter D is seen with probability 1 / (1 + (D50/D)^8); the diameter read is the true one times a
lognormal error whose median is 1. Draws are addressed by (scan, lesion, step): what is read of one lesion never depends
on which others there are, in which order they come, or whether anybody scans at all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.patient import Host
from seedsoil.biology.soils.vessels import diameter
from seedsoil.body.state import CELLS, DETECTED, SITE
from seedsoil.foundation.compiled import inline, kernel
from seedsoil.foundation.elementary import exp, log1p
from seedsoil.foundation.errors import StudyError, did_you_mean
from seedsoil.foundation.kept import Kept
from seedsoil.foundation.samplers import normal
from seedsoil.foundation.streams import SCAN, Stream, aim, uniform
from seedsoil.foundation.value import Value

Floats = NDArray[np.float64]
Keys = NDArray[np.uint64]
Flags = NDArray[np.bool_]

# Uniform draws are at least 2^-53: a smaller chance can never come true, and a lone cell costs no draw.
_never = 2.0**53


@inline
def _read(own: Stream, key: np.uint64, cells: float, step: int, d50: float, sigma: float) -> float:
    """Diameter read of one lesion with a stream of its own [mm]; 0 if it is not seen."""
    if cells <= 0.0:
        return 0.0
    size = diameter(cells)
    odds = d50 / size
    odds *= odds
    odds *= odds
    odds *= odds
    if odds >= _never:
        return 0.0
    aim(own, SCAN, key, step)
    if uniform(own) * (1.0 + odds) >= 1.0:
        return 0.0
    return size * exp(sigma * normal(own))


@kernel
def read_lesions(
    stream: Stream, keys: Keys, cells: Floats, step: int, d50: Floats, cv: float, salt: np.uint64
) -> Floats:
    """Read each lesion with an instrument.

    Parameters
    ----------
    stream : uint64 (8,)
        The patient's stream; it is not touched.
    keys : uint64 (lesions,)
        Identities of the lesions.
    cells : float64 (lesions,)
        True sizes [cells]; a lesion without cells is not seen.
    step : int
        Number of the scan, 0 .. 2^32 - 1. The same step gives the same readings.
    d50 : float64 (lesions,)
        Diameter seen with probability one half [mm], for each lesion.
    cv : float
        Coefficient of variation of the diameter read.
    salt : uint64
        Tells instruments apart that look on the same step.

    Returns
    -------
    float64 (lesions,)
        Diameter read [mm], 0 where a lesion is not seen.
    """
    own, sigma = stream.copy(), np.sqrt(log1p(cv * cv))
    read = np.zeros(cells.shape[0])
    for lesion in range(cells.shape[0]):
        read[lesion] = _read(own, keys[lesion] ^ salt, cells[lesion], step, d50[lesion], sigma)
    return read


@kernel
def read_body(
    stream: Stream, keys: Keys, lesions: Floats, step: int, contrast: Floats, blur: float, d50: float, known_d50: float,
    cv: float, salt: np.uint64,
) -> Floats:  # fmt: skip
    """Read the rows of a body's table of lesions like `read_lesions`, each at its site and by whether it was seen before.

    ``contrast`` (sites,) and ``blur`` both multiply the diameter of which half are seen.
    """
    own, sigma = stream.copy(), np.sqrt(log1p(cv * cv))
    read = np.zeros(lesions.shape[0])
    for row in range(lesions.shape[0]):
        half = known_d50 if lesions[row, DETECTED] >= 0.0 else d50
        half *= contrast[int(lesions[row, SITE])] * blur
        read[row] = _read(own, keys[row] ^ salt, lesions[row, CELLS], step, half, sigma)
    return read


#: Contrasts of the last few hosts: patients of a study share anatomy and soils.
_contrasts: Kept[Floats] = Kept(16)


def site_contrast(host: Host, name: str) -> Floats:
    """How well lesions stand out at each site, as a multiple of the diameter of which an instrument shows half (sites,).

    Above 1 they are harder to see there than elsewhere, below 1 easier. Shared: nobody writes into it.
    """

    def make() -> Floats:
        found = np.ones(len(host.anatomy.sites))
        for place, site in enumerate(host.anatomy.sites):
            if site.soil:
                found[place] = float(host.soil(site.soil).contrast.get(name, 1.0))
        return found

    return _contrasts.get((host.anatomy, host.soils), name, make)


def detection_probability(diameter_mm: Floats | float, d50_mm: float) -> Floats:
    """Return the chance that a lesion of that diameter is seen, 1 / (1 + (D50/D)^8)."""
    size = np.asarray(diameter_mm, dtype=np.float64)
    with np.errstate(divide="ignore", over="ignore"):
        return np.asarray(1.0 / (1.0 + (d50_mm / size) ** 8))


@dataclass(frozen=True)
class Instrument:
    """A kind of scan: what it can see, and how well it measures.

    ``d50`` [mm] is the diameter of which it shows half. ``known_d50`` [mm] holds for a lesion that was seen before: the
    reader then looks for it at its place, as RECIST asks, and small remnants are not missed and found in turn.
    ``cv`` is the error of one diameter. ``slice_thickness`` [mm] is the usual one. ``salt`` tells the luck of instruments
    apart.
    """

    name: str
    d50: Value
    known_d50: Value
    cv: Value
    slice_thickness: Value
    salt: np.uint64 = field(default=np.uint64(0), repr=False)

    def read(
        self,
        stream: Stream,
        keys: Keys,
        cells: Floats,
        step: int,
        known: Flags | None = None,
        blur: Floats | float = 1.0,
    ) -> tuple[Flags, Floats]:
        """Read lesions; see `read_lesions` for the arrays.

        ``known`` (lesions,) marks lesions that this patient's earlier scans have shown; without it, none. ``blur``
        (lesions,) multiplies the diameter of which half are seen.
        """
        if not len(cells):
            return np.zeros(0, dtype=np.bool_), np.zeros(0)
        if known is None:
            d50 = np.full(len(cells), self.d50.number)
        else:
            d50 = np.where(known, self.known_d50.number, self.d50.number)
        d50 = np.ascontiguousarray(d50 * blur)
        # A column of one lesion is contiguous and one of two is not: two layouts are two compilations.
        together = np.ascontiguousarray(cells)
        found = read_lesions(stream, keys, together, step, d50, self.cv.number, self.salt)
        return found > 0.0, found

    def read_body(
        self, stream: Stream, keys: Keys, lesions: Floats, step: int, contrast: Floats, slice_mm: float
    ) -> Floats:
        """Read the rows of a body's table of lesions, in slices of this thickness [mm]: diameters [mm], 0 if not seen.

        ``contrast`` is the host's `site_contrast` for this instrument.
        """
        return read_body(
            stream, keys, lesions, step, contrast, self.blur(slice_mm), self.d50.number, self.known_d50.number,
            self.cv.number, self.salt,
        )  # fmt: skip

    def blur(self, slice_mm: float) -> float:
        """How many times larger a lesion must be to be seen in slices of this thickness [mm]; 0 stands for the usual one.

        Law: max(1, slice / usual): what is thinner than a slice is averaged with what lies beside it. Thinner slices
        than usual show no more, for noise grows. Source: assumed.
        """
        return max(1.0, slice_mm / self.slice_thickness.number)


def _assumed(number: float, unit: str, low: float, high: float, note: str) -> Value:
    return Value(number=number, unit=unit, low=low, high=high, grade="assumed", source="assumed", note=note)


def _instrument(name: str, d50: float, low: float, high: float, number: int) -> Instrument:
    return Instrument(
        name=name,
        d50=_assumed(d50, "mm", low, high, "diameter of which half are seen; one reader, one scan"),
        known_d50=_assumed(d50 / 2, "mm", low / 2, high, "the same for a lesion that is looked for at its place"),
        cv=_assumed(0.07, "1", 0.03, 0.15, "error of one diameter between readings, lognormal"),
        slice_thickness=_assumed(5.0, "mm", 1.0, 5.0, "the thickest at which RECIST 1.1 calls 10 mm measurable"),
        # Any odd constant spreads the numbers of instruments over 64 bits.
        salt=np.uint64(number * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF),
    )


#: The instruments by name.
INSTRUMENTS = MappingProxyType(
    {
        "ct": _instrument("ct", 7.0, 4.0, 10.0, 0),
        "mri": _instrument("mri", 5.0, 3.0, 10.0, 1),
        "pet": _instrument("pet", 8.0, 5.0, 12.0, 2),
    }
)


def instrument(name: str) -> Instrument:
    """Return the instrument of that name; StudyError with the known names if there is none."""
    if name not in INSTRUMENTS:
        raise StudyError(f"no instrument {name!r}.{did_you_mean(name, INSTRUMENTS)} Known: {', '.join(INSTRUMENTS)}.")
    return INSTRUMENTS[name]
