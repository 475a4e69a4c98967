"""What orders and rules are read against: the body, the tumour in it, and agents as the study describes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from seedsoil.biology.clone import Tumour
from seedsoil.biology.medicine.drug import Agent
from seedsoil.biology.patient import Host

__all__ = ["Setting"]


@dataclass(frozen=True)
class Setting:
    """What orders are read against: the body, the tumour in it, and agents as the study describes them.

    ``tumour`` is None where a study fails to name one; ``healthy`` if no primary grows before the first day.
    """

    host: Host
    tumour: Tumour | None
    agents: Mapping[str, Agent]
    healthy: bool
    until_days: float

    @property
    def primary(self) -> str:
        """The site of the primary, "" if there is none."""
        return self.tumour.site if self.tumour is not None and not self.healthy else ""

    @property
    def organs(self) -> list[str]:
        """Sites in which a lesion can lie."""
        return [site.name for site in self.host.anatomy.sites if site.soil]
