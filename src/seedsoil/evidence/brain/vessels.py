"""H4 to H6: VEGF of the tumour and metastases in the brain: six lines, VEGF taken from two, and given to one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.soils.factors import FACTORS, levels
from seedsoil.catalogue.load import entry
from seedsoil.evidence.bench import cohort, counted, per_patient
from seedsoil.evidence.claim import Ablation, Band, Chart, Check, Claim, Direction, Finding, Setting
from seedsoil.evidence.estimates import again, mean, ratio
from seedsoil.evidence.organs.score import ranked

#: VEGF that six lines make [1], assumed, in the order of the study's groups.
_LINES = {"PC14PE6": 2.4, "KM12SM": 2.0, "PC14Br": 1.6, "SN12PM6": 0.6, "H226": 0.5, "TXM13": 0.4}
#: What an antisense gene leaves of a line's VEGF [1], assumed; what sense genes make of H226's: as much as PC14PE6 has.
_ANTISENSE, _SENSE = 0.2, 2.4
_READ, _END, _SECTION, _LARGE = "55 days", "56 days", "1 mm", "2 mm"

_Mice = NDArray[np.float64]


def _line(vegf: float, **traits: str) -> dict[str, Any]:
    """A line like KM12SM that makes so much VEGF and pushes the brain aside, if not said otherwise."""
    return {"is": "km12sm", "dialogue": {"vegf_output": f"{vegf:g}"}, "replacement_share": "0", **traits}


def _matched(vegf: float, histology: str) -> dict[str, Any]:
    """Such a line with the receptors and the co-option of an entry."""
    like = entry("tumours", histology)
    return _line(vegf, co_option=f"{float(like.co_option):g}") | {
        kind: {factor: f"{level:g}" for factor, level in zip(FACTORS, levels(getattr(like, kind)), strict=True)}
        for kind in ("receptors", "survival_receptors")
    }


def _brains(setting: Setting, table: dict[str, Any]) -> dict[str, _Mice]:
    """What is in each mouse's brain eight weeks after 1e5 cells of a line into its artery: cells, and lesions by size."""
    orders = [
        {"inject": "1e5 cells", "into": "brain", "at": "0 days"},
        *({"count": "colonies", "at": _READ, "size": size} for size in (_SECTION, _LARGE)),
    ]
    trial = cohort(
        setting, animals=setting.animals(5, 20), tumour=table, host="nude_mouse", until=_END, arms={"artery": orders},
        without=("burden death",),
    )  # fmt: skip
    return {
        "cells": per_patient(trial, "lesions", "cells_at_end", "artery", {"site": "brain"}),
        "lesions": counted(trial, "colonies", "artery", 0, "brain", of=2),
        "large": counted(trial, "colonies", "artery", 1, "brain", of=2),
    }


def _size(cells: _Mice) -> _Mice:
    return np.log10(np.maximum(cells, 1.0))


def _by_vegf(*mice: _Mice) -> float:
    """Rank correlation of the lines' VEGF with the mean logarithm of the cells in their brains."""
    return ranked(list(_LINES.values()), [float(_size(cells).mean()) for cells in mice])


def _six_lines(setting: Setting) -> Finding:
    """Growth in the brain of the six lines against what VEGF they make."""
    found = {name: _brains(setting, _line(vegf)) for name, vegf in _LINES.items()}
    cells = [found[name]["cells"] for name in _LINES]
    means, vegf = [float(_size(each).mean()) for each in cells], list(_LINES.values())
    co_opting = _brains(setting, _line(_LINES["TXM13"], co_option="0.8", replacement_share="1"))
    return Finding(
        again(cells, _by_vegf),
        len(cells[0]),
        {
            "spread": again(cells, lambda *mice: float(np.ptp([_size(each).mean() for each in mice]))),
            "melanoma that co-opts": again([*cells[:-1], co_opting["cells"]], _by_vegf),
        },
        {"lines": {"line": list(_LINES), "VEGF": vegf, "log10 cells": means,
                   "lesions of 1 mm": [float(found[name]["lesions"].mean()) for name in _LINES]}},
        (Chart("Six lines in the brain, day 56", "VEGF made (1: the usual)", "Cells in the brain (log10)",
               {"lines": {"x": vegf, "y": means}}, "points"),),
    )  # fmt: skip


def _antisense(setting: Setting) -> Finding:
    """Large metastases of mice that were given cells with an antisense gene, over those of mice given the parents."""
    parents, changed = (
        [_brains(setting, _line(left * _LINES[name])) for name in ("PC14PE6", "KM12SM")] for left in (1.0, _ANTISENSE)
    )

    def both(of: list[dict[str, _Mice]], what: str) -> _Mice:
        return np.concatenate([one[what] for one in of])

    arms = {"parents": parents, "antisense": changed}
    ratios = {what: ratio(both(changed, what), both(parents, what)) for what in ("large", "lesions", "cells")}
    return Finding(
        ratios["large"],
        len(both(parents, "cells")),
        {"lesions": ratios["lesions"], "cells": ratios["cells"], "parents": mean(both(parents, "large"))},
        {"mice": {f"{name}, {what}": both(of, what).tolist() for name, of in arms.items() for what in ratios}},
    )


