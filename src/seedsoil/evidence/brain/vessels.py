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

#: Six lines: VEGF made [1], assumed, in the order of the study's groups; entry of like histology, whose co-option they have.
_LINES = {
    "PC14PE6": (2.4, "lung_adenocarcinoma"),
    "KM12SM": (2.0, "km12sm"),
    "PC14Br": (1.6, "lung_adenocarcinoma"),
    "SN12PM6": (0.6, "kidney_clear_cell"),
    "H226": (0.5, "lung_squamous"),
    "TXM13": (0.4, "melanoma"),
}
#: What an antisense gene leaves of a line's VEGF [1], assumed; what sense genes make of H226's: as much as PC14PE6 has.
_ANTISENSE, _SENSE = 0.2, 2.4
_READ, _END, _SECTION, _LARGE = "41 days", "42 days", "1 mm", "2 mm"

_Mice = NDArray[np.float64]


def _line(vegf: float, histology: str, matched: bool = False) -> dict[str, Any]:
    """A line as quick as KM12SM, with so much VEGF and the co-option of an entry; ``matched``: with its receptors too."""
    like = entry("tumours", histology)
    table: dict[str, Any] = {
        "is": "km12sm",
        "dialogue": {"vegf_output": f"{vegf:g}"},
        "co_option": f"{float(like.co_option):g}",
    }
    if matched:
        for kind in ("receptors", "survival_receptors"):
            table[kind] = {
                factor: f"{level:g}" for factor, level in zip(FACTORS, levels(getattr(like, kind)), strict=True)
            }
    return table


