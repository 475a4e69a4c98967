"""From blood to tumour: what flow and wall let through, and how much of it the tissue keeps."""

from __future__ import annotations

from seedsoil.foundation.compiled import leaf
from seedsoil.foundation.elementary import expm1


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