def _sense(setting: Setting) -> Finding:
    """How much of what H226 lacks against PC14PE6 in the brain is made good by as much VEGF."""
    like = "lung_adenocarcinoma" if setting.ablated else "lung_squamous"
    low, rich = _LINES["H226"], _SENSE
    parent, sense = (_brains(setting, _matched(vegf, like)) for vegf in (low, rich))
    fast = _brains(setting, _matched(rich, "lung_adenocarcinoma"))
    return Finding(
        again([one["cells"] for one in (parent, sense, fast)], _made_good),
        len(parent["cells"]),
        {
            "sense": ratio(sense["cells"], parent["cells"]),
            "fast": ratio(parent["lesions"], fast["lesions"]),
        },
        {
            "cells": {
                "H226": parent["cells"].tolist(),
                "H226 sense": sense["cells"].tolist(),
                "PC14PE6": fast["cells"].tolist(),
            }
        },
    )


def _made_good(parent: _Mice, sense: _Mice, fast: _Mice) -> float:
    """The share of the gap between the mean logarithms of two lines that a third closes."""
    low, between, high = (float(_size(mice).mean()) for mice in (parent, sense, fast))
    return (between - low) / (high - low) if high != low else float("nan")


CLAIMS = (
    Claim(
        id="H4", statement="How fast metastases grow in the brain goes with the VEGF that their cells make.", sources=("yano_2000", "kienast_2010"),
        setup="1e5 cells of each of six human lines into the artery of the brain of nude mice: KM12SM with VEGF assumed in the order of the study's "
        "fast and slow lines. Lesions push the brain aside and grow vessels of their own, as quick ones of the study and carcinomas of the lung "
        "(Kienast 2010) did; besides, a melanoma that grows along the brain's vessels, as Kienast's did. Cells in the brain after eight weeks, "
        "no mouse dying before, 5 mice a line, in full mode 20.",
        observable="rank correlation of VEGF made with cells in the brain (mean logarithm), six lines", unit="1", band=Band(0.7, 1.0),
        ablation=Ablation("no sprouting", "VEGF then has no vessels to raise", without=("sprouting",)),
        experiment=_six_lines,
        checks=(
            Check("spread", "between the largest and the smallest line", "log10 cells"),
            Check("melanoma that co-opts", "rank correlation if the melanoma grows along the brain's vessels", "1"),
        ),
        parameters=("tumour.dialogue.vegf_output: assumed", "tumour.co_option: assumed", "soils.brain.vessel_density: assumed"),
    ),
    Claim(
        id="H5", statement="With an antisense gene against VEGF, tumour cells make fewer metastases in the brain.", sources=("yano_2000",),
        setup="1e5 cells of KM12SM and of PC14PE6 into the artery of the brain of nude mice, as they are and with a fifth of their VEGF (assumed); "
        "metastases of 2 mm or more after eight weeks, no mouse dying before, 5 mice a line and arm, in full mode 20. Every virtual mouse has "
        "one, so that they are counted.",
        observable="metastases of 2 mm or more in the brain, antisense over parents", unit="1", direction=Direction("below", 1.0),
        ablation=Ablation("no sprouting", "VEGF then has no vessels to raise, and less of it costs nothing", without=("sprouting",)),
        experiment=_antisense,
        checks=(
            Check("lesions", "metastases of 1 mm or more, antisense over parents", "1"),
            Check("cells", "cells in the brain, antisense over parents", "1"),
            Check("parents", "metastases of 2 mm or more in a mouse, parents", "1"),
        ),
        parameters=("tumour.dialogue.vegf_output: assumed", "tumour.co_option: assumed", "soils.brain.vessel_density: assumed"),
    ),
    Claim(
        id="H6", statement="More VEGF in squamous lung cells neither raises nor lowers their metastases in the brain: it is not enough by itself.",
        sources=("yano_2000",),
        setup="1e5 cells of H226 into the artery of the brain of nude mice, as they are and with as much VEGF as PC14PE6 makes, and PC14PE6; all as "
        "quick as KM12SM, with receptors and co-option of squamous and of adenocarcinoma; cells in the brain after eight weeks, no mouse dying "
        "before, 5 mice an arm, in full mode 20.",
        observable="share of the gap to PC14PE6 (mean logarithm of cells in the brain) that sense VEGF closes; 1 if VEGF were enough", unit="1",
        direction=Direction("below", 1.0),
        ablation=Ablation("a line that lacks VEGF alone", "with receptors and co-option of PC14PE6, VEGF is all that is missing, and is enough"),
        experiment=_sense,
        checks=(
            Check("sense", "cells in the brain, sense over parent", "1"),
            Check("fast", "metastases of 1 mm or more, H226 over PC14PE6", "1"),
        ),
        parameters=("tumour.receptors: assumed", "tumour.dialogue.vegf_output: assumed", "tumour.co_option: assumed"),
    ),
)  # fmt: skip
