"""What the patients of each arm died of, as bars that add up to all of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.patches import Patch
from numpy.typing import NDArray

from seedsoil.show.palette import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PALE,
    PURPLE,
    VERMILLION,
    YELLOW,
    Picture,
    house_style,
)
from seedsoil.show.results import TrialLike, of_arm, words

_cause_colours = (VERMILLION, BLUE, ORANGE, GREEN, PURPLE, YELLOW)
_alive = "alive at the end"


def causes_figure(trial: TrialLike) -> Picture:
    """Draw what the patients of each arm died of, as shares of all patients of the arm.

    Needs the table ``patients`` with arm, alive and cause. ``table`` holds arm, cause, patients, share.
    """
    arms = list(trial.arms)
    tables = {arm: of_arm(trial.tables["patients"], arm, "alive", "cause") for arm in arms}
    causes = {
        arm: np.where(table["alive"].astype(bool), _alive, table["cause"].astype(str)) for arm, table in tables.items()
    }
    names = _by_weight(np.concatenate(list(causes.values())))
    colours = {name: PALE if name == _alive else GREY for name in names}
    deadly = [name for name in names if name not in (_alive, "other causes")]
    colours |= dict(zip(deadly, _cause_colours, strict=False))
    rows: dict[str, list[Any]] = {"arm": [], "cause": [], "patients": [], "share": []}
    with house_style():
        picture = Picture(8.2, 1.5 + 0.55 * len(arms) + 0.25 * ((len(names) + 2) // 3))
        axes = picture.subplots()
        for place, arm in enumerate(arms):
            left = 0.0
            for name in names:
                count = int((causes[arm] == name).sum())
                share = count / max(len(causes[arm]), 1)
                for column, cell in zip(rows.values(), (arm, name, count, share), strict=True):
                    column.append(cell)
                axes.barh(
                    place, 100 * share, left=left, height=0.68, color=colours[name], edgecolor="white", linewidth=1
                )
                if share >= 0.045:
                    ink = "white" if colours[name] in (BLUE, VERMILLION, GREEN) else BLACK
                    axes.text(
                        left + 50 * share, place, f"{100 * share:.0f}%", ha="center", va="center", fontsize=9, color=ink
                    )
                left += 100 * share
        axes.set_yticks(range(len(arms)), [words(arm) for arm in arms])
        axes.set_ylim(len(arms) - 0.5, -0.5)
        axes.set_xlim(0, 100)
        axes.set_xlabel("Patients [%]")
        axes.tick_params(left=False)
        axes.spines[["left", "bottom"]].set_visible(False)
        picture.explain([Patch(color=colours[name], label=words(name)) for name in names], min(len(names), 4))
    picture.caption = "What the patients of each arm died of by the end of follow-up."
    picture.table = rows
    return picture


def _by_weight(causes: NDArray[Any]) -> list[str]:
    """Return causes from the commonest to the rarest, the living last."""
    names, counts = np.unique(causes, return_counts=True)
    order = sorted(
        zip(names.tolist(), counts.tolist(), strict=True),
        key=lambda pair: (pair[0] == _alive, pair[0] == "other causes", -pair[1], pair[0]),
    )
    return [name for name, _ in order]
