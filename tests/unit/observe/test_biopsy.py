"""A piece of a lesion shows the clones of its zone, in their shares, and with luck of its own."""

from __future__ import annotations

import numpy as np
import pytest

from seedsoil.foundation.streams import new_stream
from seedsoil.observe.biopsy import SAMPLE, branch, seen_in_zone, take, zone_of

#     0 the founder; 1 and 2 its daughters; 3 of 1; 4 of 3; 5 a pool; 6 of another lesion's founder, a daughter of 1
PARENTS = np.array([-1, 0, 0, 1, 3, 0, 1])
KINDS = np.array([0, 1, 1, 2, 2, 3, 1])
POOLED = np.array([0, 0, 0, 0, 0, 1, 0])
BORN = np.array([0.0, 10.5, 20.25, 30.125, 40.0, 50.0, 60.0])


def test_the_first_clone_after_the_founder() -> None:
    """Up the tree to the branch: catches a walk that stops one clone early or late."""
    assert [branch(PARENTS, clone, 0) for clone in range(7)] == [-1, 1, 2, 1, 1, 5, 1]
    assert [branch(PARENTS, clone, 1) for clone in (1, 3, 4, 6)] == [-1, 3, 3, 6]
    assert branch(PARENTS, 2, 1) == 0  # no descendant of 1: the root of its own


@pytest.mark.parametrize("zones", [2, 3, 8])
def test_zones_share_out_all_cells(zones: int) -> None:
    """Each branch lies in one zone with all that grew out of it, founder and pool in every zone: catches a cell lost."""
    cells = np.array([800.0, 120.0, 240.0, 60.0, 30.0, 160.0])
    clones = np.arange(6)
    seen = [seen_in_zone(PARENTS, KINDS, POOLED, BORN, clones, cells, 0, zone, zones) for zone in range(zones)]
    assert np.allclose(np.sum(seen, axis=0), cells)
    for zone in range(zones):
        assert seen[zone][0] == pytest.approx(800.0 / zones)
        assert seen[zone][5] == pytest.approx(160.0 / zones)
        # Clones 3 and 4 grew out of 1 and lie where it lies.
        assert (seen[zone][[1, 3, 4]] > 0.0).tolist() == [zone == zone_of(10.5, 1, zones)] * 3
        assert (seen[zone][2] > 0.0) == (zone == zone_of(20.25, 1, zones))


def test_one_zone_is_the_whole_lesion() -> None:
    """Without zones nothing is hidden: catches a zone rule that is always on."""
    cells = np.array([800.0, 120.0, 240.0])
    assert (seen_in_zone(PARENTS, KINDS, POOLED, BORN, np.arange(3), cells, 0, 0, 1) == cells).all()


def test_branches_fall_into_all_zones_alike() -> None:
    """20,000 births in 5 zones, each within 6 standard errors: catches a zone 1.7 % too full."""
    zones = np.array([zone_of(float(born), 1, 5) for born in np.arange(20_000) * 0.37])
    counts = np.bincount(zones, minlength=5)
    assert (np.abs(counts - 4000.0) < 6.0 * np.sqrt(20_000 * 0.16)).all()


def test_a_sample_holds_its_share_of_each_clone() -> None:
    """2000 samples of a 70:25:5 lesion: mean and spread as a multinomial's; catches a share wrong by 0.0014."""
    stream, keys = new_stream(3, 4), np.array([11, 22, 33], dtype=np.uint64)
    cells = np.array([7e6, 2.5e6, 5e5])
    found = np.array([take(stream, keys, cells, step) for step in range(2000)])
    assert (found.sum(axis=1) == SAMPLE).all()
    shares = cells / cells.sum()
    assert (np.abs(found.mean(axis=0) / SAMPLE - shares) < 6.0 * np.sqrt(shares * (1 - shares) / SAMPLE / 2000)).all()
    spread = found.std(axis=0) / np.sqrt(SAMPLE * shares * (1 - shares))
    assert (np.abs(spread - 1.0) < 6.0 / np.sqrt(2 * 2000)).all()


def test_small_and_empty_lesions() -> None:
    """No more cells than there are: catches a sample of a thousand from ten, and a division by nothing."""
    stream, keys = new_stream(3, 4), np.array([11, 22], dtype=np.uint64)
    assert take(stream, keys, np.array([6.0, 4.0]), 1).sum() == 10.0
    assert take(stream, keys, np.zeros(2), 1).tolist() == [0.0, 0.0]


def test_luck_by_day_zone_and_patient_and_an_untouched_stream() -> None:
    """Same address, same sample; another, another: catches a draw from the patient's own stream."""
    stream, keys = new_stream(3, 4), np.arange(1, 9, dtype=np.uint64)
    cells, before = np.full(8, 1e6), stream.copy()
    first = take(stream, keys, cells, 7, 1)
    assert (take(stream, keys, cells, 7, 1) == first).all()
    for other in (
        take(stream, keys, cells, 8, 1),
        take(stream, keys, cells, 7, 2),
        take(new_stream(3, 5), keys, cells, 7, 1),
    ):
        assert (other != first).any()
    assert (stream == before).all()
