"""From the nouns of a body to those of a block: a tumour, its vessels and its drugs as kinds of cell and rules."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from seedsoil.biology.clone import Mechanism as Heritable
from seedsoil.biology.clone import Tumour
from seedsoil.biology.lesion.cell import CellKind, Mechanism
from seedsoil.biology.lesion.rule import Need, Rule, Shift
from seedsoil.biology.lesion.substance import Substance
from seedsoil.biology.medicine.drug import Agent
from seedsoil.biology.signals import BEHIND
from seedsoil.biology.soils.factors import FACTORS, levels
from seedsoil.biology.soils.soil import Soil, match
from seedsoil.catalogue.load import entry, names
from seedsoil.foundation.value import Value

__all__ = [
    "agent_substance",
    "blockade",
    "blockade_substance",
    "crushed",
    "deaf_to",
    "endothelium",
    "from_blood",
    "sprout",
    "support_of",
    "tumour_cell",
]

#: Fields of drugs are found anew every so many steps.
_EVERY = 3
#: What leaves tissue of an agent whose delivery nobody tells: 0.01 a minute, as the catalogue's small molecules [1/day].
_USUAL_LOSS = 14.4
#: Cells in a row that a dividing one pushes aside: 0.4 mm.
_FAR = 20


def _told(number: float, unit: str, note: str = "") -> Value:
    """A number that follows from those of a patient, whose own record has their sources."""
    return Value(number=number, unit=unit, grade="assumed", source="study file", note=note)


def blockade(target: str) -> str:
    """The name of what blood carries against a signal: the sum over agents of level over half-point."""
    return f"{target}_blockade"


def from_blood(agent: str) -> str:
    """The name of what an agent is to walls behind a barrier: what blood carries, whatever their tissue holds."""
    return f"{agent}_in_blood"


def tumour_cell(
    tumour: Tumour, division: float, death: float, sprouts: bool, agents: Iterable[Agent], protection: float, soil: Soil
) -> CellKind:
    """The kind of a lesion's tumour cells.

    Parameters
    ----------
    tumour : Tumour
    division, death : float
        Of its cells in this lesion with full oxygen and no drug [1/day].
    sprouts : bool
        Whether the lesion calls for vessels; otherwise its cells give no VEGF.
    agents : iterable of Agent
        What is given.
    protection : float
        Fold of every drug's half-point with the survival programme on; 1: nobody lends it. Cells with few endothelin receptors
        or gap junctions take less of it.
    soil : Soil
        Where the lesion lies: what a clone with fewer receptors misses of its ligands.
    """
    base: CellKind = entry("cells", tumour.name if tumour.name in names("cells") else "carcinoma")
    given = tuple(agents)
    protection = 1.0 + (protection - 1.0) * _taken(tumour)
    told = {agent.name for agent in given}
    rules = [_paced(rule, division) for rule in base.rules if rule.signal not in (told | {"growth_factor"})]
    for agent in given:
        rules += _kills(agent, protection) + _holds(agent, protection)
    output = 1.0 if tumour.dialogue is None else float(tumour.dialogue.vegf_output)
    secretion = dict(base.secretion)
    if "vegf" in secretion:
        number = float(secretion["vegf"]) * output * sprouts
        secretion["vegf"] = _told(number, secretion["vegf"].unit, "as the tumour's, if the lesion has its own vessels")
    update = {
        "death": _told(death, "1/day", "in this lesion"),
        "secretion": secretion,
        "pushes": _FAR,  # a body's lesion grows throughout: pressure carries to its rim
        "rules": tuple(rules),
        "visibility": _told(_shown(tumour), "1", "antigen, less what its checkpoint ligand stays"),
        "mechanisms": tuple(_mechanism(one, given, tumour, soil) for one in tumour.mechanisms),
    }
    return base.model_copy(update=update)


def _taken(tumour: Tumour) -> float:
    """The share of astrocytes' protection that its cells take [1]: a chain of gap junctions and endothelin receptors."""
    if tumour.dialogue is None:
        return 0.0
    return float(tumour.dialogue.endothelin_receptors) * float(tumour.dialogue.gap_junctions)


def _shown(tumour: Tumour) -> float:
    """The share of lymphocytes' blows that its cells do not escape [1], by antigen and checkpoint; none if they do not see it."""
    if tumour.visibility is None:
        return 0.0
    return float(tumour.visibility.antigen) * (1.0 - float(tumour.visibility.checkpoint))


def _paced(rule: Rule, division: float) -> Rule:
    """A rule of division by oxygen at the lesion's own rate; another as it is."""
    if rule.raises != "division" or rule.signal != "oxygen":
        return rule
    return rule.model_copy(update={"by": _told(division, "1/day", "in this lesion, with what its soil gives")})


