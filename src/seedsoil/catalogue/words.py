"""The numbers of the nouns in plain words: what each means, where its name alone would not say it."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel

from seedsoil.biology.clone import (
    Crowding,
    Dialogue,
    Endocrine,
    Marker,
    Mechanism,
    Radiosensitivity,
    Spread,
    Traces,
    Tumour,
    Visibility,
)
from seedsoil.biology.medicine.drug import (
    Agent,
    Block,
    Cytostasis,
    Delivery,
    Distribution,
    EndothelialKill,
    Kill,
    Raise,
    Toxicity,
)
from seedsoil.biology.patient import Blood, Host
from seedsoil.biology.soils.host_cells import (
    Healing,
    HostCells,
    Immunity,
    Infiltration,
    Inflammation,
    Neutrophils,
    Protection,
    Stroma,
)
from seedsoil.biology.soils.soil import Barrier, Residents, Soil
from seedsoil.biology.staging import Staging

__all__ = ["FAMILIES", "GRADES", "MEANINGS", "ROUTES", "meaning"]

#: What a grade says of the evidence.
GRADES: Mapping[str, str] = {
    "human": "in people",
    "animal": "in animals",
    "cells": "in cells",
    "fitted": "fitted",
    "assumed": "assumed",
}
ROUTES: Mapping[str, str] = {
    "iv": "into a vein",
    "oral": "by mouth",
    "hepatic_artery": "into the hepatic artery",
}
#: What each family of factors and of addressins is made of.
FAMILIES: Mapping[str, str] = {
    "egf": "EGF receptor ligands",
    "igf": "insulin-like growth factors",
    "hgf": "HGF, which MET reads",
    "pdgf": "PDGF",
    "endothelin": "endothelin",
    "iron": "iron and metabolic supply",
    "bmp_antagonist": "antagonists of TGF-beta and BMP",
    "chemokine": "chemokines",
    "selectin": "selectins",
    "integrin": "integrin ligands",
    "lectin": "lectins",
}
_ACTION = {"maximum": "at most", "half": "half of it at", "power": "steepness (Hill coefficient)"}
#: The meaning of each number, by the noun that it belongs to; elsewhere its name says it.
MEANINGS: Mapping[type[BaseModel], Mapping[str, str]] = {
    Tumour: {
        "division_rate": "division, where every receptor is met",
        "death_rate": "death in any soil",
        "hypoxic_death_rate": "death added where oxygen lacks",
        "unmatched_death_rate": "death added where no survival factor is met",
        "ligand_half_saturation": "ligand level that fills half a receptor",
        "diffusion_rim": "fed from outside to a depth of",
        "co_option": "use of the host's vessels (1: all of them)",
        "replacement_share": "lesions that replace tissue, not push it",
        "primary_sprouts": "primaries that sprout vessels at once",
        "angiogenic_switch_rate": "a lesion learns to sprout vessels",
        "shedding_rate": "a cell leaves the tumour",
        "hypoxic_shedding_gain": "departures added where oxygen lacks, as a fold",
        "hypoxic_shedding_power": "by the lack of oxygen to the power of",
        "viable_when_shed": "share alive on leaving",
        "transit_loss_rate": "death in the stream",
        "transit_time": "time in each segment of the circulation",
        "early_loss_rate": "death soon after arrest",
        "early_loss_time": "for so long",
        "extravasation_rate": "leaving the vessel",
        "intravascular_death_rate": "death in the vessel until then",
        "quiescence_rate": "falling asleep, at full cue",
        "dormancy_sensitivity": "heed of the soil's cue to sleep",
        "wake_rate": "waking",
        "dormant_death_rate": "death asleep",
        "establishment_size": "cells after which chance no longer ends it",
        "hits": "alterations needed to found a metastasis",
        "hit_rate": "one alteration, per division",
        "instability_rate": "becoming unstable, per division",
        "instability_factor": "an unstable cell mutates so many times as often",
        "founder_variation": "spread of founders' division (CV)",
        "sensitivity_variation": "spread of what drugs do to their lesions (CV)",
        "premalignant_time": "growth before the first cancer cell",
    },
    Spread: {
        "protease_dependence": "share that cannot enter vessels without proteases",
        "protease_growth": "division at a lesion's edge that needs proteases",
        "cluster_share": "share that leaves in clusters",
        "cluster_size_trap": "clusters caught by size in one pass",
        "cluster_gain": "a cluster succeeds so many times as often",
        "platelet_cloak": "natural killer cells' blows warded off by platelets",
        "platelet_grip": "hold on vessel walls lent by platelets",
        "natural_killer_loss_rate": "death by natural killer cells after arrest",
        "lesion_attraction": "hold of a lesion's vessels on passing cells",
    },
    Visibility: {
        "antigen": "what lymphocytes see of a cell",
        "checkpoint": "lymphocytes stayed by the checkpoint",
    },
    Dialogue: {
        "vegf_output": "VEGF made (1: the usual)",
        "endothelin_receptors": "protection taken from astrocytes by endothelin",
        "gap_junctions": "protection taken through gap junctions",
        "stroma_recruitment": "fibroblasts drawn in",
        "inflammation_dependence": "life on what inflamed tissue supplies",
        "other_angiogenic": "call for vessels that is not VEGF's",
    },
    Endocrine: {
        "division": "divisions lost without the hormone",
        "death": "death added without it",
        "vegf": "VEGF not made without it, of that with oxygen",
    },
    Crowding: {
        "onset": "cells of a lesion up to which nobody crowds",
        "capacity": "cells at which divisions make up for deaths alone",
    },
    Radiosensitivity: {
        "alpha": "alpha",
        "alpha_beta_ratio": "alpha / beta",
        "hypoxic_protection": "dose for the same effect without oxygen, as a fold",
    },
    Staging: {"node_least": "a resected node is positive from a deposit of"},
    Traces: {
        "epithelial_share": "circulating cells with the epithelial antigen",
        "passing_share": "circulating cells that no capillary bed holds",
        "clearance_half_life": "half of those are cleared within",
        "cluster_cells": "cells of a cluster, on average",
        "genomes_per_death": "haploid genomes in the plasma, per dead cell",
    },
    Marker: {
        "secretion_rate": "secreted by each living cell",
        "background": "level without a tumour",
        "background_variation": "that differs between people by (CV)",
    },
    Mechanism: {
        "rate": "arises, per division",
        "fitness_cost": "division lost",
        "reversal_rate": "is lost again",
        "induced_fold": "as often while drugs kill with all their might",
        "hormone_freed": "kept of what a hormone gives, though it is taken away",
        "antigen_kept": "what lymphocytes still see",
        "radiation_share": "damage by radiation still felt",
    },
    Distribution: {
        "maximum_elimination": "eliminated at most",
        "half_elimination": "half of that at a level of",
        "maximum_distribution": "taken up by tissue at most",
        "half_distribution": "half of that at a level of",
        "return_rate": "back from tissue",
        "volume": "volume of the first compartment",
        "intercompartmental_clearance": "exchange with the second compartment",
        "peripheral_volume": "volume of the second compartment",
        "absorption_rate": "absorption",
        "bioavailability": "share of a dose by mouth that arrives",
        "effect_half_life": "half-life of the lag behind plasma",
        "first_pass_extraction": "share that the liver takes at first pass",
    },
    Delivery: {
        "permeability": "through the vessel wall",
        "loss": "loss in the tissue",
    },
    Kill: _ACTION
    | {
        "cycle_specificity": "share that needs a dividing cell",
        "carried": "comes in by nucleoside carriers",
    },
    Cytostasis: _ACTION | {"maximum": "divisions held at most"},
    EndothelialKill: _ACTION,
    Block: {"half": "half lost at"},
    Raise: _ACTION | {"fading_half_life": "follows the level, and fades, by half in"},
    Toxicity: {
        "neutrophil_slope": "neutrophils slowed, per mg/L in plasma",
        "neutrophil_delay": "felt so much later",
        "cumulative_limit": "most in a life",
    },
    Agent: {"barrier_passage": "level while it is closed, against plasma"},
    Soil: {
        "dormancy_cue": "cue to sleep",
        "vessel_density": "vessels",
        "lethal_volume": "tumour at half of the greatest hazard of death",
        "released_share": "what is let go here and reaches the blood",
        "vessel_loss": "how hard its vessels are on a cell that they hold",
    },
    Barrier: {
        "opening_diameter": "half open when a lesion measures",
        "ceiling": "opens at most",
        "ceiling_variation": "that differs between lesions by (CV)",
        "cell_passage": "pace of cells that leave, against no barrier",
    },
    Residents: {"inflammation": "inflamed by itself"},
    Blood: {
        "volume": "blood of the body",
        "plasma_share": "share of it that is plasma",
        "free_genomes": "haploid genomes of healthy cells in plasma",
        "free_dna_half_life": "half of the free DNA is cleared within",
    },
    Host: {
        "cardiac_output": "blood that the heart moves",
        "vascular_timescale": "vessels change so many times as slowly as in mice",
        "burden_hazard": "greatest hazard of death by one soil's tumour",
        "burden_power": "steepness of that hazard",
        "mortality_at_fifty": "death by other causes, at 50 years",
        "mortality_slope": "its rise, per year of age",
        "tissue_mutation_rate": "mutations of healthy tissue, per base and year",
    },
    HostCells: {"tissue_flow": "blood flow, per volume of tissue"},
    Infiltration: {
        "entry": "lymphocytes that come in, per tumour cell",
        "contacts": "cells that each of them meets",
        "expansion": "their greatest rate of division",
        "targets": "cells that each kills at most",
        "bystanders": "neighbours that each cell which is killed takes along",
    },
    Immunity: {
        "kill_rate": "greatest kill by effectors of level 1",
        "half_size": "lesion at which half of it is left, in cells",
        "turnover": "lymphocytes renewed",
        "recruitment": "lymphocytes called in, at most",
        "recruitment_size": "half of it for a lesion of so many cells",
        "exhaustion": "lymphocytes lost, per tumour cell",
        "macrophage_gain": "an awake macrophage counts so many times",
    },
    Protection: {
        "fold": "drug needed for the same effect, as a fold",
        "programme_time": "time that the programme takes",
        "occupancy_half": "endothelin of half occupancy",
        "contact_depth": "astrocytes touch a lesion to a depth of",
    },
    Stroma: {
        "turnover_time": "fibroblasts come and go within",
        "supply": "growth factors supplied",
        "restraint": "division restrained",
        "hindrance": "drug levels are divided by 1 plus",
    },
    Inflammation: {
        "macrophage_share": "from macrophages at rest",
        "supply": "growth factors supplied",
        "vegf": "VEGF added, as a fold",
        "shedding": "departures added, as a fold",
    },
    Healing: {
        "half_life": "half-life of a wound's signal",
        "supply": "growth factors supplied",
        "switch_gain": "lesions that learn to sprout, added as a fold",
    },
    Neutrophils: {
        "transit_time": "a neutrophil ripens in",
        "feedback": "feedback of the count (power)",
        "baseline": "usual count",
        "danger": "count of grade 4",
    },
}


def meaning(noun: BaseModel, field: str) -> str:
    """Return in plain words what a number of a noun means."""
    return MEANINGS.get(type(noun), {}).get(field) or FAMILIES.get(field) or field.replace("_", " ")
