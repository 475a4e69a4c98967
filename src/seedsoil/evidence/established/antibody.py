"""G3: bevacizumab as it is given: its level in the body, and how much VEGF it leaves free."""

from __future__ import annotations

import numpy as np

from seedsoil.biology.medicine.kinetics import Dose, concentration
from seedsoil.catalogue.load import entry
from seedsoil.evidence.claim import Ablation, Band, Chart, Check, Claim, Figure, Finding, Setting
from seedsoil.experiment.timeline import response

#: Clearance of Lu 2008 [L/day]; 5 mg/kg in 70 kg every two weeks [mg, day].
_PUBLISHED_CLEARANCE, _DOSE, _EVERY = 24.0 * 9.01e-3, 350.0, 14.0
_ROUNDS = 12


def _level(setting: Setting) -> Finding:
    """Area and trough of 5 mg/kg every two weeks by the catalogue's kinetics."""
    agent = entry("agents", "bevacizumab")
    if setting.ablated:
        # As quick as a small molecule: a hundred times the clearance.
        body = agent.distribution
        assert body.clearance is not None
        faster = body.clearance.model_copy(update={"number": 100.0 * float(body.clearance), "high": None})
        agent = agent.model_copy(update={"distribution": body.model_copy(update={"clearance": faster})})
    model = response(agent, "iv", effect_site=False)
    doses = [Dose(_EVERY * number, _DOSE) for number in range(_ROUNDS)]
    days = np.arange(0.0, _EVERY * _ROUNDS, 0.25) + 0.01
    levels = np.array([float(concentration(model, doses, day)) for day in days])
    half = float(agent.blocks[0].half)
    bound = levels / (levels + half)
    last = days >= _EVERY * (_ROUNDS - 1)
    ratio = _DOSE * model.area / (_DOSE / _PUBLISHED_CLEARANCE)
    return Finding(
        Figure.exact(ratio),
        1,
        {
            "suppression": Figure.exact(100.0 * float(bound[last].min())),
            "half-life": Figure.exact(float(model.terminal_half_life)),
            "trough": Figure.exact(float(levels[last].min())),
        },
        {"levels": {"day": days[::4].tolist(), "mg/L": levels[::4].tolist(), "VEGF bound": bound[::4].tolist()}},
        (
            Chart(
                "5 mg/kg every two weeks",
                "Day",
                "Bevacizumab [mg/L]",
                {"level": {"x": days.tolist(), "y": levels.tolist()}},
            ),
        ),
    )


CLAIMS = (
    Claim(
        id="G3",
        statement="An antibody against VEGF beside chemotherapy was put forward as the way to make use of normal vessels.",
        sources=("han_2016", "lu_2008"),
        setup="Bevacizumab 5 mg/kg into a vein every two weeks for half a year, 70 kg; area per dose against population kinetics, and "
        "the share of VEGF bound at the last trough.",
        observable="area under the curve over that of published kinetics",
        unit="1",
        band=Band(0.9, 1.1),
        ablation=Ablation("cleared as quickly as a small molecule", "a hundred times the clearance: the antibody is gone before the next dose"),
        experiment=_level,
        checks=(
            Check("suppression", "VEGF bound at the last trough", "%", Band(90.0, 100.0)),
            Check("half-life", "terminal half-life", "day"),
            Check("trough", "lowest level of the last round", "mg/L"),
        ),
        parameters=("agents.bevacizumab.clearance", "agents.bevacizumab.blocks.vegf.half: fitted"),
    ),
)  # fmt: skip
