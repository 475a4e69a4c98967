"""A lesion's vessels as a history keeps them, and what they bring of an agent."""

from __future__ import annotations

from seedsoil.biology.medicine.delivery import tissue_share
from seedsoil.biology.patient import Host
from seedsoil.biology.soils.vasculature import Vasculature
from seedsoil.catalogue.load import entry
from seedsoil.experiment.history import History

__all__ = ["pools", "reached"]


def pools(story: History, law: Vasculature) -> tuple[float, float]:
    """Return the immature and the mature vessels of a patient's first lesion on the last recorded day, borrowed ones with these [1]."""
    immature = float(story.young_vessels[-1, 0]) / float(law.immature_perfusion)
    return immature, (float(story.leak[-1, 0]) - immature) / float(law.mature_leak)


def reached(host: Host, name: str, perfusion: float, leak: float) -> float:
    """Return the steady level in a lesion's tissue against that in plasma of an agent of the catalogue [1]."""
    cells, delivery = host.cells, entry("agents", name).delivery
    assert cells is not None
    assert delivery is not None
    return tissue_share(float(cells.tissue_flow) * perfusion, float(delivery.permeability) * leak, float(delivery.loss))
