"""Random streams by address: what is drawn depends on who draws and why, never on who drew before.

Philox4x32-10 (Salmon, Moraes, Dror, Shaw, SC'11, "Parallel random numbers: as easy as 1, 2, 3") turns a key and a
counter into random bits. The key is a study's seed and a patient; the counter is a purpose, an entity (a lesion, a
voxel), a step and the number of the draw. So any worker count, order or restart gives the same
luck, and two arms share luck lesion by lesion.

A stream is an array of eight uint64: two key words, the next block, the step, two words of purpose and entity, the
second half of the last block, and whether that half is still unused. All arithmetic keeps below 2^64, so that plain Python
(`NUMBA_DISABLE_JIT=1`) gives the same bits.
"""

import numpy as np
from numpy.typing import NDArray

from seedsoil.foundation.compiled import inline, leaf

POPULATION = 1
SWITCH = 2
DEATH = 3
SEEDING = 4
SCAN = 5
VARIATION = 6
TRAIT = 7
DORMANCY = 8
SURGERY = 9
TEACHING = 10
ABLATION = 11
RADIATION = 12
INJECTION = 13
BIOPSY = 14
BLOOD = 15
LINEAGE = 24
SCREENING = 30
PLASMA = 41
CULTURE = 42
SINGLE_CELLS = 43
AUTOPSY = 44
BENCH = 45
TISSUE_EVENT = 50
TISSUE_PLACE = 51
TISSUE_START = 52
TISSUE_TILE = 53
TISSUE_GLANCE = 54
TISSUE_ORDER = 55

Stream = NDArray[np.uint64]
Word = np.uint64

_u0 = np.uint64(0)
_u1 = np.uint64(1)
_mask = np.uint64(0xFFFFFFFF)
_half = np.uint64(32)
_low_bits = np.uint64(12)
_multiply_0 = np.uint64(0xD2511F53)
_multiply_1 = np.uint64(0xCD9E8D57)
_weyl_0 = np.uint64(0x9E3779B9)
_weyl_1 = np.uint64(0xBB67AE85)
# The hash of entities is Philox under a key of its own (digits of e).
_hash_key_0 = np.uint64(0xB7E15162)
_hash_key_1 = np.uint64(0x8AED2A6A)
# Odd numbers that spread the purposes over the two words of the entity.
_purpose_0 = np.uint64(0x85EBCA6B)
_purpose_1 = np.uint64(0xC2B2AE35)
_word = 0xFFFFFFFFFFFFFFFF


def _splitmix(z: int) -> int:
    """Scramble 64 bits one to one (the finaliser of Steele, Lea and Flood 2014)."""
    z = (z + 0x9E3779B97F4A7C15) & _word
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _word
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _word
    return z ^ (z >> 31)


def new_stream(seed: int, patient: int) -> Stream:
    """Open the stream of one patient of one study.

    Parameters
    ----------
    seed, patient : int
        Whole numbers; their lowest 64 bits count. Two patients of one study never share a key.

    Returns
    -------
    uint64 array of length 8
        To be aimed (`aim`) before the first draw.
    """
    key = _splitmix(_splitmix(int(seed) & _word) ^ (int(patient) & _word))
    return np.array([key & 0xFFFFFFFF, key >> 32, 0, 0, 0, 0, 0, 0], dtype=np.uint64)


@inline
def philox4x32(c0: Word, c1: Word, c2: Word, c3: Word, k0: Word, k1: Word) -> tuple[Word, Word, Word, Word]:
    """Turn a counter of four words and a key of two into four random words (ten rounds).

    All are uint64 that hold 32 bits each. Source: Salmon et al. 2011; the known answers of Random123 are tested.
    """
    for _ in range(10):
        product_0 = _multiply_0 * c0
        product_1 = _multiply_1 * c2
        c0 = (product_1 >> _half) ^ c1 ^ k0
        c1 = product_1 & _mask
        c2 = (product_0 >> _half) ^ c3 ^ k1
        c3 = product_0 & _mask
        k0 = (k0 + _weyl_0) & _mask
        k1 = (k1 + _weyl_1) & _mask
    return c0, c1, c2, c3


@leaf
def mix(a: int | Word, b: int | Word) -> Word:
    """Hash two uint64 into one: the key of an entity from its parent's key and its own number."""
    first, second = np.uint64(a), np.uint64(b)
    w0, w1, _, _ = philox4x32(first & _mask, first >> _half, second & _mask, second >> _half, _hash_key_0, _hash_key_1)
    return w0 | (w1 << _half)


