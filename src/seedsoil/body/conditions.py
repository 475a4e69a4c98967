"""What each condition of the host makes of rates: tables by condition and site, from the laws of biology."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np

from seedsoil.biology.clone import Mechanism, Tumour
from seedsoil.biology.journey.cascade import (
    confined,
    departing,
    extravasating,
    founding,
    quiescence,
    surviving,
    worth_of_vigour,
)
from seedsoil.biology.journey.circulation import arrests
from seedsoil.biology.journey.reseeding import half_catch
from seedsoil.biology.patient import Host, Patient
from seedsoil.biology.signals import Levels
from seedsoil.biology.soils.factors import FACTORS, levels
from seedsoil.biology.soils.hormones import withdrawal
from seedsoil.biology.soils.host_cells import HostCells
from seedsoil.biology.soils.soil import Soil, match
from seedsoil.biology.soils.surroundings import inflammation, ligands, receptors, recruited, residents, sheltering
from seedsoil.biology.soils.vasculature import Vasculature
from seedsoil.body.state import (
    CEILING,
    CEILING_SPREAD,
    CO_OPTION,
    CONFINED,
    DEATH,
    DEPARTING,
    DIVISION,
    DRIVE,
    FIBROBLASTS,
    HALF_CATCH,
    LETHAL,
    LYMPHOCYTES,
    MACROPHAGES,
    OPENING,
    QUIESCENCE,
    SEEN,
    SHELTER,
    SITE_COLUMNS,
    SWITCHING,
    VEGF_OUTPUT,
    Floats,
    Integers,
)
from seedsoil.foundation.compiled import kernel
from seedsoil.foundation.elementary import log1p
from seedsoil.foundation.kept import Kept

CELLS_PER_MILLILITRE = 1e9


class Tables(NamedTuple):
    """Tables of ``Model`` that follow from a patient and the conditions of his host alone."""

    site: Floats
    fitness: Floats
    hormone_death: Floats
    hormone_vegf: Floats
    emission: Floats
    emission_total: Floats
    landing: Floats
    favour: Floats


@dataclass
class Last:
    """Tables by condition that were worked out last for a patient, and which row of them is which condition's."""

    places: dict[bytes, int]
    tables: tuple[Floats, ...]


#: What was worked out for the last few patients, since the arms of one have most conditions in common.
_recent: Kept[Tables] = Kept(8)
_last: Kept[Last] = Kept(8)
_favours: Kept[Floats] = Kept(8)
#: Where the soils of the last few hosts lie.
_lying: Kept[tuple[list[int], list[int]]] = Kept(8)


def condition_tables(
    patient: Patient, vessels: Vasculature, rows: Floats, shut: Integers, without: Collection[str]
) -> Tables:
    """Return the tables for conditions [conditions, SIGNALS]; who asks for the same gets the same arrays, to read.

    ``shut`` says which condition a cell meets that arrives behind a barrier while each one holds [conditions].
    """

    def make() -> Tables:
        names = [row.tobytes() + rows[met].tobytes() for row, met in zip(rows, shut, strict=True)]
        # Arms that differ have most conditions in common all the same: only those that the last one had not are worked out.
        last = _last.get((patient, vessels), frozenset(without), lambda: Last({}, ()))
        new = [place for place, name in enumerate(names) if name not in last.places]
        asked = list(dict.fromkeys([0, *new, *shut[new].tolist()]))
        met = np.array([asked.index(one) if one in asked else 0 for one in shut[asked].tolist()])
        made = _tables(patient, vessels, rows[asked], met, without) if new else last.tables
        if len(new) < len(names):
            old, here = [last.places.get(name, 0) for name in names], [asked.index(one) for one in new]
            tables = tuple(table[old] for table in last.tables)
            for table, more in zip(tables, made, strict=True):
                table[new] = more[here]
            made = tables
        last.places, last.tables = {name: place for place, name in enumerate(names)}, made
        site, fitness, death, vegf, emission, total, landing = made
        return Tables(site, fitness, death, vegf, emission, total, landing, favour_table(patient, site[0], without))

    return _recent.get((patient, vessels), (rows.tobytes(), shut.tobytes(), frozenset(without)), make)


