"""P32, P35: a taxane and a blocker against endothelium in bone; bevacizumab, and what reaches a tumour after it."""

from __future__ import annotations

from collections.abc import Mapping

from calibration.target import Aim, Free, Target
from seedsoil.evidence.claim import Setting
from seedsoil.evidence.established.vessels import antibody, docetaxel
from seedsoil.evidence.vasculature.mice import medians_ratio
from seedsoil.evidence.vasculature.resistant import in_bone, with_tumour

#: Another seed than the claims have.
_SEED = 8_1130


def _uptake() -> Mapping[str, float]:
    """An antibody in SKOV3ip1 of mice six days after bevacizumab, and perfusion of a lung cancer five hours and four days after it."""
    setting = Setting("fast", _SEED)
    lung = docetaxel(setting)
    return {
        "antibody": antibody(setting).figure.value,
        "perfusion after five hours": lung.checks["five hours"].value,
        "perfusion on day 4": lung.figure.value,
    }


def _bone() -> Mapping[str, float]:
    """Resistant prostate cancer in the bone of mice: tumours under both drugs, and what the taxane alone leaves of one."""
    trial = in_bone(Setting("fast", _SEED), 40)
    return {
        "with a tumour": with_tumour(trial, "both").value,
        "weight, taxane alone": medians_ratio(trial, "paclitaxel", "control").value,
    }


TARGETS = (
    Target(
        id="P32",
        source="uehara_2003",
        words="imatinib with paclitaxel leaves a tumour in 0.22 of mice (0.05 to 0.45), paclitaxel alone 0.9 of its weight (0.8 to 1): how fast "
        "the taxane kills endothelium by the first, how far PDGF keeps that alive by the second",
        free=(
            Free("agents.paclitaxel.endothelial_kill.maximum"),
            Free("tumours.pc3mm2_mdr.dialogue.endothelial_support.pdgf", "linear", ("tumours.pc3mm2.dialogue.endothelial_support.pdgf",)),
        ),
        aims={"with a tumour": Aim(0.22, 0.1), "weight, taxane alone": Aim(0.9, 0.05)},
        figures=_bone,
    ),
    Target(
        id="P35",
        source="arjaans_2013",
        words="bevacizumab lowers the uptake of an antibody and of chemotherapy to 0.7 (0.5 to 0.9): the level at which half of the VEGF is "
        "held by the first, VEGF's share of the flow by the second within hours, before any vessel has come or gone, and four days later. How "
        "fast vessels come and go in people hardly moves any of the three",
        free=(Free("agents.bevacizumab.blocks.vegf.half"), Free("vessels.two_pool.vegf_tone", "linear")),
        aims={"antibody": Aim(0.7, 0.1), "perfusion after five hours": Aim(0.7, 0.1), "perfusion on day 4": Aim(0.7, 0.1)},
        figures=_uptake,
    ),
)  # fmt: skip