@leaf
def aim(stream: Stream, purpose: int, entity: int | Word, step: int) -> None:
    """Point a stream at (purpose, entity, step) and at its first draw there.

    Parameters
    ----------
    stream : uint64 array of length 8
        Changed in place.
    purpose : int
        One of the named purposes of this module, 1 .. 2^31.
    entity : uint64
        Key of the lesion, clone, voxel ... that draws.
    step : int
        0 .. 2^32 - 1. One aim has 2^33 draws.
    """
    who = np.uint64(entity)
    reason = np.uint64(purpose)
    stream[2] = _u0
    stream[3] = np.uint64(step) & _mask
    stream[4] = (who ^ (reason * _purpose_0)) & _mask
    stream[5] = (who >> _half) ^ ((reason * _purpose_1) & _mask)
    stream[7] = _u0


@inline
def aim_behind(stream: Stream, purpose: int, entity: int | Word, step: int, second: Word) -> None:
    """Point a stream behind its first draw at (purpose, entity, step), given the second one: both halves of the first block were drawn for all."""
    aim(stream, purpose, entity, step)
    stream[2], stream[6], stream[7] = _u1, second, _u1


@inline
def _next_block(stream: Stream) -> Word:
    """Make the next Philox block: return one half, keep the other."""
    block = stream[2]
    w0, w1, w2, w3 = philox4x32(block, stream[3], stream[4], stream[5], stream[0], stream[1])
    stream[2] = (block + _u1) & _mask
    stream[6] = w2 | (w3 << _half)
    stream[7] = _u1
    return w0 | (w1 << _half)


@inline
def bits(stream: Stream) -> Word:
    """Draw 64 random bits; two draws share one Philox block."""
    if stream[7] != _u0:
        stream[7] = _u0
        return stream[6]  # type: ignore[no-any-return]
    return _next_block(stream)


@inline
def fraction(word: Word) -> float:
    """Turn 64 random bits into a number of the open interval (0, 1): odd multiples of 2^-53, never 0 or 1."""
    return (np.float64(np.int64(word >> _low_bits)) + 0.5) * 2.220446049250313e-16  # type: ignore[return-value]


@inline
def uniform(stream: Stream) -> float:
    """Draw from the open interval (0, 1): odd multiples of 2^-53, never 0 or 1."""
    return fraction(bits(stream))


@leaf
def draw_for_all(  # type: ignore[no-untyped-def]
    stream: Stream, purpose: int, entities: NDArray[np.int64], count: int, step: int, draws: Stream
):
    """Write the first two draws of 64 bits of many entities, two by two: what `aim` and twice `bits` give one by one, in a quarter of the time.

    Parameters
    ----------
    stream : uint64 array of length 8
        Whose key counts; it is left as it is.
    purpose, step : int
    entities : int64 array
        The first ``count`` of them draw.
    count : int
    draws : uint64 array
        Room for twice as many draws.
    """
    reason = np.uint64(purpose)
    low, high = (reason * _purpose_0) & _mask, (reason * _purpose_1) & _mask
    when, key_0, key_1 = np.uint64(step) & _mask, stream[0] & _mask, stream[1] & _mask
    for place in range(count):
        who = np.uint64(entities[place])
        w0, w1, w2, w3 = philox4x32(_u0, when, (who ^ low) & _mask, (who >> _half) ^ high, key_0, key_1)
        draws[2 * place] = w0 | (w1 << _half)
        draws[2 * place + 1] = w2 | (w3 << _half)


@leaf
def draw_row(stream: Stream, purpose: int, entity: int, step: int, count: int, draws: Stream) -> None:
    """Write the first draws of 64 bits of one entity: what `aim` and so many `bits` give, in a quarter of the time.

    Parameters
    ----------
    stream : uint64 array of length 8
        Whose key counts; it is left as it is.
    purpose, entity, step : int
    count : int
    draws : uint64 array
        Room for so many draws and one more.
    """
    reason, who = np.uint64(purpose), np.uint64(entity)
    low, high = (who ^ (reason * _purpose_0)) & _mask, (who >> _half) ^ ((reason * _purpose_1) & _mask)
    when, key_0, key_1 = np.uint64(step) & _mask, stream[0] & _mask, stream[1] & _mask
    for block in range((count + 1) >> 1):
        w0, w1, w2, w3 = philox4x32(np.uint64(block), when, low, high, key_0, key_1)
        draws[2 * block] = w0 | (w1 << _half)
        draws[2 * block + 1] = w2 | (w3 << _half)
