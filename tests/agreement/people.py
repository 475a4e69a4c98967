"""A small patient of whom every number is given here: five sites, and all that host cells and tumour can say and do.

Growth and seeding are quick, so that weeks show what takes years; the catalogue may change as it likes.
"""

from __future__ import annotations

import numpy as np
from pydantic import BaseModel

from seedsoil.biology.clone import Dialogue, Endocrine, Mechanism, Spread, Tumour, Visibility
from seedsoil.biology.journey.anatomy import Anatomy
from seedsoil.biology.journey.anatomy import Site as Place
from seedsoil.biology.medicine.drug import Agent
from seedsoil.biology.patient import Host, Patient
from seedsoil.biology.signals import BLOCKED, RAISED
from seedsoil.biology.soils.factors import ADDRESSINS, FACTORS
from seedsoil.biology.soils.host_cells import (
    Healing,
    HostCells,
    Immunity,
    Infiltration,
    Inflammation,
    Protection,
    Stroma,
)
from seedsoil.biology.soils.soil import Residents, Soil
from seedsoil.biology.soils.vasculature import Vasculature
from seedsoil.foundation.value import Value

VESSELS = Vasculature(
    name="vessels", title="Vessels", sprouting="1 /day", sprouting_half=1, crowding=2.2, maturation="1.1 /day",
    ang2_half=1, vegf_hinders_maturation=0.23, destabilisation="0.98 /day", destabilisation_half=1.5,
    immature_loss="0.4 /day", immature_rescue=0.16, mature_loss="0.11 /day", mature_rescue=0.05,
    mature_turnover="0.02 /day", immature_perfusion=0.2, mature_perfusion=1, mature_leak=0.1, oxygen_reach=2,
    vegf_basal=0.3, vegf_hypoxic=7, ang2_basal=0.53, ang2_hypoxic=1.16, ang2_pericyte_loss=5.9, pericyte_support=0.3,
    host_sprouts=0.02, reference_density="100 mm/mm^3", vegf_tone=0.35, ang2_opening=2.5, oxygen_extraction=0.5,
    quiet_endothelium=0.4,
)  # fmt: skip

_KINDS = ("astrocytes", "macrophages", "lymphocytes", "natural_killers", "fibroblasts", "inflammation")


def _soil(name: str, living: tuple[float, ...], **more: object) -> Soil:
    """A tissue with the usual supplies; ``living`` are its host cells in the order of ``_KINDS``."""
    usual = {"dormancy_cue": 0.3, "vessel_density": "400 mm/mm^3", "lethal_volume": "20 mL"}
    return Soil(
        name=name, title=name, residents=Residents(**dict(zip(_KINDS, living, strict=True))),
        ligands=dict(zip(FACTORS, (0.5, 0.3, 0.3, 0.2, 0.6, 0.4, 0.3, 0.3), strict=True)),
        addressins=dict.fromkeys(ADDRESSINS, 0.3), **(usual | more),
    )  # fmt: skip


SOILS = (
    _soil("lung", (0.0, 0.7, 0.5, 0.5, 0.4, 0.2)),
    _soil("gut", (0.0, 0.3, 0.3, 0.2, 0.8, 0.4), vessel_density="200 mm/mm^3"),
    _soil("liver", (0.0, 1.0, 0.6, 0.8, 0.5, 0.1), vessel_density="600 mm/mm^3"),
    _soil(
        "brain", (1.0, 0.3, 0.2, 0.0, 0.0, 0.0),
        barrier={"opening_diameter": "0.4 mm", "ceiling": 0.4, "ceiling_variation": 0.6},
    ),
)  # fmt: skip


def _anatomy() -> Anatomy:
    places = (
        Place(name="lung", soil="lung", size_trap=0.5),
        Place(name="aorta", size_trap=0),
        Place(name="gut", soil="gut", size_trap=0.6),
        Place(name="liver", soil="liver", size_trap=0.5, artery="hepatic_artery", arterial_flow="20 L/day"),
        Place(name="brain", soil="brain", size_trap=0.7),
    )
    shares = {("lung", "aorta"): 1, ("aorta", "gut"): 0.3, ("aorta", "liver"): 0.2, ("aorta", "brain"): 0.5,
              ("gut", "liver"): 1, ("liver", "lung"): 1, ("brain", "lung"): 1}  # fmt: skip
    vessels = tuple({"source": one, "target": other, "share": share} for (one, other), share in shares.items())
    return Anatomy(name="small", sites=places, vessels=vessels)