def _tables(
    patient: Patient, vessels: Vasculature, rows: Floats, shut: Integers, without: Collection[str]
) -> tuple[Floats, ...]:
    """Work out the tables by condition, in the order of ``Tables``: each row hangs on itself, the first, and what is met if shut."""
    mechanisms = () if "resistance" in without else patient.tumour.mechanisms
    signals = Levels(rows, without)
    lost = withdrawal(patient.tumour, mechanisms, signals)
    site, fitness, success, landed = site_tables(patient, vessels, mechanisms, signals, without, shut)
    emission, landing = emission_tables(patient, success, landed, signals, without)
    total = total_emission(emission, favour_table(patient, site[0], without))
    return site, fitness, lost.death, lost.vegf, emission, total, landing


def site_tables(
    patient: Patient, vessels: Vasculature, mechanisms: Sequence[Mechanism], signals: Levels, without: Collection[str],
    shut: Integers | None = None,
) -> tuple[Floats, Floats, Floats, Floats]:  # fmt: skip
    """Rates by condition and site, fitness by condition, site and mask, and the chances of arrival there.

    Returns ``Model.site`` [conditions, sites, SITE_COLUMNS], ``Model.fitness`` [conditions, sites, masks] and the chances
    that a cell which has arrested founds a lesion, and that it is alive a day later [conditions, sites].
    """
    host, tumour = patient.host, patient.tumour
    ground = _ground_of(patient, vessels, mechanisms, signals, without)
    soils = ground.soils.copy()
    soils[:, :, DIVISION] *= float(tumour.division_rate)
    arriving, landed = np.zeros((2, len(signals), len(host.soils)))
    if "metastasis" not in without:
        landed = ground.landed
        met = soils.copy()
        met[:, :, DEATH] += ground.starving
        # A cell that arrives behind a barrier finds it shut.
        behind = soils[:, :, CEILING, None] >= 0.0
        met = np.where(behind & (shut is not None), met[slice(None) if shut is None else shut], met)
        division, death = welcome(met, met[0], without)
        arriving = landed * ground.leaving * founding(tumour, met[:, :, QUIESCENCE], division, death, without)
    table, fit, success, alive = _spread_to_sites(host, soils, ground.fitness, arriving, landed)
    table[:, :, HALF_CATCH] = half_catch(tumour, host, without)
    return table, fit, success, alive


def welcome(met: Floats, resting: Floats, without: Collection[str]) -> tuple[Floats, Floats]:
    """Division and death by which a founder succeeds or not [1/day], of rows of ``Model.site`` that it meets.

    Where families meet treatment on the lines of their cells (``body/line/exposure.py``), what harms them falls on these: here
    the better of what a founder meets and of a host at rest counts.
    """
    if "treated founders" in without:
        return met[..., DIVISION], met[..., DEATH]
    return np.maximum(met[..., DIVISION], resting[..., DIVISION]), np.minimum(met[..., DEATH], resting[..., DEATH])


class Ground(NamedTuple):
    """What a tumour finds in each soil, however fast it divides.

    ``soils`` [conditions, soils, SITE_COLUMNS] has in place of division the share of its rate that the soil allows; ``fitness``
    [conditions, soils, masks]; ``starving`` is the death that withheld hormones add for a cell without resistance [1/day;
    conditions, 1]; ``landed`` and ``leaving`` are the chances that a cell which has arrested is alive a day later, and that
    it then leaves the vessel [conditions, soils].
    """

    soils: Floats
    fitness: Floats
    starving: Floats
    landed: Floats
    leaving: Floats


#: Rates that no `Ground` hangs on: patients of a study that differ in these alone share theirs.
_FREE = ("division_rate", "shedding_rate", "hit_rate", "instability_rate", "angiogenic_switch_rate")
_grounds: Kept[Ground] = Kept(8)


