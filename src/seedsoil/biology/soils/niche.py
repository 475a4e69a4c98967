"""The neighbourhood of a lesion: astrocytes that lend protection by touch, and fibroblasts that move in."""

from __future__ import annotations

from seedsoil.foundation.compiled import leaf
from seedsoil.foundation.elementary import exp


@leaf
def approach(value: float, target: float, days: float, time: float) -> float:
    """Value after some days on its way to ``target`` with time constant ``time`` [day]; exact: dy/dt = (target - y) / time.

    The survival programme of tumour cells that astrocytes touch, and the stroma of a lesion, both follow this.
    """
    return target + (value - target) * exp(-days / time)


def occupancy(endothelin: float, receptors: float, half: float, blocked: float) -> float:
    """Share of full signalling by endothelin receptors [1]: R ET / (ET + K), less what is blocked."""
    return receptors * endothelin / (endothelin + half) * (1.0 - blocked) if endothelin > 0.0 else 0.0


def shelter(astrocytes: float, by_endothelin: float, gap_junctions: float, junctions_blocked: float) -> float:
    """Strength of the survival programme in cells that astrocytes touch [1].

    Law: A o J (1 - b): a chain. Gap junctions call on the astrocyte, its endothelin answers; to cut either link alone undoes
    the protection (Lin 2010; Kim 2014, 2015). None where there are no astrocytes.
    """
    return astrocytes * by_endothelin * gap_junctions * (1.0 - junctions_blocked)
