"""What a cell of each type can turn into: a mutant when it divides, or what it was, once it loses a mechanism again."""

from __future__ import annotations

from seedsoil.body.state import HIT_RATE, HITS, HOLDING, INSTABILITY_RATE
from seedsoil.foundation.compiled import inner


@inner
def fill_alterations(model, work):  # type: ignore[no-untyped-def]
    """Write what can happen to a cell of each type: one more hit, instability, a mechanism of resistance won or lost.

    ``work.induced`` is what full strain by drugs adds to the chance of each.
    """
    levels = int(model.trait[HITS]) + 1
    for kind in range(model.mask.shape[0]):
        total, more = 0.0, 0.0
        for choice in range(work.alteration.shape[1]):
            gain = 0.0
            if choice == 0:
                rate, other = (model.trait[HIT_RATE] if kind % levels < levels - 1 else 0.0), kind + 1
            elif choice == 1:
                rate, other = (model.trait[INSTABILITY_RATE] if (kind // levels) % 2 == 0 else 0.0), kind + levels
            else:
                bit = 1 << (choice - 2)
                has = model.mask[kind] & bit != 0
                rate = 0.0 if has else model.mechanism_rate[choice - 2]
                other, gain = kind + levels * 2 * bit, model.induced_fold[choice - 2] - 1.0
                work.reversal[kind, choice - 2] = model.reversal_rate[choice - 2] if has else 0.0
                work.restored[kind, choice - 2] = kind - levels * 2 * bit
            rate *= model.instability[kind]
            work.alteration[kind, choice], work.mutant[kind, choice] = rate, other
            work.induced[kind, choice] = rate * gain
            total += rate
            more += rate * gain
        work.mutation[kind], work.induction[kind] = total, more


@inner
def slip(kind, choice, at, model, work):  # type: ignore[no-untyped-def]
    """How often a cell of a type loses one mechanism in a piece [1/day].

    Drugs hold up what they have brought about: as far as they would strain the cell without the mechanism, it is kept.
    """
    rate = work.reversal[kind, choice]
    if rate <= 0.0:
        return 0.0
    return rate * (1.0 - model.trait[HOLDING] * work.strain[at, model.mask[kind] ^ (1 << choice)])


@inner
def slips(kind, at, model, work):  # type: ignore[no-untyped-def]
    """Write how often a cell of a type loses each mechanism in a piece into ``work.slip``; return their sum [1/day]."""
    total = 0.0
    for choice in range(work.slip.shape[0]):
        work.slip[choice] = slip(kind, choice, at, model, work)
        total += work.slip[choice]
    return total


@inner
def rate_of_change(kind, choice, at, model, work):  # type: ignore[no-untyped-def]
    """How often a cell of a type brings or becomes a cell of one other [1/day]: a choice of mutants, then one of losses."""
    changes = work.alteration.shape[1]
    if choice >= changes:
        return slip(kind, choice - changes, at, model, work)
    strain = work.strain[at, model.mask[kind]]
    return (work.alteration[kind, choice] + work.induced[kind, choice] * strain) * work.division[kind, at]