def _ground_of(
    patient: Patient, vessels: Vasculature, mechanisms: Sequence[Mechanism], signals: Levels, without: Collection[str]
) -> Ground:
    """Return what was worked out for a tumour alike but for ``_FREE`` in the same soils; nobody writes into it."""
    host, tumour = patient.host, patient.tumour

    def make() -> Ground:
        # Without these rates nothing can be kept that hangs on them.
        bare = tumour.model_copy(update=dict.fromkeys(_FREE))
        return _ground(bare, host.cells, host.soils, vessels, mechanisms, signals, without)

    told = (getattr(tumour, name) for name in Tumour.model_fields if name not in _FREE)
    return _grounds.get((*told, host.cells, host.soils, vessels), (signals.key, frozenset(without)), make)


def _ground(
    tumour: Tumour, cells: HostCells | None, soils: tuple[Soil, ...], vessels: Vasculature,
    mechanisms: Sequence[Mechanism], signals: Levels, without: Collection[str],
) -> Ground:  # fmt: skip
    """Work out what a tumour finds in each soil."""
    living = residents(soils)
    inflamed = inflammation(cells, living, signals, without)
    stroma = recruited(tumour, cells, living, signals, without)
    supply = ligands(tumour, cells, soils, inflamed, stroma, signals)
    table = np.zeros((len(signals), len(soils), SITE_COLUMNS))
    for place, soil in enumerate(soils):
        table[:, place] = _soil_row(tumour, soil, vessels, without)
    lost = withdrawal(tumour, mechanisms, signals)
    fitness = _fill_growth(table, tumour, mechanisms, supply, lost.division, signals, without)
    table[:, :, FIBROBLASTS] = stroma
    table[:, :, SHELTER] = sheltering(tumour, cells, soils, living, signals, without)
    _fill_host_cells(table, tumour, cells, living, inflamed, signals, without)
    landed, leaving = (law(tumour, soils, signals, without) for law in (surviving, extravasating))
    return Ground(table, fitness, lost.death[:, :1], landed, leaving)