def _kills(agent: Agent, protection: float) -> list[Rule]:
    """Rules by which an agent kills tumour cells: those in cycle, which need oxygen, and all, each its share."""
    if agent.kill is None:
        return []
    cycling, shifts = float(agent.kill.cycle_specificity), _sheltered(protection)
    found = []
    for share, need in ((1.0 - cycling, None), (cycling, Need(signal="oxygen", half=_told(5.0, "mmHg")))):
        if share > 0.0:
            found.append(
                Rule(
                    signal=agent.name, raises="death", by=_told(float(agent.kill.maximum) * share, "1/day"),
                    half=_told(float(agent.kill.half), "mg/L"), power=agent.kill.power, needs=need, shifted_by=shifts,
                )
            )  # fmt: skip
    return found


def _holds(agent: Agent, protection: float) -> list[Rule]:
    """The rule by which an agent holds divisions of tumour cells: rules that lower one behaviour multiply, as at body scale."""
    law = agent.cytostasis
    if law is None or float(law.maximum) <= 0.0:
        return []
    return [
        Rule(
            signal=agent.name, lowers="division", by=_told(float(law.maximum), "1"), half=_told(float(law.half), "mg/L"),
            power=law.power, shifted_by=_sheltered(protection),
        )
    ]  # fmt: skip


def _sheltered(protection: float) -> tuple[Shift, ...]:
    """What the survival programme does to a drug's half-point."""
    return (Shift(signal="programme", by=_told(protection - 1.0, "1")),) if protection > 1.0 else ()


def _mechanism(one: Heritable, agents: Sequence[Agent], tumour: Tumour, soil: Soil) -> Mechanism:
    """A way to resist, with the fold of each agent's level that it asks for, and what it leaves of antigen and of growth."""
    acting = (agent for agent in agents if agent.kill or agent.cytostasis)
    against = {agent.name: agent.resistance[one.name] for agent in acting if one.name in agent.resistance}
    changes = {} if one.antigen_kept is None else {"visibility": one.antigen_kept}
    if one.receptors_kept:
        changes["division"] = _told(_matched(one, tumour, soil), "1", "by the receptors that it has left, in this soil")
    return Mechanism(name=one.name, probability=one.rate, against=against, cost=one.fitness_cost, changes=changes)


def _matched(one: Heritable, tumour: Tumour, soil: Soil) -> float:
    """The share of the founder's division that a clone with fewer receptors keeps in a soil at rest [1]."""
    own, offered, half = levels(tumour.receptors), levels(soil.ligands), float(tumour.ligand_half_saturation)
    kept = [level * float(one.receptors_kept.get(name, 1.0)) for name, level in zip(FACTORS, own, strict=True)]
    whole = float(match(own, offered, half))
    return float(match(kept, offered, half)) / whole if whole > 0.0 else 1.0


def endothelium(
    base: CellKind, timescale: float, support: Mapping[str, float], agents: Sequence[Agent], blocked: Iterable[str],
    barrier: bool,
) -> CellKind:  # fmt: skip
    """The endothelium of a host: its rates by the body's time scale, its antagonists pooled, killed as at body scale.

    Blood washes it: behind a barrier it meets a drug's level in blood (``from_blood``), not that of its tissue.
    Law: each factor that the tumour makes keeps a share s of the endothelium alive, as far as nothing holds its receptor:
    the kill is K prod (1 - s) and, for one factor that is held to a share r / (1 + r), K s r / (1 + r) more.
    """
    held = sorted((name for name in support if name in blocked), key=lambda name: -support[name])[:1]
    unheld = math.prod(1.0 - share for name, share in support.items() if name not in held)
    rules = [slowed(rule, timescale) for rule in deaf_to(base, agents, blocked)]
    for agent in agents:
        if agent.endothelial_kill is None:
            continue
        kill = agent.endothelial_kill
        parts: list[tuple[float, Need | None]] = [(unheld * math.prod(1.0 - support[name] for name in held), None)]
        parts += [
            (unheld * support[name], Need(signal=blockade(name), half=_told(1.0, "1"))) for name in held
        ]  # fmt: skip
        rules += [
            Rule(
                signal=from_blood(agent.name) if barrier else agent.name, raises="death",
                by=_told(float(kill.maximum) * share, "1/day"), half=_told(float(kill.half), "mg/L"), power=kill.power,
                needs=need,
            )
            for share, need in parts if share > 0.0
        ]  # fmt: skip
    rates = {name: _slow(getattr(base, name), timescale) for name in ("sprouting", "covering", "uncovering", "pruning")}
    return base.model_copy(update={**rates, "rules": tuple(rules)})


