"""Random streams: known answers, addresses, independence of neighbours, the same bits without a compiler."""

import math

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from seedsoil.foundation import streams
from seedsoil.foundation.streams import (
    aim,
    aim_behind,
    bits,
    draw_for_all,
    draw_row,
    mix,
    new_stream,
    philox4x32,
    uniform,
)


@pytest.mark.parametrize(
    ("counter", "key", "answer"),
    [
        ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
        ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
        ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
    ],
)
def test_known_answers_of_random123(counter: str, key: str, answer: str) -> None:
    """The vectors `philox4x32 10` of kat_vectors in Random123 1.14."""
    words = [np.uint64(int(word, 16)) for word in (counter + " " + key).split()]
    assert [f"{int(word):08x}" for word in philox4x32(*words)] == answer.split()


def first_draws(seed: int, patient: int, purpose: int, entity: int, step: int, count: int = 5) -> list[float]:
    stream = new_stream(seed, patient)
    aim(stream, purpose, np.uint64(entity), step)
    return [float(uniform(stream)) for _ in range(count)]


def test_a_draw_is_a_philox_block_at_its_address() -> None:
    """The layout of key and counter is part of every stored result: it must not move."""
    stream = new_stream(7, 3)
    entity, purpose, step = 0x0123456789ABCDEF, streams.SEEDING, 11
    aim(stream, purpose, np.uint64(entity), step)
    low = (entity ^ (purpose * 0x85EBCA6B)) & 0xFFFFFFFF
    high = (entity >> 32) ^ ((purpose * 0xC2B2AE35) & 0xFFFFFFFF)
    expected = []
    for block in range(3):
        counter = [np.uint64(word) for word in (block, step, low, high)]
        w0, w1, w2, w3 = (int(word) for word in philox4x32(*counter, stream[0], stream[1]))
        expected += [w0 | (w1 << 32), w2 | (w3 << 32)]
    assert [int(bits(stream)) for _ in range(6)] == expected
    aim(stream, purpose, np.uint64(entity), step)
    assert [float(uniform(stream)) for _ in range(6)] == [((word >> 12) + 0.5) / 2.0**52 for word in expected]


@given(
    st.integers(0, 2**64 - 1), st.integers(0, 2**40), st.integers(1, 10), st.integers(0, 2**64 - 1), st.integers(0, 9)
)
def test_an_address_forgets_what_was_drawn_before(seed: int, patient: int, purpose: int, entity: int, odd: int) -> None:
    stream = new_stream(seed, patient)
    aim(stream, 1 + purpose % 10, np.uint64(entity ^ 1), 3)
    for _ in range(odd):
        uniform(stream)
    aim(stream, purpose, np.uint64(entity), 77)
    again = [float(uniform(stream)) for _ in range(5)]
    assert again == first_draws(seed, patient, purpose, entity, 77)
    assert all(0.0 < u < 1.0 for u in again)


def test_many_draw_what_each_draws_alone() -> None:
    """For entities, steps and purposes of all sizes: catches a word that is cut, and a draw that leaves the stream changed."""
    stream, entities = new_stream(11, 2**40), np.array([0, 1, 2, 5, 6, 2**31, 2**40 + 3, 7, 2**62], np.int64)
    draws = np.zeros(2 * entities.size + 1, np.uint64)
    before = stream.copy()
    for purpose, step in ((1, 0), (streams.TISSUE_EVENT, 2**32 - 1)):
        draw_for_all(stream, purpose, entities, entities.size, step, draws)
        assert list(stream) == list(before)
        for entity, one, other in zip(entities, draws[::2], draws[1::2], strict=False):
            alone = before.copy()
            aim(alone, purpose, np.uint64(entity), step)
            assert (int(bits(alone)), int(bits(alone))) == (int(one), int(other))
    assert draws[-1] == 0


@pytest.mark.parametrize("entity", [0, 7, 2**40 + 3])
@pytest.mark.parametrize("count", [0, 1, 2, 9])
def test_draws_of_one_in_a_row_are_those_one_by_one(entity: int, count: int) -> None:
    """Catches a block too few, and a word that is cut."""
    stream, draws = new_stream(11, 2**40), np.zeros(count + 2, np.uint64)
    before = stream.copy()
    draw_row(stream, streams.TISSUE_ORDER, entity, 2**32 - 1, count, draws)
    assert list(stream) == list(before)
    aim(stream, streams.TISSUE_ORDER, np.uint64(entity), 2**32 - 1)
    assert [int(each) for each in draws[:count]] == [int(bits(stream)) for _ in range(count)]
    assert draws[count + 1] == 0