def _spread_to_sites(
    host: Host, soils: Floats, fitness: Floats, arriving: Floats, landed: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """From soils to the sites that they lie in; a site without a soil holds nothing and lets nothing grow."""
    count, sites = soils.shape[0], len(host.anatomy.sites)
    table, success, alive = np.zeros((count, sites, SITE_COLUMNS)), np.zeros((count, sites)), np.zeros((count, sites))
    table[:, :, LETHAL], table[:, :, CEILING] = np.inf, -1.0
    fit = np.ones((count, sites, fitness.shape[2]))
    inhabited, places = _lying.get((host.anatomy, host.soils), (), lambda: _where_soils_lie(host))
    table[:, inhabited], fit[:, inhabited] = soils[:, places], fitness[:, places]
    success[:, inhabited], alive[:, inhabited] = arriving[:, places], landed[:, places]
    return table, fit, success, alive


def _where_soils_lie(host: Host) -> tuple[list[int], list[int]]:
    """Sites that have a soil, and the place of each one's among the soils."""
    places = {soil.name: place for place, soil in enumerate(host.soils)}
    inhabited = [number for number, site in enumerate(host.anatomy.sites) if site.soil]
    return inhabited, [places[host.anatomy.sites[number].soil] for number in inhabited]


def _soil_row(tumour: Tumour, soil: Soil, vessels: Vasculature, without: Collection[str]) -> Floats:
    """What no condition changes in a soil."""
    row = np.zeros(SITE_COLUMNS)
    if "co-option" not in without:
        row[CO_OPTION] = float(tumour.co_option) * float(soil.vessel_density) / float(vessels.reference_density)
    row[OPENING], row[CEILING] = 0.0, -1.0
    if soil.barrier is not None and "barrier" not in without:
        row[OPENING], row[CEILING] = float(soil.barrier.opening_diameter), float(soil.barrier.ceiling)
        if soil.barrier.ceiling_variation is not None:
            row[CEILING_SPREAD] = np.sqrt(log1p(float(soil.barrier.ceiling_variation) ** 2))
    row[LETHAL] = float(soil.lethal_volume) * CELLS_PER_MILLILITRE
    row[QUIESCENCE] = quiescence(tumour, soil, without)
    return row


def _fill_growth(
    soils: Floats, tumour: Tumour, mechanisms: Sequence[Mechanism], supply: Floats, left: Floats, signals: Levels,
    without: Collection[str],
) -> Floats:  # fmt: skip
    """Fill shares of division, and death, by how receptors meet ligands; returns the fitness of each mask [conditions, soils, masks].

    ``left`` is what hormones leave of the division of each mask [conditions, masks].
    """
    half = float(tumour.ligand_half_saturation)
    shape = soils.shape[:2]
    masks = 1 << len(mechanisms)
    cost, kept, freed = mask_traits(tumour, mechanisms)
    if "soil matching" in without:
        congenial, surviving = np.ones((*shape, masks)), np.ones(shape)
    else:
        surviving = match(receptors(levels(tumour.survival_receptors), signals)[:, None, :], supply, half)
        own = levels(tumour.receptors)
        free = receptors(own, signals)[:, None, :]
        heard = kept * (free + freed * (np.array(own) - free))
        congenial = match(heard[:, None, :, :], supply[:, :, None, :], half)
    congenial = congenial * left[:, None, :]
    soils[:, :, DIVISION] = congenial[:, :, 0]
    soils[:, :, DEATH] = float(tumour.death_rate) + float(tumour.unmatched_death_rate) * (1.0 - surviving)
    wild = np.where(congenial[:, :, :1] > 0.0, congenial[:, :, :1], 1.0)
    return np.asarray(cost * congenial / wild)


def mask_traits(tumour: Tumour, mechanisms: Sequence[Mechanism]) -> tuple[Floats, Floats, Floats]:
    """What each set of mechanisms leaves of division [masks] and of each receptor, and frees of it [masks, factors]."""
    masks = 1 << len(mechanisms)
    cost, kept, caught = np.ones(masks), np.ones((masks, len(FACTORS))), np.ones((masks, len(FACTORS)))
    for bit, mechanism in enumerate(mechanisms):
        has = (np.arange(masks) >> bit) & 1 == 1
        cost[has] *= 1.0 - float(mechanism.fitness_cost)
        for factor, share in mechanism.receptors_kept.items():
            kept[has, FACTORS.index(factor)] *= float(share)
        for factor, share in mechanism.receptors_freed.items():
            caught[has, FACTORS.index(factor)] *= 1.0 - float(share)
    return cost, kept, 1.0 - caught


def _fill_host_cells(
    soils: Floats, tumour: Tumour, cells: HostCells | None, living: dict[str, Floats], inflamed: Floats, signals: Levels,
    without: Collection[str],
) -> None:  # fmt: skip
    """Fill what effector cells, inflammation and wounds do to a lesion in each soil."""
    soils[:, :, VEGF_OUTPUT] = 1.0 if tumour.dialogue is None else float(tumour.dialogue.vegf_output)
    soils[:, :, SWITCHING] = 1.0
    soils[:, :, DEPARTING] = departing(tumour, signals)[:, None]
    soils[:, :, CONFINED] = confined(tumour, signals)[:, None]
    if cells is None:
        return
    if cells.immunity is not None:
        if "macrophages" not in without:
            gain = float(cells.immunity.macrophage_gain)
            soils[:, :, MACROPHAGES] = gain * living["macrophages"] * signals["macrophage"][:, None]
        if "lymphocytes" not in without and tumour.visibility is not None:
            soils[:, :, LYMPHOCYTES] = living["lymphocytes"] * (1.0 + signals["lymphocyte"])[:, None]
            stayed = float(tumour.visibility.checkpoint) * (1.0 - signals["checkpoint"])
            soils[:, :, SEEN] = 1.0 - stayed[:, None]
            if cells.infiltration is not None and "lymphocyte infiltration" not in without:
                soils[:, :, DRIVE] = signals["infiltration"][:, None]
    if cells.inflammation is not None and tumour.dialogue is not None:
        soils[:, :, VEGF_OUTPUT] *= 1.0 + float(cells.inflammation.vegf) * inflamed
        soils[:, :, DEPARTING] *= 1.0 + float(cells.inflammation.shedding) * inflamed
    if cells.healing is not None:
        soils[:, :, SWITCHING] *= 1.0 + float(cells.healing.switch_gain) * signals["wound"][:, None]


def emission_tables(
    patient: Patient, success: Floats, landed: Floats, signals: Levels, without: Collection[str]
) -> tuple[Floats, Floats]:
    """Chances of a competent cell, once in a vessel of site i, at site j [conditions, sites, sites].

    Returns the chance that it founds a lesion in the tissue, and the chance that it arrests, lives through the day and
    founds none there: in a lesion it would have lived on. A share of the cells leaves in clusters, each of which
    succeeds as often as so many single cells; at most once.
    """
    tumour, host, spread = patient.tumour, patient.host, patient.tumour.spread
    viable, single = float(tumour.viable_when_shed), arrests(tumour, host, signals)
    share = 0.0 if spread is None or "clusters" in without else float(spread.cluster_share)
    gain = 1.0 if spread is None else float(spread.cluster_gain)
    together = share * arrests(tumour, host, signals, clusters=True) if share > 0.0 else single

    # C order whatever the solver gave: another layout is another type, for which all kernels are compiled again.
    shape = (len(signals), *single.shape[1:])
    alone, joined = (np.ascontiguousarray(np.broadcast_to(each, shape)) for each in (single, together))
    emission, landing = np.empty(shape), np.empty(shape)
    _fill_emission(alone, joined, share, gain, viable, success, landed, emission, landing)
    return emission, landing


@kernel
def _fill_emission(
    single: Floats, together: Floats, share: float, gain: float, viable: float, success: Floats, landed: Floats,
    emission: Floats, landing: Floats,
) -> None:  # fmt: skip
    """Fill what `emission_tables` returns from the chances that cells which travel ``single`` and ``together`` arrest."""
    for condition in range(emission.shape[0]):
        for origin in range(emission.shape[1]):
            for site in range(emission.shape[2]):
                alone, joined = single[condition, origin, site], together[condition, origin, site]
                founds, lives = success[condition, site], landed[condition, site]
                found, alive = alone * founds, alone * lives
                if share > 0.0:
                    found = found * (1.0 - share) + joined * min(1.0, gain * founds)
                    alive = alive * (1.0 - share) + joined * min(1.0, gain * lives)
                found *= viable
                emission[condition, origin, site] = found
                landing[condition, origin, site] = max(0.0, alive * viable - found)


def favour_table(patient: Patient, rates: Floats, without: Collection[str]) -> Floats:
    """How often founders whose mother has vigour succeed at each site, against a usual mother's [mothers, sites].

    ``rates`` are the rows of ``Model.site`` of a host at rest, and for him alone it is exact: under an agent or a wound
    that changes division in a soil, what a mother's vigour is worth there is still taken from him. And where a cluster
    succeeds surely, vigour is taken to help it all the same.
    """
    asleep, division, death = rates[:, QUIESCENCE], rates[:, DIVISION], rates[:, DEATH]
    # A patient at rest is the same before diagnosis and in every arm.
    key = (asleep.tobytes(), division.tobytes(), death.tobytes(), frozenset(without))
    make = partial(worth_of_vigour, patient.tumour, asleep, division, death, without)
    return _favours.get((patient.tumour,), key, make)


@kernel
def total_emission(emission: Floats, favour: Floats) -> Floats:
    """Chance that a competent cell, once it leaves site i, founds a lesion anywhere [conditions, mothers, sites]."""
    mothers, sites = favour.shape
    by_site = np.ascontiguousarray(favour.T)
    total = np.zeros((emission.shape[0], mothers, sites))
    anywhere = np.zeros(mothers)
    for condition in range(emission.shape[0]):
        for origin in range(sites):
            anywhere[:] = 0.0
            for site in range(sites):
                chance = emission[condition, origin, site]
                if chance > 0.0:
                    for mother in range(mothers):
                        anywhere[mother] += chance * by_site[site, mother]
            for mother in range(mothers):  # to assign the array takes seconds to compile
                total[condition, mother, origin] = anywhere[mother]
    return total
