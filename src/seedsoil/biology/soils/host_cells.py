"""How the host's cells act on a lesion: the constants of their laws, the same in every tissue."""

from __future__ import annotations

from seedsoil.biology.quantities import CellDensity, Days, Fraction, Millimetres, Noun, Number, PerDay


class Immunity(Noun):
    """Lymphocytes and macrophages that kill at a lesion's surface, and macrophages that feed it until activated.

    ``half_size`` is the lesion [cells] at which effectors of level 1 kill at half of ``kill_rate``. Lymphocytes turn
    over at ``turnover``, are recruited at up to ``recruitment`` (half at ``recruitment_size`` cells) and exhausted
    at ``exhaustion`` per tumour cell. Activated macrophages count ``macrophage_gain`` times.
    """

    kill_rate: PerDay
    half_size: Number
    turnover: PerDay
    recruitment: PerDay
    recruitment_size: Number
    exhaustion: PerDay
    macrophage_gain: Number


class Infiltration(Noun):
    """Driven lymphocytes in the depth of a lesion: how they come, multiply on what they see, and kill by touch.

    ``entry``: how many come each day for each tumour cell, at full drive, lymphocytes of level 1 and perfusion 1. Each meets
    ``contacts`` cells a day, divides at ``expansion`` at most, as often as it recognises one, and kills ``targets`` a day at
    most. Undriven they are lost by the lymphocytes' ``turnover`` (`Immunity`), and none comes. Each cell that they kill takes
    ``bystanders`` of its neighbours along, whether these can be seen or not.
    """

    entry: PerDay
    contacts: PerDay
    expansion: PerDay
    targets: PerDay
    bystanders: Number


class Protection(Noun):
    """The survival programme that astrocytes lend by contact: fold of every drug's half concentration, and its time.

    ``occupancy_half`` is the endothelin level of half occupancy; cells within ``contact_depth`` of the lesion's edge
    touch astrocytes.
    """

    fold: Number
    programme_time: Days
    occupancy_half: Number
    contact_depth: Millimetres


class Stroma(Noun):
    """Fibroblasts that a lesion draws in: they supply factors, restrain division, and stand in the drug's way.

    ``hindrance``: a full stroma divides every drug's level by 1 + this.
    """

    turnover_time: Days
    supply: Fraction
    restraint: Fraction
    hindrance: Number


class Inflammation(Noun):
    """What inflamed tissue and unactivated macrophages add: factors, VEGF [1], departures [1], at full inflammation."""

    macrophage_share: Fraction
    supply: Fraction
    vegf: Number
    shedding: Number


class Healing(Noun):
    """The repair of a surgical wound: factors that it supplies everywhere, and dormant lesions that it stirs."""

    half_life: Days
    supply: Fraction
    switch_gain: Number


class Neutrophils(Noun):
    """Neutrophils: a line of transit compartments with feedback (Friberg). ``danger`` is the count of grade 4."""

    transit_time: Days
    feedback: Number
    baseline: CellDensity
    danger: CellDensity


class HostCells(Noun):
    """The laws of all host cells together; a group that is left out has none."""

    tissue_flow: PerDay
    immunity: Immunity | None = None
    infiltration: Infiltration | None = None
    protection: Protection | None = None
    stroma: Stroma | None = None
    inflammation: Inflammation | None = None
    healing: Healing | None = None
