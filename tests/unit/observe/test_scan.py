"""A scan sees what it should, as often as it should, and never the neighbour's luck."""

import math

import numpy as np
import pytest

from seedsoil.body.state import CELLS, DETECTED, LESION_COLUMNS, SITE
from seedsoil.catalogue.load import entry
from seedsoil.foundation.errors import StudyError
from seedsoil.foundation.streams import new_stream
from seedsoil.observe.scan import INSTRUMENTS, detection_probability, instrument, read_lesions, site_contrast

ct = INSTRUMENTS["ct"]
no_salt = np.uint64(0)


def cells_of(diameter_mm):
    return math.pi / 6.0 * np.asarray(diameter_mm, dtype=float) ** 3 * 1e6


def keys_for(count):
    return np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x1234567)


@pytest.mark.parametrize("diameter", [4.0, 6.0, 7.0, 8.0, 12.0])
def test_share_seen_follows_the_detection_law(diameter):
    """|z| < 6 with 40,000 readings: catches a chance wrong by 0.015 or more, so D50 wrong by 2 %, or power 7 for 8."""
    n = 40_000
    seen, _ = ct.read(new_stream(1, 2), keys_for(n), np.full(n, cells_of(diameter)), 5)
    p = 1.0 / (1.0 + (7.0 / diameter) ** 8)
    assert abs(seen.mean() - p) < 6.0 * math.sqrt(p * (1 - p) / n)
    assert detection_probability(diameter, 7.0) == pytest.approx(p)


def test_diameter_error_has_median_one_and_the_stated_cv():
    """|z| < 6 with 40,000 readings: catches a bias of 0.2 % and a cv wrong by 2.2 %."""
    n = 40_000
    seen, read = ct.read(new_stream(1, 2), keys_for(n), np.full(n, cells_of(50.0)), 5)
    error = np.log(read[seen] / 50.0)
    sigma = math.sqrt(math.log1p(0.07**2))
    assert seen.mean() > 0.999
    assert abs(error.mean()) < 6.0 * sigma / math.sqrt(n)
    assert abs(error.std() / sigma - 1.0) < 6.0 / math.sqrt(2 * n)


def test_seen_and_error_are_independent():
    """|z| < 6 with 40,000 readings: catches a correlation of 0.03 between being seen and being read large."""
    n = 40_000
    seen, read = ct.read(new_stream(3, 2), keys_for(n), np.full(n, cells_of(7.0)), 5)
    error = np.log(read[seen] / 7.0)
    assert abs(error.mean()) < 6.0 * 0.07 / math.sqrt(seen.sum())


def test_a_reading_does_not_depend_on_other_lesions():
    rng = np.random.default_rng(1)
    cells, keys = cells_of(rng.uniform(2.0, 30.0, 60)), keys_for(60)
    seen, read = ct.read(new_stream(9, 4), keys, cells, 11)
    chosen = rng.permutation(60)[:23]
    again_seen, again_read = ct.read(new_stream(9, 4), keys[chosen], cells[chosen], 11)
    assert np.array_equal(seen[chosen], again_seen)
    assert np.array_equal(read[chosen], again_read)


def test_the_patients_stream_is_not_touched():
    stream = new_stream(9, 4)
    before = stream.copy()
    ct.read(stream, keys_for(10), np.full(10, 1e9), 3)
    assert np.array_equal(stream, before)


def test_steps_patients_and_instruments_have_luck_of_their_own():
    keys, cells = keys_for(200), np.full(200, cells_of(20.0))
    readings = [
        ct.read(new_stream(9, 4), keys, cells, 1)[1],
        ct.read(new_stream(9, 4), keys, cells, 2)[1],
        ct.read(new_stream(9, 5), keys, cells, 1)[1],
        INSTRUMENTS["mri"].read(new_stream(9, 4), keys, cells, 1)[1],
    ]
    for one in range(4):
        for other in range(one):
            assert not np.any((readings[one] == readings[other]) & (readings[one] > 0))


def test_known_lesions_are_looked_for_at_their_place():
    n = 4000
    known = np.arange(n) % 2 == 0
    seen, _ = ct.read(new_stream(1, 2), keys_for(n), np.full(n, cells_of(5.0)), 5, known)
    assert seen[known].mean() > 0.9
    assert seen[~known].mean() < 0.15