CELLS = HostCells(
    tissue_flow="700 /day",
    immunity=Immunity(
        kill_rate="0.3 /day", half_size=1e6, turnover="0.05 /day", recruitment="0.3 /day", recruitment_size=1e5,
        exhaustion="1e-8 /day", macrophage_gain=5,
    ),
    infiltration=Infiltration(entry="1e-5 /day", contacts="20 /day", expansion="0.2 /day", targets="0.3 /day", bystanders=0.4),
    protection=Protection(fold=4, programme_time="3 day", occupancy_half=1, contact_depth="0.08 mm"),
    stroma=Stroma(turnover_time="20 day", supply=0.2, restraint=0.3, hindrance=1.5),
    inflammation=Inflammation(macrophage_share=0.3, supply=0.2, vegf=0.6, shedding=0.8),
    healing=Healing(half_life="10 day", supply=0.4, switch_gain=3),
)  # fmt: skip

HOST = Host(
    name="small", title="Small", weight="70 kg", body_surface="1.8 m^2", age="60 year", cardiac_output="6000 L/day",
    anatomy=_anatomy(), soils=SOILS, vascular_timescale=2, burden_hazard="0.03 /day", burden_power=2,
    mortality_at_fifty="1e-5 /day", mortality_slope=0.09, cells=CELLS,
)  # fmt: skip

#: What resists: a pump, a sleeper's state that is lost again, and a change that hides and slows.
MECHANISMS = (
    Mechanism(name="pump", rate=1e-5, fitness_cost=0.02, reversed_by="efflux", receptors_freed={"egf": 0.6}, hormone_freed=0.7),
    Mechanism(name="persister", rate=1e-3, fitness_cost=0.3, reversal_rate="0.05 /day", induced_fold=10),
    Mechanism(
        name="mask", rate=2e-5, fitness_cost=0.05, reversal_rate="0.01 /day", antigen_kept=0.2,
        receptors_kept={"egf": 0.5, "hgf": 0.3},
    ),
)  # fmt: skip

TUMOUR = Tumour(
    name="quick", title="Quick", site="gut", division_rate="0.45 /day", death_rate="0.1 /day",
    hypoxic_death_rate="0.1 /day", unmatched_death_rate="0.05 /day",
    receptors=dict(zip(FACTORS, (0.7, 0.3, 0.6, 0.2, 0.4, 0.1, 0.1, 0.3), strict=True)),
    survival_receptors=dict(zip(FACTORS, (0.4, 0.5, 0.3, 0.1, 0.2, 0.3, 0.1, 0.3), strict=True)),
    ligand_half_saturation=0.3, adhesion=dict.fromkeys(ADDRESSINS, 0.4), diffusion_rim="0.14 mm", co_option=0.4,
    replacement_share=0.4, primary_sprouts=1, angiogenic_switch_rate="0.02 /day", shedding_rate="1e-5 /day",
    hypoxic_shedding_gain=4, hypoxic_shedding_power=2, viable_when_shed=0.5, transit_loss_rate="300 /day",
    transit_time="30 s", early_loss_rate="0.2 /day", early_loss_time="1 day", extravasation_rate="0.5 /day",
    intravascular_death_rate="0.2 /day", quiescence_rate="1 /day", dormancy_sensitivity=0.8, wake_rate="0.05 /day",
    dormant_death_rate="0.01 /day", establishment_size=50, hits=1, hit_rate=5e-3, instability_rate=5e-4,
    instability_factor=5, founder_variation=0.3, sensitivity_variation=0.5,
    spread=Spread(
        protease_dependence=0.5, cluster_share=0.2, cluster_size_trap=0.95, cluster_gain=10, platelet_cloak=0.7,
        platelet_grip=0.4, natural_killer_loss_rate="2 /day",
        lesion_attraction=3, protease_growth=0.4,
    ),
    visibility=Visibility(antigen=0.8, checkpoint=0.6),
    dialogue=Dialogue(
        vegf_output=1.3, endothelial_support=dict(zip(FACTORS, (0.3, 0, 0, 0.5, 0.4, 0, 0, 0), strict=True)),
        endothelin_receptors=0.8, gap_junctions=0.4, stroma_recruitment=0.9, inflammation_dependence=0.7,
        other_angiogenic=0.4,
    ),
    endocrine=Endocrine(hormone="oestrogen", division=0.2, death="0.01 /day", vegf=0.5),
    mechanisms=MECHANISMS,
)  # fmt: skip

