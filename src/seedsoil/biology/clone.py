"""The seed: heritable traits, the mutation law, and what a tumour is made of."""

from __future__ import annotations

from seedsoil.biology.quantities import Days, Fraction, Millimetres, Noun, Number, PerDay


class Mechanism(Noun):
    """A way to resist drugs: one heritable bit, what it costs, and how often a division brings it."""

    name: str
    rate: Number
    fitness_cost: Fraction


class Tumour(Noun):
    """A founding clone, its variants and the law by which they arise.

    Rates are hazards per cell and day. ``receptors`` and ``survival_receptors`` are read against a soil's ligands
    factor by factor, ``adhesion`` against its addressins. A cell is competent to found a metastasis once it carries
    ``hits`` alterations; each comes with ``hit_rate`` per division. An unstable cell mutates ``instability_factor``
    times as often.
    """

    name: str
    title: str
    site: str
    division_rate: PerDay
    death_rate: PerDay
    hypoxic_death_rate: PerDay
    unmatched_death_rate: PerDay
    receptors: tuple[Fraction, ...]
    survival_receptors: tuple[Fraction, ...]
    ligand_half_saturation: Number
    adhesion: tuple[Number, ...]
    diffusion_rim: Millimetres
    co_option: Fraction
    replacement_share: Fraction
    primary_sprouts: Fraction
    angiogenic_switch_rate: PerDay
    shedding_rate: PerDay
    hypoxic_shedding_gain: Number
    hypoxic_shedding_power: Number
    viable_when_shed: Fraction
    transit_loss_rate: PerDay
    transit_time: Days
    early_loss_rate: PerDay
    early_loss_time: Days
    extravasation_rate: PerDay
    intravascular_death_rate: PerDay
    quiescence_rate: PerDay
    dormancy_sensitivity: Fraction
    wake_rate: PerDay
    dormant_death_rate: PerDay
    establishment_size: Number
    hits: Number
    hit_rate: Number
    instability_rate: Number
    instability_factor: Number
    mechanisms: tuple[Mechanism, ...] = ()
