"""The constants by which a lesion's vessels sprout, ripen, loosen and feed."""

from __future__ import annotations

from seedsoil.biology.quantities import Fraction, Noun, Number, PerDay, VesselDensity


class Vasculature(Noun):
    """Constants of the two-pool vessel law: immature and mature vessels per tumour volume, host tissue = 1.

    ``vegf_tone`` is the share of the flow of a lesion's own vessels that hangs on VEGF from hour to hour, ``ang2_opening``
    by how much Ang2 at its fullest eases the way of cells into them, ``oxygen_extraction`` the share of its oxygen that
    blood leaves behind in a lesion at its usual flow. ``quiet_endothelium`` is how fast a drug kills the endothelium of
    vessels that a lesion borrows from its host against that of its own, since it divides so much less.
    """

    name: str
    title: str
    sprouting: PerDay
    sprouting_half: Number
    crowding: Number
    maturation: PerDay
    ang2_half: Number
    vegf_hinders_maturation: Number
    destabilisation: PerDay
    destabilisation_half: Number
    immature_loss: PerDay
    immature_rescue: Number
    mature_loss: PerDay
    mature_rescue: Number
    mature_turnover: PerDay
    immature_perfusion: Number
    mature_perfusion: Number
    mature_leak: Number
    oxygen_reach: Number
    vegf_basal: Number
    vegf_hypoxic: Number
    ang2_basal: Number
    ang2_hypoxic: Number
    ang2_pericyte_loss: Number
    pericyte_support: Fraction
    host_sprouts: Number
    reference_density: VesselDensity
    vegf_tone: Fraction
    ang2_opening: Number
    oxygen_extraction: Fraction
    quiet_endothelium: Fraction
