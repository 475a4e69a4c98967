"""RECIST 1.1 from diameters: targets, sums, the nadir, the 20 % and 5 mm, new lesions, nodes, non-targets."""

import math

from seedsoil.observe.best_response import best_response
from seedsoil.observe.response import Follow


def follow(*readings, nodes=()):
    patient = Follow(nodes)
    patient.baseline(readings)
    return patient


def test_targets_are_the_largest_five_and_two_in_a_site():
    patient = Follow()
    livers = [(n, "liver", 60.0 - n) for n in range(5)]
    others = [(10, "lung", 30.0), (11, "bone", 9.9), (12, "brain", 10.0), (13, "skin", 12.0), (14, "ovary", 11.0)]
    assert patient.baseline(livers + others) == {0, 1, 10, 13, 14}


def test_equal_sizes_are_chosen_by_number_whatever_the_order():
    readings = [(n, f"site {n}", 20.0) for n in range(7)]
    assert Follow().baseline(readings) == Follow().baseline(readings[::-1]) == {0, 1, 2, 3, 4}


def test_a_node_is_measurable_from_15_mm_and_normal_below_10():
    patient = follow((1, "node", 14.9), (2, "node", 15.0), (3, "node", 9.9), nodes=["node"])
    assert patient.targets == {2}
    assert patient.assess(60, [(1, "node", 9.0), (2, "node", 9.9), (3, "node", 9.9)]) == "CR"
    assert patient.assess(120, [(2, "node", 10.0)]) == "PD"


def test_partial_response_at_30_percent_of_baseline_not_of_nadir():
    patient = follow((1, "liver", 50.0), (2, "lung", 50.0))
    assert patient.assess(60, [(1, "liver", 40.0), (2, "lung", 30.1)]) == "SD"
    assert patient.assess(120, [(1, "liver", 40.0), (2, "lung", 30.0)]) == "PR"


def test_progression_counts_from_the_nadir_not_from_baseline():
    patient = follow((1, "liver", 100.0))
    assert patient.assess(60, [(1, "liver", 50.0)]) == "PR"
    assert patient.assess(120, [(1, "liver", 59.9)]) == "PR"
    assert patient.assess(180, [(1, "liver", 60.0)]) == "PD"
    assert patient.best == "PR"
    assert patient.progression_day == 180


def test_progression_needs_5_mm_as_well_as_20_percent():
    patient = follow((1, "liver", 20.0))
    assert patient.assess(60, [(1, "liver", 24.9)]) == "SD"
    assert patient.assess(120, [(1, "liver", 25.0)]) == "PD"
    patient = follow((1, "liver", 100.0))
    assert patient.assess(60, [(1, "liver", 119.9)]) == "SD"
    assert patient.assess(120, [(1, "liver", 120.0)]) == "PD"


def test_a_new_lesion_is_progression_whatever_the_sum_does():
    patient = follow((1, "liver", 40.0))
    assert patient.assess(60, [(1, "liver", 5.0), (2, "lung", 6.0)]) == "PD"
    assert patient.best == "PD"


def test_a_new_normal_node_is_not_a_new_lesion():
    patient = follow((1, "liver", 40.0), nodes=["node"])
    assert patient.assess(60, [(1, "liver", 40.0), (2, "node", 9.0)]) == "SD"
    assert patient.assess(120, [(1, "liver", 40.0), (2, "node", 10.0)]) == "PD"


def test_complete_response_needs_the_non_targets_gone_too():
    patient = follow((1, "liver", 40.0), (2, "liver", 8.0))
    assert patient.targets == {1}
    assert patient.assess(60, [(2, "liver", 8.0)]) == "PR"
    assert patient.assess(120, []) == "CR"
    assert patient.best == "CR"


def test_what_comes_back_after_a_complete_response_is_progression():
    patient = follow((1, "liver", 40.0))
    assert patient.assess(60, []) == "CR"
    assert patient.assess(120, [(1, "liver", 4.0)]) == "PD"


