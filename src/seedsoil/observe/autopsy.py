"""An autopsy: metastases seen in an organ by the naked eye, and those that a section under the microscope happens to hit."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.soils.vessels import diameter
from seedsoil.foundation.elementary import exp, log1p
from seedsoil.foundation.samplers import normal
from seedsoil.foundation.streams import AUTOPSY, Stream, aim, uniform
from seedsoil.foundation.value import Value

Floats = NDArray[np.float64]
Keys = NDArray[np.uint64]

#: What the eye and the microscope can do.
EXAMINATION = MappingProxyType(
    {
        "eye": Value(
            number=2.0, unit="mm", low=1.0, high=5.0, grade="assumed", source="assumed",
            note="diameter of which half are seen in an organ that is cut into slices",
        ),
        "profile": Value(
            number=0.05, unit="mm", low=0.02, high=0.2, grade="assumed", source="assumed",
            note="least width of a nest of cells that is recognised in a section",
        ),
        "error": Value(
            number=0.1, unit="1", low=0.03, high=0.2, grade="assumed", source="assumed",
            note="coefficient of variation of a diameter measured by a ruler, lognormal",
        ),
    }
)  # fmt: skip


def examine(stream: Stream, keys: Keys, cells: Floats, spacing_mm: float) -> Floats:
    """Diameter of each lesion as it is found, 0 where it is missed [mm] (lesions,).

    Law: the naked eye sees a lesion of diameter D with chance 1 / (1 + (D50 / D)^8). Of those that it misses, parallel
    sections ``spacing_mm`` apart (0: none) hit the share min(1, D / spacing), and show a circle of diameter
    sqrt(D^2 - 4 x^2), x being how far from the centre they pass.

    ``keys`` (lesions,) are the lesions' identities, ``cells`` (lesions,) their sizes. The patient's stream is not touched.
    """
    own, found = stream.copy(), np.zeros(cells.size)
    width = np.sqrt(log1p(float(EXAMINATION["error"]) ** 2))
    for lesion in np.flatnonzero(cells > 0.0):
        size = float(diameter(float(cells[lesion])))
        aim(own, AUTOPSY, keys[lesion], 0)
        luck, offset, error = uniform(own), uniform(own), exp(width * normal(own))
        if luck * (1.0 + (float(EXAMINATION["eye"]) / size) ** 8) < 1.0:
            found[lesion] = size * error
        elif spacing_mm > 0.0:
            away = 0.5 * spacing_mm * offset
            profile = np.sqrt(max(0.0, size * size - 4.0 * away * away))
            if profile >= float(EXAMINATION["profile"]):
                found[lesion] = profile * error
    return found