def test_nothing_is_read_of_lesions_without_cells_or_of_no_lesions():
    seen, read = ct.read(new_stream(1, 2), keys_for(3), np.array([0.0, 1.0, 1e12]), 5)
    assert seen.tolist() == [False, False, True]
    assert read[0] == read[1] == 0.0
    assert read[2] == pytest.approx(124.07, rel=0.4)
    seen, read = ct.read(new_stream(1, 2), np.zeros(0, np.uint64), np.zeros(0), 5)
    assert seen.shape == read.shape == (0,)


def test_kernel_agrees_with_its_plain_python_source():
    plain = getattr(read_lesions, "py_func", read_lesions)
    keys, cells, d50 = keys_for(40), cells_of(np.linspace(1, 40, 40)), np.full(40, 7.0)
    compiled = read_lesions(new_stream(1, 2), keys, cells, 5, d50, 0.07, no_salt)
    assert np.array_equal(compiled, plain(new_stream(1, 2), keys, cells, 5, d50, 0.07, no_salt))


def test_a_body_is_read_as_its_lesions_are():
    """Each row at its site, by whether it was seen before, in thick slices: the same draws, the same bytes."""
    keys, lesions = keys_for(60), np.zeros((60, LESION_COLUMNS))
    lesions[:, CELLS], lesions[:, SITE] = cells_of(np.linspace(0.0, 20.0, 60)), np.arange(60) % 3
    lesions[:, DETECTED] = np.where(np.arange(60) % 2, 14.0, -1.0)
    contrast = np.array([1.0, 0.6, 2.0])
    for name, tool in INSTRUMENTS.items():
        read = tool.read_body(new_stream(1, 2), keys, lesions, 5, contrast, 7.5)
        blur = contrast[lesions[:, SITE].astype(int)] * tool.blur(7.5)
        seen, singly = tool.read(new_stream(1, 2), keys, lesions[:, CELLS], 5, lesions[:, DETECTED] >= 0.0, blur)
        assert np.array_equal(read, singly), name
        assert np.array_equal(read > 0.0, seen), name
        assert 0 < seen.sum() < 59, name


def test_an_unknown_instrument_is_refused_by_name():
    with pytest.raises(StudyError, match=r"no instrument 'cct'. Did you mean 'ct'\? Known: ct, mri, pet\."):
        instrument("cct")


def test_contrast_is_data_of_a_tissue():
    """MRI shows half of 3 mm lesions in the brain, CT of 9.1 mm, PET of 16 mm; elsewhere nothing changes."""
    adult = entry("hosts", "adult")
    brain, liver = adult.anatomy.index("brain"), adult.anatomy.index("liver")
    half = {name: tool.d50.number * site_contrast(adult, name)[brain] for name, tool in INSTRUMENTS.items()}
    assert half == pytest.approx({"ct": 9.1, "mri": 3.0, "pet": 16.0})
    assert all(site_contrast(adult, name)[liver] == 1.0 for name in INSTRUMENTS)
    bare = adult.model_copy(update={"soils": tuple(s.model_copy(update={"contrast": {}}) for s in adult.soils)})
    assert (site_contrast(bare, "mri") == 1.0).all()


def test_blur_moves_the_diameter_of_which_half_are_seen():
    """|z| < 6 with 40,000 readings, at the new D50: catches a blur that is not used, and one used on known lesions alone."""
    n = 40_000
    for blur, known in ((0.6, None), (2.0, np.zeros(n, dtype=bool)), (2.0, np.ones(n, dtype=bool))):
        half = blur * (ct.d50.number if known is None or not known[0] else ct.known_d50.number)
        seen, _ = ct.read(new_stream(1, 2), keys_for(n), np.full(n, cells_of(half)), 5, known, blur)
        assert abs(seen.mean() - 0.5) < 6.0 * 0.5 / math.sqrt(n)


def test_thicker_slices_show_less_and_thinner_ones_no_more():
    assert [ct.blur(slice_mm) for slice_mm in (0.0, 1.0, 5.0, 7.5, 10.0)] == [1.0, 1.0, 1.0, 1.5, 2.0]