def _brains(setting: Setting, table: dict[str, Any]) -> dict[str, _Mice]:
    """What is in each mouse's brain six weeks after 1e5 cells of a line into its artery: cells, and lesions by size."""
    orders = [
        {"inject": "1e5 cells", "into": "brain", "at": "0 days"},
        *({"count": "colonies", "at": _READ, "size": size} for size in (_SECTION, _LARGE)),
    ]
    trial = cohort(
        setting, animals=setting.animals(8, 20), tumour=table, host="nude_mouse", until=_END, arms={"artery": orders},
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
    return ranked([vegf for vegf, _ in _LINES.values()], [float(_size(cells).mean()) for cells in mice])


def _six_lines(setting: Setting) -> Finding:
    """Growth in the brain of the six lines against what VEGF they make."""
    found = {name: _brains(setting, _line(*traits)) for name, traits in _LINES.items()}
    alike = [_brains(setting, _line(vegf, "km12sm"))["cells"] for vegf, _ in _LINES.values()]
    cells = [found[name]["cells"] for name in _LINES]
    means = [float(_size(each).mean()) for each in cells]
    vegf, borrowed = zip(
        *((made, float(entry("tumours", like).co_option)) for made, like in _LINES.values()), strict=True
    )
    spread = again(alike, lambda *mice: float(np.ptp([_size(each).mean() for each in mice])))
    return Finding(
        again(cells, _by_vegf),
        len(cells[0]),
        {
            "co-option": again(cells, lambda *mice: ranked(borrowed, [float(_size(each).mean()) for each in mice])),
            "one co-option": again(alike, _by_vegf),
            "spread": spread,
        },
        {"lines": {"line": list(_LINES), "VEGF": list(vegf), "co-option": list(borrowed), "log10 cells": means,
                   "lesions of 1 mm": [float(found[name]["lesions"].mean()) for name in _LINES]}},
        (Chart("Six lines in the brain, day 42", "VEGF made (1: the usual)", "Cells in the brain (log10)",
               {"lines": {"x": list(vegf), "y": means}}, "points"),),
    )  # fmt: skip


def _with_large(mice: dict[str, _Mice]) -> _Mice:
    return (mice["large"] > 0).astype(np.float64)


def _antisense(setting: Setting) -> Finding:
    """Mice with a large metastasis among those given cells with an antisense gene, over those given the parents."""
    parents, changed = (
        [_brains(setting, _line(left * _LINES[name][0], _LINES[name][1])) for name in ("PC14PE6", "KM12SM")]
        for left in (1.0, _ANTISENSE)
    )

    def both(of: list[dict[str, _Mice]], what: str) -> _Mice:
        return np.concatenate([_with_large(one) if what == "incidence" else one[what] for one in of])

    arms = {"parents": parents, "antisense": changed}
    ratios = {what: ratio(both(changed, what), both(parents, what)) for what in ("incidence", "lesions", "cells")}
    return Finding(
        ratios["incidence"],
        len(both(parents, "cells")),
        {"lesions": ratios["lesions"], "cells": ratios["cells"], "parents": mean(both(parents, "incidence"))},
        {"mice": {f"{name}, {what}": both(of, what).tolist() for name, of in arms.items() for what in ratios}},
    )


def _sense(setting: Setting) -> Finding:
    """How much of what H226 lacks against PC14PE6 in the brain is made good by as much VEGF."""
    like = "lung_adenocarcinoma" if setting.ablated else "lung_squamous"
    low, rich = _LINES["H226"][0], _SENSE
    parent, sense = (_brains(setting, _line(vegf, like, matched=True)) for vegf in (low, rich))
    fast = _brains(setting, _line(rich, "lung_adenocarcinoma", matched=True))
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
        id="H4", statement="How fast metastases grow in the brain goes with the VEGF that their cells make.", sources=("yano_2000",),
        setup="1e5 cells of each of six human lines into the artery of the brain of nude mice; all as quick as KM12SM, with VEGF assumed in the "
        "order of the study's fast and slow lines, and the co-option of entries of like histology; cells in the brain after six weeks, no mouse "
        "dying before, 8 mice a line, in full mode 20.",
        observable="rank correlation of VEGF made with cells in the brain (mean logarithm), six lines", unit="1", band=Band(0.7, 1.0),
        ablation=Ablation("no sprouting", "VEGF then has no vessels to raise", without=("sprouting",)),
        experiment=_six_lines,
        checks=(
            Check("co-option", "rank correlation with how far the lines use the brain's vessels", "1"),
            Check("one co-option", "rank correlation with VEGF if all lines use them as KM12SM does", "1"),
            Check("spread", "then between the largest and the smallest line", "log10 cells"),
        ),
        parameters=("tumour.dialogue.vegf_output: assumed", "tumour.co_option: assumed", "organs.brain.vessel_density: assumed"),
    ),
    Claim(
        id="H5", statement="With an antisense gene against VEGF, tumour cells make fewer metastases in the brain.", sources=("yano_2000",),
        setup="1e5 cells of KM12SM and of PC14PE6 into the artery of the brain of nude mice, as they are and with a fifth of their VEGF (assumed); "
        "mice with a metastasis of 2 mm or more after six weeks, no mouse dying before, 8 mice a line and arm, in full mode 20.",
        observable="incidence of large brain metastases, antisense over parents", unit="1", direction=Direction("below", 1.0),
        ablation=Ablation("no sprouting", "VEGF then has no vessels to raise, and less of it costs nothing", without=("sprouting",)),
        experiment=_antisense,
        checks=(
            Check("lesions", "metastases of 1 mm or more, antisense over parents", "1"),
            Check("cells", "cells in the brain, antisense over parents", "1"),
            Check("parents", "mice with a large metastasis, parents", "1"),
        ),
        parameters=("tumour.dialogue.vegf_output: assumed", "tumour.co_option: assumed", "organs.brain.vessel_density: assumed"),
    ),
    Claim(
        id="H6", statement="More VEGF in squamous lung cells neither raises nor lowers their metastases in the brain: it is not enough by itself.",
        sources=("yano_2000",),
        setup="1e5 cells of H226 into the artery of the brain of nude mice, as they are and with as much VEGF as PC14PE6 makes, and PC14PE6; all as "
        "quick as KM12SM, with receptors and co-option of squamous and of adenocarcinoma; cells in the brain after six weeks, no mouse dying "
        "before, 8 mice an arm, in full mode 20.",
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
