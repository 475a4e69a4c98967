"""A label at the bench: what is left follows the hazards after arrest, and is drawn so that it never comes back."""

from __future__ import annotations

import numpy as np
import pytest

from seedsoil.foundation.streams import new_stream
from seedsoil.observe.bench import LABEL, Sleep, count_label, retained

CLEARING = np.log(2.0) / float(LABEL["clearance_half_life"])


def test_early_loss_and_washout() -> None:
    """In the first day by hand: alive e^-at, and the dead on their way out a (e^-at - e^-ct) / (c - a), to 0.2 %."""
    rate, days = 4.4, np.array([0.01, 0.1, 0.5, 1.0])
    found = retained(tuple(days), rate, 1.0, 2.0, 1.0, 0.5)
    dead = rate / (CLEARING - rate) * (np.exp(-rate * days) - np.exp(-CLEARING * days))
    assert found == pytest.approx(np.exp(-rate * days) + dead, rel=2e-3)


def test_later_it_falls_as_cells_die_outside() -> None:
    """After extravasation at the tissue's death rate alone, to 0.5 %: catches death inside a vessel that never ends."""
    found = retained((8.0, 10.0), 1.0, 1.0, 4.0, 1.0, 0.2)
    assert found[1] / found[0] == pytest.approx(np.exp(-0.2 * 2.0), rel=5e-3)
    for leaving, dying, share in ((4.0, 1.0, 0.8), (1.0, 3.0, 0.25)):
        left = retained((9.0,), 0.0, 0.0, leaving, dying, 0.0)
        assert left[0] == pytest.approx(share, rel=5e-3)


def test_counts_are_binomial_and_never_rise() -> None:
    """4000 organs: means of two times within 6 errors; catches a second count with luck of its own."""
    shares = np.array([0.5, 0.1])
    found = np.array([count_label(new_stream(1, who), 1000.0, shares, np.uint64(9), 0) for who in range(4000)])
    assert (found[:, 1] <= found[:, 0]).all()
    assert (np.abs(found.mean(axis=0) - 1000.0 * shares) < 6.0 * np.sqrt(1000.0 * shares * (1 - shares) / 4000)).all()


def test_sleepers_keep_their_label() -> None:
    """Nine in ten asleep at once: their label goes at the sleepers' death, and with those who wake at the others'; to 0.5 %."""
    died, asleep, days = 0.4, 0.9, (20.0, 24.0)
    still = retained(days, 0.0, 0.0, 400.0, 0.0, died, Sleep(asleep, 0.02, 0.0))
    assert still == pytest.approx([asleep * np.exp(-0.02 * day) + 0.1 * np.exp(-died * day) for day in days], rel=5e-3)
    # Who wakes at w lives on as the others: dA/dt = w S - d A.
    leave, wake = 0.02 + 0.05, 0.05
    waking = retained(days, 0.0, 0.0, 400.0, 0.0, died, Sleep(1.0, 0.02, wake))
    expected = [
        np.exp(-leave * day) + wake / (died - leave) * (np.exp(-leave * day) - np.exp(-died * day)) for day in days
    ]
    assert waking == pytest.approx(expected, rel=2e-2)
