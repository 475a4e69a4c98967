"""Transplants: a piece of tissue at another site, and two bodies that share their blood."""

from __future__ import annotations

from seedsoil.biology.journey.anatomy import Anatomy, Site, Vessel
from seedsoil.biology.patient import Host
from seedsoil.foundation.errors import ModelError
from seedsoil.foundation.value import Value

#: What stands before the name of each site of a partner.
PARTNER = "partner_"


def graft(host: Host, name: str, soil: str, beside: str, share: float) -> Host:
    """Return the host with a piece of tissue grafted beside one of its sites.

    Law: the graft takes ``share`` of all that flows to the site ``beside``, blood and lymph, drains where that site
    drains, and has its filter. So what arrests there follows the place, and what grows there the tissue.

    Parameters
    ----------
    name
        Of the new site, which comes last in the anatomy.
    soil
        Tissue of the graft: one of the host's soils.
    share
        Above 0 and below 1.

    Raises
    ------
    ModelError
        If a name is taken or not known, or the share is not one; all faults at once.
    """
    anatomy = host.anatomy
    faults = _names_taken(anatomy, [name])
    soils, sites = [one.name for one in host.soils], [site.name for site in anatomy.sites]
    if soil not in soils:
        faults.append(f"graft {name!r}: host {host.name!r} has no soil {soil!r}; soils: {', '.join(soils)}")
    if beside not in sites:
        faults.append(f"graft {name!r}: there is no site {beside!r} to lie beside; sites: {', '.join(sites)}")
    if not 0.0 < share < 1.0:
        faults.append(f"graft {name!r}: its share of the flow must lie between 0 and 1, not be {share:g}")
    if faults:
        raise ModelError(faults)
    bed = anatomy.sites[anatomy.index(beside)]
    piece = bed.model_copy(update={"name": name, "soil": soil, "artery": "", "arterial_flow": _part(bed, share)})
    rest = bed.model_copy(update={"arterial_flow": _part(bed, 1.0 - share)})
    vessels: list[Vessel] = []
    for vessel in anatomy.vessels:
        if vessel.target == beside:
            vessels += [_vessel(vessel, 1.0 - share), _vessel(vessel, share, target=name)]
        else:
            vessels.append(vessel)
    vessels += [_vessel(vessel, 1.0, source=name) for vessel in anatomy.vessels if vessel.source == beside]
    kept = tuple(rest if site.name == beside else site for site in anatomy.sites)
    return _with_anatomy(host, (*kept, piece), tuple(vessels))


def joined(host: Host, exchange: float) -> Host:
    """Return two bodies in parabiosis: the host, and a partner like it whose sites are named ``partner_...``.

    Law: of what leaves each of the two great arteries, the share ``exchange`` flows to the other body. Tissues are the
    same on both sides, by name, and the host lives as long as both: tumour in the partner weighs on it as its own would.

    Parameters
    ----------
    exchange
        From 0 (two bodies apart) to 1 (each lives on the other's blood).

    Raises
    ------
    ModelError
        If the share is none, the host has no artery to join, or it is joined to a partner already.
    """
    anatomy = host.anatomy
    faults = _names_taken(anatomy, [PARTNER + site.name for site in anatomy.sites])
    if not 0.0 <= exchange <= 1.0:
        faults.append(f"joined circulations exchange a share from 0 to 1 of their flow, not {exchange:g}")
    if faults:
        raise ModelError(faults)
    trunk = great_artery(anatomy)
    twins = tuple(site.model_copy(update={"name": PARTNER + site.name, "artery": ""}) for site in anatomy.sites)
    vessels: list[Vessel] = []
    for here, there in (("", PARTNER), (PARTNER, "")):
        for vessel in anatomy.vessels:
            source, target = here + vessel.source, here + vessel.target
            if vessel.source != trunk:
                vessels.append(_vessel(vessel, 1.0, source, target))
                continue
            vessels.append(_vessel(vessel, 1.0 - exchange, source, target))
            vessels.append(_vessel(vessel, exchange, source, there + vessel.target))
    return _with_anatomy(host, (*anatomy.sites, *twins), tuple(vessels))


def great_artery(anatomy: Anatomy) -> str:
    """Return the name of the site that feeds the most sites with arterial blood; ModelError if none does."""
    fed = {site.name for site in anatomy.sites if site.arterial_flow is not None}
    feeding = [vessel.source for vessel in anatomy.vessels if vessel.target in fed]
    if not feeding:
        raise ModelError(f"anatomy {anatomy.name!r} has no arteries: no site with an arterial flow is fed by a vessel")
    return max(dict.fromkeys(feeding), key=feeding.count)


def _with_anatomy(host: Host, sites: tuple[Site, ...], vessels: tuple[Vessel, ...]) -> Host:
    return host.model_copy(update={"anatomy": host.anatomy.model_copy(update={"sites": sites, "vessels": vessels})})


def _names_taken(anatomy: Anatomy, names: list[str]) -> list[str]:
    there = {site.name for site in anatomy.sites}
    return [f"anatomy {anatomy.name!r} already has a site {name!r}" for name in names if name in there]


def _part(site: Site, share: float) -> Value | None:
    return None if site.arterial_flow is None else _times(site.arterial_flow, share)


def _vessel(vessel: Vessel, factor: float, source: str = "", target: str = "") -> Vessel:
    """The same passage with a part of its share, between other sites where they are named."""
    return vessel.model_copy(
        update={
            "source": source or vessel.source,
            "target": target or vessel.target,
            "share": _times(vessel.share, factor),
        }
    )


def _times(value: Value, factor: float) -> Value:
    """A share of a number, and of its range."""
    return value.model_copy(
        update={
            "number": value.number * factor,
            "low": None if value.low is None else value.low * factor,
            "high": None if value.high is None else value.high * factor,
        }
    )