def sprout(base: CellKind, timescale: float, agents: Sequence[Agent], blocked: Iterable[str]) -> CellKind:
    """The tip cells of a host, by its time scale."""
    rules = tuple(slowed(rule, timescale) for rule in deaf_to(base, agents, blocked))
    rates = {name: _slow(getattr(base, name), timescale) for name in ("movement", "death")}
    return base.model_copy(update={**rates, "rules": rules})


def crushed(wall: CellKind, tumour: str) -> CellKind:
    """The wall of vessels that a tumour which pushes crushes where it touches them, if they are the organ's own."""
    rule = Rule(
        signal=f"contact {tumour}", raises="death", by=_told(3.0, "1/day"), half=_told(0.15, "1"),
        power=_told(4.0, "1"), needs=Need(signal="native", half=_told(0.05, "1")),
    )  # fmt: skip
    return wall.model_copy(update={"rules": (*wall.rules, rule)})


def deaf_to(kind: CellKind, agents: Sequence[Agent], blocked: Iterable[str]) -> list[Rule]:
    """Rules of a kind, those by an agent's own name left out; a signal that something holds is shifted by all that holds it."""
    told, targets = {agent.name for agent in agents}, set(blocked)
    found = []
    for rule in kind.rules:
        if rule.signal in told:
            continue
        held = (Shift(signal=blockade(rule.signal), by=_told(1.0, "1")),)
        found.append(rule.model_copy(update={"shifted_by": held if rule.signal in targets else rule.shifted_by}))
    return found


def slowed(rule: Rule, timescale: float) -> Rule:
    """A rule that raises a rate, at a slower pace; one that takes a share away, or tells no rate, as it is."""
    if rule.by is None or rule.by.unit not in ("1/day", "um/min"):
        return rule
    return rule.model_copy(update={"by": _slow(rule.by, timescale)})


def _slow(value: Value, timescale: float) -> Value:
    """A rate at a slower pace."""
    return value if timescale == 1.0 else _told(float(value) / timescale, value.unit, "by the host's time scale")


def agent_substance(agent: Agent, at_walls: bool = False) -> Substance:
    """What an agent is in tissue: the catalogue's entry of its name, or what its delivery at body scale comes to.

    Vessels hold the level of the effect site, as at body scale a well perfused lesion has it; behind a barrier the share of
    it that is the agent's passage while that is shut. ``at_walls``: all of it, as what blood washes meets it.
    """
    if at_walls:
        return _dissolved(from_blood(agent.name), f"{agent.title}, in blood", "mg/L", _USUAL_LOSS, 1.0)
    if agent.name in names("substances"):
        known: Substance = entry("substances", agent.name)
        # A lesion close up has no matrix, which slows some.
        own = {"hindered_by": "", "hindrance": None, "barrier_passage": agent.barrier_passage}
        return known.model_copy(update={"wall": "open", "every": _EVERY} | own)
    loss = _USUAL_LOSS if agent.delivery is None else float(agent.delivery.loss)
    return _dissolved(agent.name, agent.title, "mg/L", loss, float(agent.barrier_passage))


def blockade_substance(target: str, passage: float) -> Substance:
    """What holds a signal's receptors, of all agents together: its level is the sum of level over half-point [1].

    No barrier keeps off what acts from the blood (`seedsoil.biology.signals.SIDE`).
    """
    behind = passage if target in BEHIND else 1.0
    return _dissolved(blockade(target), f"Antagonists of {target}", "1", _USUAL_LOSS, behind)


def _dissolved(name: str, title: str, unit: str, loss: float, passage: float) -> Substance:
    """A small molecule in tissue, lost at a rate [1/day]; a barrier lets ``passage`` of its level through while it is shut."""
    return Substance.model_validate(
        {
            "name": name, "title": title, "unit": unit, "every": _EVERY,
            "diffusion": _told(1e4, "um^2/min", "a small molecule in tissue"),
            "decay": _told(loss / 1440.0, "1/min", "by its delivery at body scale"),
            "reference": _told(1.0, unit), "in_blood": _told(0.0, unit), "wall": "open",
            "barrier_passage": _told(passage, "1", "as at body scale"),
        }
    )  # fmt: skip


def support_of(tumour: Tumour) -> dict[str, float]:
    """The share of a lesion's endothelium that each factor of the tumour keeps alive [1]."""
    if tumour.dialogue is None:
        return {}
    shares = {name: float(getattr(tumour.dialogue.endothelial_support, name)) for name in FACTORS}
    return {name: share for name, share in shares.items() if share > 0.0}
