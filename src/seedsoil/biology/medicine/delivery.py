"""From blood to tumour: what flow and wall let through, and how much of it the tissue keeps."""

from __future__ import annotations

from seedsoil.foundation.compiled import leaf
from seedsoil.foundation.elementary import expm1

#: Diameter at which a lesion draws half its blood from the artery [mm].
ARTERIAL_DIAMETER = 0.3


@leaf
def arterial_share(size: float) -> float:
    """Share of a lesion's blood that comes from the artery, by its diameter [mm]: D^4 / (D^4 + 0.3^4)."""
    ratio = size / ARTERIAL_DIAMETER
    ratio *= ratio
    ratio *= ratio
    return ratio / (1.0 + ratio)


@leaf
def past_barrier(opened: float, passage: float, ceiling: float) -> float:
    """Level to which a wall with a barrier lets tissue come, against plasma [1]; what delivery does to it comes on top.

    Law: P + (C - P) o, and P if C is less: ``passage`` P while it is shut, ``ceiling`` C wholly open, o how far it is ``opened``
    (by the lesion's size in a body, by VEGF at each piece of vessel in a block). A ratio, not a permeability: at rest a wall that
    also carries out holds its tissue at inflow over outflow, however dense its vessels are (Hammarlund-Udenaes 2008, recalled).
    """
    return passage + (ceiling - passage) * opened if ceiling > passage else passage


@leaf
def exchange(flow: float, permeability: float) -> float:
    """Clearance from blood into tissue [1/day], from blood flow and wall permeability per tissue volume [1/day].

    Law: Q (1 - exp(-PS / Q)) (Renkin 1959, Crone 1963). A very permeable wall is limited by flow, a tight one by PS.
    """
    return -flow * expm1(-permeability / flow) if flow > 0.0 else 0.0


@leaf
def tissue_share(flow: float, permeability: float, loss: float) -> float:
    """Steady level in tissue against plasma [1]: R = PS_eff / (PS_eff + k V), where ``loss`` is k V [1/day].

    Source: mass balance of one well-stirred tissue compartment.
    """
    passed = exchange(flow, permeability)
    return passed / (passed + loss) if passed > 0.0 else 0.0