def test_behind_a_first_draw_all_is_as_if_it_had_been_drawn() -> None:
    """Catches a second draw lost or drawn twice."""
    stream = new_stream(11, 5)
    aim(stream, 3, np.uint64(9), 4)
    drawn = [bits(stream) for _ in range(6)]
    other = new_stream(11, 5)
    aim_behind(other, 3, np.uint64(9), 4, drawn[1])
    assert [bits(other) for _ in range(5)] == drawn[1:]


def test_each_part_of_the_address_matters() -> None:
    """Catches a word of seed, patient, purpose, entity or step that does not reach the bits, upper halves included."""
    base = {"seed": 5, "patient": 9, "purpose": 2, "entity": 12, "step": 4}
    seen = {tuple(first_draws(**base))}
    for name, shifts in (("seed", (0, 31, 32, 63)), ("patient", (0, 31, 32, 62)), ("purpose", (0, 3))):
        seen |= {tuple(first_draws(**(base | {name: base[name] ^ (1 << shift)}))) for shift in shifts}
    for name, shifts in (("entity", (0, 31, 32, 63)), ("step", (0, 8, 31))):
        seen |= {tuple(first_draws(**(base | {name: base[name] ^ (1 << shift)}))) for shift in shifts}
    assert len(seen) == 1 + 4 + 4 + 2 + 4 + 3


def test_purposes_have_names_of_their_own() -> None:
    named = {name: value for name, value in vars(streams).items() if name.isupper() and not name.startswith("_")}
    assert len(named) == len(set(named.values())) >= 22
    assert min(named.values()) > 0


def test_small_entities_never_meet_across_purposes() -> None:
    """Two purposes must not share a counter for entities that are plain indices (voxels, lesions), up to 2^20."""
    stream = new_stream(1, 1)
    words = {}
    for purpose in range(1, 33):
        aim(stream, purpose, np.uint64(0), 0)
        words[purpose] = int(stream[4]) | (int(stream[5]) << 32)
    for a, first in words.items():
        for b, second in words.items():
            assert a == b or (first ^ second) >= 2**20


def test_patients_of_a_study_have_keys_of_their_own() -> None:
    keys = {tuple(new_stream(seed, patient)[:2].tolist()) for seed in range(4) for patient in range(5_000)}
    assert len(keys) == 20_000
    assert new_stream(-1, 0)[:2].tolist() == new_stream(2**64 - 1, 0)[:2].tolist()


@numba.njit
def _neighbours(seed_streams, which, count, out):  # type: ignore[no-untyped-def]
    """Fill rows with the first draw at neighbouring addresses: patients (0), entities (1), steps (2), or one stream (3)."""
    for i in range(count):
        stream = seed_streams[i] if which == 0 else seed_streams[0]
        if which != 3 or i == 0:
            aim(stream, 1, np.uint64(i if which == 1 else 4), i if which == 2 else 0)
        out[i] = uniform(stream)


@pytest.mark.parametrize("which", [0, 1, 2, 3], ids=["patients", "entities", "steps", "draws"])
def test_neighbours_are_independent(which: int) -> None:
    """Catches a correlation of 0.02 between neighbours, and a density off by 3 % in one of 256 cells (100,000 draws)."""
    count = 100_000 if which else 20_000
    opened = np.array([new_stream(20150527, patient) for patient in range(count if which == 0 else 1)])
    u = np.empty(count)
    _neighbours(opened, which, count, u)
    for lag in (1, 2, 3, 64):
        assert abs(np.corrcoef(u[:-lag], u[lag:])[0, 1]) * math.sqrt(count) < 6.0
    for cells in (
        np.floor(u * 256),
        np.floor(u * 2.0**52) % 256,
        np.floor(u[:-1:2] * 16) * 16 + np.floor(u[1::2] * 16),
    ):
        assert stats.chisquare(np.bincount(cells.astype(int), minlength=256)).pvalue > 1e-9


def test_hash_of_keys() -> None:
    """Catches collisions and bits that stick: 250,000 keys of small parents and numbers, each bit half of the time."""

    @numba.njit
    def fill(out):  # type: ignore[no-untyped-def]
        for i in range(500):
            for j in range(500):
                out[i * 500 + j] = mix(np.uint64(i), np.uint64(j))

    keys = np.empty(250_000, dtype=np.uint64)
    fill(keys)
    assert len(np.unique(keys)) == len(keys)
    for bit in range(64):
        ones = int(((keys >> np.uint64(bit)) & np.uint64(1)).sum())
        assert abs(ones - 125_000) / 250.0 < 6.0
    # A plain int beyond 2^63 is refused by Numba on some Pythons once the function is compiled for int64: say uint64.
    assert int(mix(3, np.uint64(2**64 - 1))) == int(mix(np.uint64(3), np.uint64(2**64 - 1)))
    assert int(mix(1, 2)) != int(mix(2, 1))
