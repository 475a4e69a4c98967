"""The metamorphic relations: what must stay the same, or move one way, when an input is changed; each with its tests."""

from __future__ import annotations

#: Identity, what it says, and where it is held: a file under `tests` and a function in it. No test: why not yet.
RELATIONS: dict[str, tuple[str, tuple[str, ...], str]] = {
    "M01": ("no shedding, no metastasis in any patient", ("properties/test_metamorphic_studies.py::test_m01_nothing_is_shed",), ""),
    "M02": ("a drug without effect is the control", ("properties/test_sameness.py::test_an_agent_without_effect_is_the_control",), ""),
    "M03": ("a drug, an arm, an organ, a mechanism or an output that nobody uses changes nothing", ("properties/test_metamorphic_studies.py::test_m03_m04_unused_and_permuted", "properties/test_metamorphic_studies.py::test_m03_an_organ_that_nobody_reaches", "properties/test_metamorphic_laws.py::test_m03_m04_mechanisms_unused_and_permuted", "properties/test_sameness.py::test_looking_changes_nothing"), ""),
    "M04": ("arms and agents in another order give the same rows; sites and mechanisms the same laws", ("properties/test_metamorphic_studies.py::test_m03_m04_unused_and_permuted", "properties/test_metamorphic_laws.py::test_m04_sites_in_another_order", "properties/test_metamorphic_laws.py::test_m03_m04_mechanisms_unused_and_permuted"), ""),
    "M05": ("a patient alone is the patient in the cohort", ("properties/test_sameness.py::test_a_patient_alone_is_the_patient_in_the_cohort",), ""),
    "M06": ("to T and then to 2 T is to 2 T, also where what is kept on disk lies between", ("properties/test_sameness.py::test_one_call_is_many_weekly_calls", "faults/test_workers.py::test_f15_resumed_with_other_workers", "unit/experiment/tissue/test_checkpoint.py::test_going_on_is_the_same_bytes"), ""),
    "M07": ("two half doses at one time are one dose", ("properties/test_metamorphic_laws.py::test_m07_two_half_doses",), ""),
    "M08": ("a clone split into two has the law of the sum", ("properties/test_metamorphic_laws.py::test_m08_m14_families_add",), ""),
    "M09": ("a drug twice as strong never leaves more cells", ("properties/test_metamorphic_laws.py::test_m09_twice_the_effect",), ""),
    "M10": ("more shedding, more and earlier metastases", ("properties/test_metamorphic_laws.py::test_m10_more_shedding", "properties/test_metamorphic_laws.py::test_m10_more_shedding_is_earlier"), ""),
    "M11": ("later surgery, no fewer seeds before it, and all that came before an earlier one", ("properties/test_metamorphic_studies.py::test_m11_later_surgery",), ""),
    "M12": ("all rates times two, all times by two: the same bytes", ("properties/test_metamorphic_laws.py::test_m12_another_clock",), ""),
    "M13": ("other units of the same quantity: the same number", ("properties/test_metamorphic_laws.py::test_m13_other_units",), ""),
    "M14": ("n founders are n single founders", ("properties/test_metamorphic_laws.py::test_m08_m14_families_add",), ""),
    "M15": ("every cell is accounted for", ("properties/test_accounts.py::test_cells_come_and_go_by_birth_and_death_alone", "properties/test_accounts.py::test_cells_that_lose_a_mechanism_stay_in_their_lesion", "properties/test_accounts.py::test_who_leaves_a_lesion_founds_another_or_joins_one", "properties/test_accounts.py::test_who_is_on_the_way_arrives", "properties/test_accounts.py::test_clones_add_to_their_lesion_on_every_day", "properties/test_tissue.py::test_cells_are_conserved"), ""),
    "M16": ("the clones of a patient add to the cells of all lesions, exactly", ("properties/test_metamorphic_studies.py::test_m16_clones_add_to_their_lesions",), ""),
    "M17": ("drug given is drug present and drug eliminated", ("properties/test_metamorphic_laws.py::test_m17_no_drug_is_lost",), ""),
    "M18": ("mass of what diffuses is kept", ("theory/test_t19_t26_fields.py::test_mass_is_kept",), ""),
    "M19": ("orders on day 0, after death, of no length are defined", ("properties/test_metamorphic_studies.py::test_m19_edges_of_the_calendar",), ""),
    "M20": ("where every clone resists, the drug is the control", ("properties/test_metamorphic_laws.py::test_m20_all_resist",), ""),
    "M21": ("births as frequent as deaths: the mean stays", ("properties/test_metamorphic_laws.py::test_m21_critical",), ""),
    "M22": ("what is too small to be seen is not found", ("unit/observe/test_scan.py::test_nothing_is_read_of_lesions_without_cells_or_of_no_lesions", "unit/observe/test_scan.py::test_share_seen_follows_the_detection_law"), ""),
    "M23": ("a field turned or mirrored with its tissue is the same field", ("theory/test_t19_t26_fields.py::test_no_axis_and_no_direction_is_preferred",), ""),
    "M24": ("looking changes nothing", ("properties/test_samples.py::test_looking_changes_nothing", "properties/test_rules.py::test_no_instrument_changes_a_byte_of_the_tumour"), ""),
    "M25": ("recording a patient changes nothing", ("properties/test_sameness.py::test_a_recorded_history_is_the_one_of_the_trial",), ""),
    "M26": ("compiled or plain, the same bytes", ("agreement/test_engine_plain.py::test_the_engine_is_the_same_without_compilation", "unit/foundation/test_samplers.py::test_same_bytes_in_plain_python"), ""),
}  # fmt: skip
