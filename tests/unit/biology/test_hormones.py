"""What a tumour loses with its hormone, against the law by hand."""

import numpy as np
import pytest

from seedsoil.biology.clone import Endocrine
from seedsoil.biology.signals import SIGNALS, Levels
from seedsoil.biology.soils.hormones import withdrawal
from tests.properties.plain import TUMOUR, made, mechanism, valued, with_numbers


def test_by_hand() -> None:
    """Three quarters of the hormone gone; one mechanism frees six tenths, two together 0.8: catches 1e-12."""
    need = made(Endocrine, hormone="oestrogen", division=0.8, death=0.02, vegf=0.4)
    mechanisms = [mechanism("first", hormone_freed=valued(0.6)), mechanism("other", hormone_freed=valued(0.5))]
    rows = np.zeros((2, len(SIGNALS)))
    rows[1, SIGNALS.index("oestrogen")] = 0.75
    rows[:, SIGNALS.index("androgen")] = 1.0
    lacking = np.array([[0.0] * 4, [0.75, 0.3, 0.375, 0.15]])
    for without in ((), ("hormone withdrawal",)):
        found = withdrawal(with_numbers(TUMOUR, endocrine=need), mechanisms, Levels(rows, without))
        share = lacking if not without else 0.0 * lacking
        assert found.division == pytest.approx(1.0 - 0.8 * share, rel=1e-12)
        assert found.death == pytest.approx(0.02 * share, rel=1e-12)
        assert found.vegf == pytest.approx(0.4 * share, rel=1e-12)