PATIENT = Patient(tumour=TUMOUR, host=HOST)


def _agent(name: str, volume: str, **more: object) -> Agent:
    given = {"routes": ("iv", "hepatic_artery"), "barrier_passage": 0.05}
    body = {"clearance": "10 L/day", "volume": volume, "first_pass_extraction": 0.7}
    return Agent(name=name, title=name, distribution=body, **(given | more))


#: A small molecule limited by flow, a large one limited by leak, one that knows no delivery, and one for the host's cells.
POISON = _agent(
    "poison", "20 L", delivery={"permeability": "5000 /day", "loss": "300 /day"}, resistance={"pump": 30, "mask": 3},
    kill={"maximum": "0.9 /day", "half": "2 mg/L", "power": 1.5, "cycle_specificity": 1},
)  # fmt: skip
CONJUGATE = _agent(
    "conjugate", "5 L", delivery={"permeability": "4 /day", "loss": "8 /day"}, resistance={"persister": 10},
    kill={"maximum": "0.5 /day", "half": "3 mg/L", "power": 2, "cycle_specificity": 0.3},
    cytostasis={"maximum": 0.6, "half": "0.4 mg/L", "power": 1.2},
)  # fmt: skip
SALT = _agent(
    "salt", "30 L", barrier_passage=0.3, resistance={"persister": 4},
    kill={"maximum": "0.4 /day", "half": "1 mg/L", "power": 1, "cycle_specificity": 0},
)  # fmt: skip
CALL = _agent(
    "call", "10 L", endothelial_kill={"maximum": "0.2 /day", "half": "3 mg/L", "power": 1.5}, resistance={"mask": 5},
    cytostasis={"maximum": 0.9, "half": "0.8 mg/L", "power": 2},
    blocks=tuple({"target": target, "half": f"{2 + place} mg/L"} for place, target in enumerate(BLOCKED)),
    raises=tuple(
        {"target": target, "half": f"{3 + place} mg/L", "maximum": 1.5, "power": 1} for place, target in enumerate(RAISED)
    ),
)  # fmt: skip
AGENTS = (POISON, CONJUGATE, SALT, CALL)

#: Whole numbers, and shares that must add up, are left as they are.
_KEPT = {"hits", "establishment_size", "anatomy"}


def shaken(noun: BaseModel, luck: np.random.Generator) -> BaseModel:
    """The same noun with every number multiplied by up to 2 or down to a half; what is a share stays one."""
    changed: dict[str, object] = {}
    for name in type(noun).model_fields:
        held = getattr(noun, name)
        if isinstance(held, Value) and name not in _KEPT:
            number = held.number * 2.0 ** luck.uniform(-1.0, 1.0)
            changed[name] = held.model_copy(update={"number": min(1.0, number) if held.number <= 1.0 else number})
        elif isinstance(held, BaseModel) and not isinstance(held, Value) and name not in _KEPT:
            changed[name] = shaken(held, luck)
        elif isinstance(held, tuple) and all(isinstance(one, BaseModel) for one in held):
            changed[name] = tuple(shaken(one, luck) for one in held)
    return noun.model_copy(update=changed)


def changed(noun: BaseModel, **numbers: float | None) -> BaseModel:
    """The same noun with other numbers, in the units of its fields; None takes a group out."""
    update = {
        name: None if number is None else getattr(noun, name).model_copy(update={"number": number})
        for name, number in numbers.items()
    }
    return noun.model_copy(update=update)


def quick_patient(**numbers: float | None) -> Patient:
    """A patient whose tumour grows to a gram in some months, with some of its numbers changed."""
    return Patient(tumour=changed(TUMOUR, **numbers), host=HOST)