def test_a_target_that_reappears_without_complete_response_joins_the_sum():
    patient = follow((1, "liver", 40.0), (2, "lung", 40.0))
    assert patient.assess(60, [(1, "liver", 30.0)]) == "PR"
    assert patient.assess(120, [(1, "liver", 30.0), (2, "lung", 4.0)]) == "PR"


def test_non_targets_progress_by_half_and_10_mm():
    readings = [(n, "liver", 30.0 - n) for n in range(4)]  # 2 and 3 are non-targets: 28 + 27 mm
    patient = follow(*readings)
    assert patient.assess(60, [*readings[:2], (2, "liver", 41.0), (3, "liver", 41.0)]) == "SD"
    assert patient.assess(120, [*readings[:2], (2, "liver", 41.0), (3, "liver", 41.5)]) == "PD"


def test_non_targets_alone_are_neither_gone_or_growing():
    patient = follow((1, "liver", 8.0))
    assert not patient.measurable
    assert patient.evaluable
    assert patient.assess(60, [(1, "liver", 5.0)]) == "NON-CR/NON-PD"
    assert patient.assess(120, [(1, "liver", 14.9)]) == "NON-CR/NON-PD"
    assert patient.assess(180, [(1, "liver", 15.0)]) == "PD"
    assert follow((1, "liver", 8.0)).assess(60, []) == "CR"


def test_with_nothing_at_baseline_only_a_new_lesion_is_progression():
    patient = follow()
    assert patient.assess(60, []) == "NE"
    assert patient.best == "NE"
    assert patient.assess(120, [(7, "lung", 9.0)]) == "PD"
    assert patient.best == "PD"
    assert patient.progression_day == 120


def test_best_response_ends_with_the_first_progression():
    patient = follow((1, "liver", 100.0))
    for day, size in ((60, 125.0), (120, 20.0)):
        patient.assess(day, [(1, "liver", size)])
    assert patient.best == "PD"
    assert patient.progression_day == 60


def test_a_new_baseline_starts_over():
    patient = follow((1, "liver", 100.0))
    patient.assess(60, [(1, "liver", 130.0)])
    patient.baseline([(2, "lung", 20.0)])
    assert (patient.best, patient.progression_day) == ("NE", None)
    assert patient.assess(90, [(2, "lung", 20.0)]) == "SD"


def test_best_of_no_assessments_is_missing():
    day, best = best_response([])
    assert math.isnan(day)
    assert best == "MISSING"
    assert best_response([(1, "PD"), (2, "CR")]) == (1, "PD")


def test_the_first_response_and_all_sums_are_kept():
    patient = Follow()
    patient.baseline([(1, "liver", 100.0)], day=28.0)
    for day, size in ((84.0, 60.0), (140.0, 65.0), (196.0, 90.0), (252.0, 50.0)):
        patient.assess(day, [(1, "liver", size)])
    assert (patient.baseline_day, patient.response_day, patient.progression_day) == (28.0, 84.0, 196.0)
    assert patient.assessments == [(84.0, "PR"), (140.0, "PR"), (196.0, "PD"), (252.0, "PR")]
    assert patient.sums[:2] == [(28.0, 100.0), (84.0, 60.0)]


def test_a_response_after_progression_is_none():
    patient = follow((1, "liver", 100.0))
    patient.assess(60, [(1, "liver", 130.0)])
    patient.assess(120, [(1, "liver", 10.0)])
    assert patient.response_day is None


def test_nodes_that_are_all_normal_are_a_complete_response_even_if_they_grew():
    patient = follow((1, "node", 20.0), nodes=["node"])
    assert patient.assess(60, [(1, "node", 2.0)]) == "CR"
    assert patient.assess(120, [(1, "node", 9.0)]) == "CR"


def test_thick_slices_make_small_lesions_unmeasurable():
    patient = Follow()
    assert patient.baseline([(1, "liver", 15.9), (2, "lung", 16.0)], slice_mm=8.0) == {2}
