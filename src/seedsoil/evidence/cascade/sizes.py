"""B1, B2: how large a breast cancer was when its first metastasis settled, and whom an operation at a size leaves free."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.soils.vessels import cells_of
from seedsoil.evidence.bench import cohort, column, lesions_of_each
from seedsoil.evidence.cascade.patients import SPREAD, first_width, plan_of
from seedsoil.evidence.claim import Ablation, Band, Chart, Check, Claim, Direction, Figure, Finding, Setting
from seedsoil.evidence.estimates import again, share

__all__ = ["CLAIMS", "KOSCIELNY"]

Floats = NDArray[np.float64]

#: Middle of each class of size [mm], and the percentage with metastases in their lives (Koscielny 1984, recalled).
KOSCIELNY = (
    (17.5, 27.1),
    (30.0, 42.0),
    (40.0, 56.7),
    (50.0, 66.5),
    (60.0, 72.8),
    (70.0, 83.8),
    (80.0, 81.3),
    (95.0, 92.0),
)
#: Diameters of classes of T [mm], and the width from which on a metastasis is seen.
_CLASSES = {"T1a": 4.0, "T1b": 8.0, "T1c": 15.0, "T2": 35.0, "T3": 60.0}
_SEEN = 5.0


def _bins(setting: Setting) -> Finding:
    """Breast cancers watched as they grow: the size at which the first metastasis that will show had settled."""
    patients = setting.animals(480, 2648)
    # Where all cells can settle, the two smallest classes say enough.
    classes = KOSCIELNY[:2] if setting.ablated else KOSCIELNY
    widest = classes[-1][0]
    early, late = (plan_of(setting, width, patients, without=setting.without) for width in (min(30.0, widest), widest))
    first = np.array([first_width(early, late, patient) for patient in range(10 if setting.ablated else patients)])

    def miss(sizes: Floats) -> float:
        return max(abs(100.0 * float((sizes <= width).mean()) - percent) for width, percent in classes)

    found = [100.0 * float((first <= width).mean()) for width, _ in classes]
    return Finding(
        again((first,), miss),
        len(first),
        {
            "below 1 cm": share(int((first < 10.0).sum()), len(first)),
            "half": again((first,), lambda sizes: float(np.median(np.minimum(sizes, 100.0))) / 10.0),
        },
        {"patients": {"diameter at the first metastasis [mm]": [min(size, 1e3) for size in first.tolist()]}},
        (Chart("Patients with a metastasis by the size of their tumour", "Diameter [mm]", "Patients with a metastasis [%]", {
            "found": {"x": [width for width, _ in classes], "y": found},
            "Koscielny 1984": {"x": [width for width, _ in classes], "y": [percent for _, percent in classes]},
        }),),
    )  # fmt: skip


def _staged(setting: Setting) -> Finding:
    """Breast cancers taken out at the sizes of T1a to T3, and no metastasis of 5 mm ten years later."""
    patients = setting.animals(16, 200)
    kept = {"early_loss_rate": "0 /day"} if setting.ablated else {}
    free = {}
    for name, width in _CLASSES.items():
        if setting.ablated and name != "T1a":
            continue
        trial = cohort(
            setting, animals=patients, tumour={"is": "breast_er_positive", **kept}, host="adult", until="10 years", vary=SPREAD,
            diagnosis={"primary_diameter": f"{width:g} mm"}, without=("background death",),
            arms={"out": [{"resect": "primary", "at": "0 days"}]},
        )  # fmt: skip
        seen = (column(trial, "lesions", "lesion") > 0) & (column(trial, "lesions", "largest_cells") >= cells_of(_SEEN))
        ill = lesions_of_each(trial, seen) > 0
        free[name] = share(int((~ill).sum()), patients)
    if setting.ablated:
        return Finding(free["T1a"], patients)
    shares = [free[name].value for name in _CLASSES]
    falls = all(later <= before for before, later in pairwise(shares))
    return Finding(
        free["T1a"],
        patients,
        {"T3": free["T3"], "T2": free["T2"], "T1c": free["T1c"], "monotone": Figure.exact(float(falls))},
        {"classes": {"T": list(_CLASSES), "diameter [mm]": list(_CLASSES.values()), "free after ten years": shares}},
    )


CLAIMS = (
    Claim(
        id="B1",
        statement="Small primaries can have metastases, but it is mostly large ones that have them.",
        sources=("koscielny_1984",),
        setup="Hormone-sensitive breast cancers of patients who differ in what is shed and in how much of it lives, watched to 95 mm without "
        "treatment; the diameter when the first metastasis had arrived that grows within twenty years. The loss in the first day is fitted to "
        "the diameter at which half have one (P12).",
        observable="largest distance from the published share with metastases in eight classes of size",
        unit="point",
        band=Band(0.0, 8.0),
        ablation=Ablation("every cell is competent", "rare cells that can settle are what makes size count: if all could, "
        "small tumours would have seeded", ("competence",)),
        experiment=_bins,
        checks=(
            Check("below 1 cm", "share of tumours below 10 mm with a metastasis", "1", Band(0.01, 1.0)),
            Check("half", "diameter at which half have a metastasis", "cm", Band(3.0, 4.2)),
        ),
        parameters=("tumour.hits, tumour.hit_rate", "tumour.early_loss_rate: fitted (P12)", "vary: the spread between patients"),
    ),
    Claim(
        id="B2",
        statement="Taking a small tumour out often cures, and staging by size rests on that.",
        sources=("koscielny_1984", "coumans_2013"),
        setup="Hormone-sensitive breast cancers taken out at 4, 8, 15, 35 and 60 mm (T1a to T3), nothing else done; ten years without a "
        "metastasis of 5 mm.",
        observable="share without a metastasis after ten years, T1a",
        unit="1",
        band=Band(0.95, 1.0),
        direction=Direction("above", 0.5),
        ablation=Ablation("every cell can settle", "all are competent and the first day takes none: then the smallest tumour has seeded", ("competence",)),
        experiment=_staged,
        checks=(
            Check("T3", "the same, T3", "1", Band(0.0, 0.65)),
            Check("monotone", "1 if each larger class has no more", "1", Band(1.0, 1.0)),
            Check("T1c", "the same, T1c", "1"),
            Check("T2", "the same, T2", "1"),
        ),
        parameters=("tumour.hits, tumour.hit_rate", "tumour.wake_rate: sleepers that wake within ten years"),
    ),
)  # fmt: skip
