"""Simulators that are wrong, thirty and more, each by one slip that others have made, and the tests that must find them out."""

from __future__ import annotations

from typing import NamedTuple


class Wrong(NamedTuple):
    """What is wrong, and where: in ``file`` (under ``src/seedsoil``) the text ``right`` stands once, and becomes ``wrong``.

    ``tests`` are what pytest is given (under ``tests``): at least one of them must fail by an assertion.
    """

    name: str
    file: str
    right: str
    wrong: str
    tests: str


WRONG: tuple[Wrong, ...] = (
    Wrong(
        "crowded cells that are in cycle all the same", "body/hazards.py",
        "idle = lack if room >= 1.0 else 1.0 - (1.0 - lack) * room",
        "idle = lack",
        "properties/test_ablations_crowding.py",
    ),
    Wrong(
        "a crowd read at a piece's start", "body/hazards.py",
        "room = room_left(lesion, cells * exp(0.5 * growth * days), model)",
        "room = room_left(lesion, cells, model)",
        "theory/test_t13_growth.py",
    ),
    Wrong(
        "lag doubled", "biology/medicine/kinetics_doses.py",
        "give(dose.time + dose.lag + repeat",
        "give(dose.time + 2.0 * dose.lag + repeat",
        "theory/test_t27_pharmacokinetics.py",
    ),
    Wrong(
        "bioavailability on the duration of an infusion", "biology/medicine/kinetics_doses.py",
        "days = self.arriving / self.rate if",
        "days = self.amount / self.rate if",
        "unit/biology/test_kinetics.py",
    ),
    Wrong(
        "a reset that keeps what was there", "biology/medicine/kinetics_doses.py",
        "if dose.reset or dose.steady_state == 1:",
        "if dose.steady_state == 1:",
        "unit/biology/test_kinetics.py",
    ),
    Wrong(
        "repeats off by one", "biology/medicine/kinetics_doses.py",
        "range(int(dose.additional) + 1)",
        "range(int(dose.additional))",
        "theory/test_t27_pharmacokinetics.py",
    ),
    Wrong(
        "therapy a step late", "biology/medicine/kinetics_doses.py",
        "add(day, _Kind.BOLUS, arriving)",
        "add(day + 1.0, _Kind.BOLUS, arriving)",
        "unit/biology/test_kinetics.py",
    ),
    Wrong(
        "negative amounts clipped without a word", "biology/medicine/kinetics_doses.py",
        "if number < low or (above and number == low):",
        "if above and number == low:",
        "unit/biology/test_kinetics.py",
    ),
    Wrong(
        "half-open interval reversed", "biology/medicine/kinetics.py",
        "days + TOUCH_DAYS, side=\"right\") - 1",
        "days - TOUCH_DAYS, side=\"left\") - 1",
        "unit/biology/test_kinetics.py",
    ),
    Wrong(
        "common logarithm for the natural one", "biology/medicine/kinetics.py",
        "math.log(2.0) / float(half_life_days)",
        "math.log10(2.0) / float(half_life_days)",
        "unit/biology/test_kinetics.py",
    ),
    Wrong(
        "hours for days", "foundation/units.py",
        "(1 / 24, _TIME, \"hour",
        "(1.0, _TIME, \"hour",
        "unit/foundation/test_units.py",
    ),
    Wrong(
        "chance of death for that of survival", "biology/medicine/radiation.py",
        "    return exp(-damage_share",
        "    return 1.0 - exp(-damage_share",
        "unit/biology/test_radiation.py",
    ),
    Wrong(
        "lack of oxygen that sensitises", "biology/medicine/radiation.py",
        "dose / float(cell.hypoxic_protection)",
        "dose * float(cell.hypoxic_protection)",
        "unit/biology/test_radiation.py",
    ),
    Wrong(
        "n for n - 1 in the variance of pairs", "trial/survival.py",
        "np.maximum(all_risk - 1.0, 1.0)",
        "all_risk",
        "theory/test_survival_reference.py",
    ),
    Wrong(
        "ties of Kaplan and Meier taken out of the risk set", "trial/survival.py",
        "left = np.searchsorted(np.sort(times), days, side=\"left\")",
        "left = np.searchsorted(np.sort(times), days, side=\"right\")",
        "unit/trial/test_survival.py",
    ),
    Wrong(
        "Greenwood's variance without those who are left", "trial/survival.py",
        "died / (risk * alive)",
        "died / (risk * risk)",
        "unit/trial/test_survival.py",
    ),
    Wrong(
        "censoring counted as an event", "trial/endpoints.py",
        "        return end, died\n",
        "        return end, np.ones_like(died)\n",
        "unit/trial/test_endpoints.py",
    ),
    Wrong(
        "Wilson's interval with trials for their square", "trial/endpoints.py",
        "square / (4.0 * trials * trials)",
        "square / (4.0 * trials)",
        "unit/trial/test_endpoints.py",
    ),
    Wrong(
        "RECIST's nadir is the baseline", "observe/response.py",
        "self._nadir = min(self._nadir, targets)",
        "self._nadir = self._baseline_sum",
        "unit/observe/test_response.py",
    ),
    Wrong(
        "partial response counted from the nadir", "observe/response.py",
        "(1.0 - PARTIAL_FALL) * self._baseline_sum",
        "(1.0 - PARTIAL_FALL) * self._nadir",
        "unit/observe/test_response.py",
    ),
    Wrong(
        "progression without five millimetres", "observe/response.py",
        "now - nadir >= least_mm - _slack and now",
        "now",
        "unit/observe/test_response.py",
    ),
    Wrong(
        "cells that arrest and go on all the same", "biology/journey/anatomy.py",
        "passage = (1.0 - held)[:, None] * flow",
        "passage = 0.9 * flow",
        "theory/test_t15_circulation.py",
    ),
    Wrong(
        "immigrants to all organs", "biology/journey/anatomy.py",
        "first.T).T * held[None, :])",
        "first.T).T * held.mean())",
        "theory/test_t15_circulation.py",
    ),
    Wrong(
        "resistance in those who lack it", "biology/medicine/effect.py",
        "np.prod(rho**bits, axis=-1)",
        "np.prod(rho ** (1.0 - bits), axis=-1)",
        "theory/test_t30_resistance_shift.py",
    ),
    Wrong(
        "Hill's power upside down", "biology/medicine/effect.py",
        "odds ** (1.0 / steepness)",
        "odds**steepness",
        "unit/biology/test_effect.py",
    ),
    Wrong(
        "small lesions seen, large ones missed", "observe/scan.py",
        "(d50_mm / size) ** 8",
        "(size / d50_mm) ** 8",
        "unit/observe/test_scan.py",
    ),
    Wrong(
        "rate not times count", "observe/plasma.py",
        "made = cells * float(marker.secretion_rate)",
        "made = float(marker.secretion_rate)",
        "unit/observe/test_plasma.py",
    ),
    Wrong(
        "blood taken for plasma", "observe/plasma.py",
        "plasma = float(blood.volume) * float(blood.plasma_share)",
        "plasma = float(blood.volume)",
        "unit/observe/test_plasma.py",
    ),
    Wrong(
        "half-life taken for the mean life", "observe/plasma.py",
        "float(blood.free_dna_half_life) / log(2.0)",
        "float(blood.free_dna_half_life)",
        "unit/observe/test_plasma.py",
    ),
    Wrong(
        "a cluster counted as each of its cells", "observe/blood.py",
        "events = shed / (1.0 + cluster_share * (size - 1.0))",
        "events = shed",
        "theory/test_t16_circulating_cells.py",
    ),
    Wrong(
        "mutants of a generation too late", "observe/culture.py",
        "chance[i] / (n - i + 1.0)",
        "chance[i] / (n - i)",
        "theory/test_t05_fluctuation_assay.py",
    ),
    Wrong(
        "a stream for all patients", "foundation/streams.py",
        "key = _splitmix(_splitmix(int(seed) & _word) ^ (int(patient) & _word))",
        "key = _splitmix(_splitmix(int(seed) & _word))",
        "unit/foundation/test_streams.py",
    ),
    Wrong(
        "a count that is not whole", "foundation/samplers.py",
        "return np.floor(log(uniform(stream)) / log1p(-p))",
        "return log(uniform(stream)) / log1p(-p)",
        "unit/foundation/test_samplers.py -k geometric",
    ),
    Wrong(
        "birth and death swapped", "body/kendall.py",
        "birth, death, mark.\"\"\"\n    slope = lam - mu - theta",
        "birth, death, mark.\"\"\"\n    slope = mu - lam - theta",
        "agreement/test_kendall.py",
    ),
    Wrong(
        "stretches of a calendar in the wrong order", "body/kendall.py",
        "beta = earlier[0] * later[1] + earlier[1] * later[3]",
        "beta = later[0] * earlier[1] + later[1] * earlier[3]",
        "agreement/test_kendall.py",
    ),
    Wrong(
        "an extinct family reborn", "body/kendall.py",
        "    survivors = binomial(stream, rest, chance)\n    if survivors > 0.0 and c > 0.0:\n        survivors += negative_binomial(",
        "    survivors = rest\n    if survivors > 0.0 and c > 0.0:\n        survivors += negative_binomial(",
        "agreement/test_kendall.py",
    ),
    Wrong(
        "mean growth for random growth", "body/kendall.py",
        "survivors += negative_binomial(stream, survivors, c / max(delta, TINY))\n    return marked, survivors",
        "survivors += np.floor(survivors * c / max(delta, TINY))\n    return marked, survivors",
        "agreement/test_kendall.py",
    ),
    Wrong(
        "one stream for two purposes", "foundation/streams.py",
        "(who ^ (reason * _purpose_0)) & _mask\n    stream[5] = (who >> _half) ^ ((reason * _purpose_1) & _mask)",
        "who & _mask\n    stream[5] = who >> _half",
        "unit/foundation/test_streams.py",
    ),
    Wrong(
        "the same luck at every step", "foundation/streams.py",
        "stream[3] = np.uint64(step) & _mask",
        "stream[3] = _u0",
        "unit/foundation/test_streams.py",
    ),
    Wrong(
        "proposals in the order of voxels", "tissue/cells/order.py",
        "drawn = int(fraction(draws[left - 1]) * left)",
        "drawn = left - 1",
        "agreement/test_tissue.py -k growth",
    ),
    Wrong(
        "tiles in the order of memory", "tissue/cells/rounds.py",
        "ranked = np.argsort(self._tile_keys, kind=\"stable\")",
        "ranked = np.arange(self._tile_keys.size)",
        "agreement/test_tissue.py -k tiles",
    ),
    Wrong(
        "dead that stay for a step at least", "tissue/chances.py",
        "tables[\"at_once\"][kind, death] = 1.0 - float(",
        "tables[\"at_once\"][kind, death] = 0.0 * float(",
        "theory/test_tissue_steps.py",
    ),
    Wrong(
        "births as a hazard", "tissue/chances.py",
        "min(math.expm1(min(divisions, 1.0)), 1.0)",
        "-math.expm1(-divisions)",
        "theory/test_tissue_steps.py",
    ),
    Wrong(
        "a hazard for a probability", "tissue/cells/propose.py",
        "chance = -expm1(-total * (days / laws.rounds[kind]))",
        "chance = total * (days / laws.rounds[kind])",
        "agreement/test_tissue.py -k rules",
    ),
    Wrong(
        "a row that is pushed through a vessel", "tissue/cells/places.py",
        "        if laws.part[other] >= VESSEL:\n            return 0",
        "        if laws.part[other] > VESSEL:\n            return 0",
        "agreement/test_tissue.py -k vessels",
    ),
    Wrong(
        "the mother that mutates", "tissue/cells/apply.py",
        "lattice.clone[i, j, k] = _inherited(",
        "lattice.clone[z, y, x] = lattice.clone[i, j, k] = _inherited(",
        "agreement/test_tissue.py -k growth",
    ),
    Wrong(
        "attraction down the slope", "tissue/cells/places.py",
        "if there > here:",
        "if there < here:",
        "agreement/test_tissue.py -k walks",
    ),
    Wrong(
        "a programme that never goes", "tissue/cells/propose.py",
        "asked + (float(lattice.memory[z, y, x]) - asked) * kept",
        "max(asked, float(lattice.memory[z, y, x]))",
        "agreement/test_tissue.py -k rules",
    ),
    Wrong(
        "luck that stays in the place", "tissue/cells/apply.py",
        "            aim(stream, TISSUE_PLACE, origin, moment)\n            _act(",
        "            aim(stream, TISSUE_PLACE, (z * lattice.kind.shape[1] + y) * lattice.kind.shape[2] + x, moment)\n            _act(",
        "agreement/test_tissue.py -k walks",
    ),
    Wrong(
        "hops as a hazard", "tissue/chances.py",
        "((births, DIVISION), (hops, MOVEMENT))",
        "((births, DIVISION), (-math.expm1(-hops), MOVEMENT))",
        "agreement/test_tissue.py -k walks",
    ),
    Wrong(
        "hops as a hazard where they are sensed", "tissue/cells/propose.py",
        "min(expm1(mean) if behaviour == DIVISION else mean, 1.0)",
        "min(expm1(mean) if behaviour == DIVISION else -expm1(-mean), 1.0)",
        "agreement/test_tissue.py -k walks",
    ),
    Wrong(
        "a mother that keeps her age", "tissue/cells/apply.py",
        "lattice.born[i, j, k] = lattice.born[z, y, x] = step",
        "lattice.born[i, j, k] = step",
        "agreement/test_tissue.py -k growth",
    ),
    Wrong(
        "blood in blind ends", "tissue/perfusion.py",
        "    edges = _without_blind_ends(edges, pieces.size, (flags & (INLET | OUTLET)) != 0)\n",
        "",
        "unit/tissue/test_perfusion.py",
    ),
    Wrong(
        "resistance that sensitises", "tissue/cells/senses.py",
        "found *= laws.fold[gene, substance]",
        "found /= laws.fold[gene, substance]",
        "agreement/test_tissue.py -k rules",
    ),
    Wrong(
        "antagonists of which one counts", "tissue/cells/senses.py",
        "range(laws.shift_first[rule], laws.shift_first[rule + 1])",
        "range(laws.shift_first[rule], min(laws.shift_first[rule] + 1, laws.shift_first[rule + 1]))",
        "agreement/test_tissue.py -k rules",
    ),
    Wrong(
        "what is lowered, taken off", "tissue/cells/senses.py",
        "kept *= 1.0 - share",
        "found -= share",
        "agreement/test_tissue.py -k rules",
    ),
    Wrong(
        "the dead that breathe", "tissue/cells/flows.py",
        "if kind == EMPTY or lattice.condition[z, y, x] != ALIVE:",
        "if kind == EMPTY:",
        "agreement/test_tissue.py -k rules",
    ),
    Wrong(
        "a tip that joins its own tail", "tissue/cells/sprouts.py",
        "_OWN_TAIL = 4",
        "_OWN_TAIL = 1",
        "agreement/test_tissue.py -k vessels",
    ),
    Wrong(
        "a killer among its own targets", "tissue/cells/apply.py",
        "                    found += 1\n    if found == 0:",
        "                    found += 1\n    found += laws.targets[kind, kind]\n    if found == 0:",
        "agreement/test_tissue.py -k killers",
    ),
    Wrong(
        "a stream for each worker", "experiment/grow.py",
        "        person = patient(attempt) if callable(patient) else patient\n        stream = new_stream(seed, number)",
        "        person = patient(attempt) if callable(patient) else patient\n"
        "        stream = new_stream(seed, len(grow.__dict__.setdefault(\"turns\", [])))\n"
        "        grow.turns.append(number)",
        "properties/test_sameness.py -k grown_after_others",
    ),
    Wrong(
        "divisions held forgotten on the lines of founders' families", "body/line/exposure.py",
        "killed, kept = work.kill[0, mask], left * work.pace[0, mask]",
        "killed, kept = work.kill[0, mask], left",
        "theory/test_treated_founders.py -k held_by",
    ),
    Wrong(
        "resistance to kills alone, and not to what holds divisions", "body/model.py",
        "        folds = [float(agent.resistance.get(mechanism.name, 1.0)) for mechanism in mechanisms]\n",
        "        folds = [float(agent.resistance.get(mechanism.name, 1.0)) if effect == \"kill\" else 1.0 for mechanism in mechanisms]\n",
        "theory/test_cytostasis.py -k moves",
    ),
    Wrong(
        "cells that are held killed as if they divided", "body/drugs/effects.py",
        "                    share *= power(work.cycling[node, mask], model.agent[agent, CYCLE])\n",
        "                    share *= 1.0\n",
        "theory/test_cytostasis.py -k spares",
    ),
    Wrong(
        "shares of two drugs that add up", "body/drugs/effects.py",
        "work.cycling[node, mask] *= 1.0 - most * share",
        "work.cycling[node, mask] -= most * share",
        "theory/test_cytostasis.py -k leaves",
    ),
    Wrong(
        "rounding half up for chance", "body/kendall.py",
        "    survivors = binomial(stream, rest, chance)\n",
        "    survivors = np.floor(rest * chance + 0.5)\n",
        "agreement/test_kendall.py",
    ),
    Wrong(
        "tau-leaping for the exact law", "body/kendall.py",
        "        survivors += negative_binomial(stream, survivors, c / max(delta, TINY))\n    return marked, survivors",
        "        survivors += negative_binomial(stream, 1e15, survivors * c / max(delta, TINY) / 1e15)\n    return marked, survivors",
        "agreement/test_kendall.py",
    ),
    Wrong(
        "paths from ten cells on", "body/state.py",
        "PATH_CELLS, MARKS_LIMIT = 1e3, 100.0",
        "PATH_CELLS, MARKS_LIMIT = 10.0, 100.0",
        "properties/test_accounts.py -k leaves",
    ),
    Wrong(
        "the whole part of a mean for Poisson's law", "body/families.py",
        "for ordinal in range(int(poisson(stream, expected))):",
        "for ordinal in range(int(expected)):",
        "agreement/test_reference.py -k untreated",
    ),
    Wrong(
        "weights of organs that do not add to one", "body/seeding.py",
        "    left = uniform(stream) * (founding + joining_chance(row, condition, state, model, work))\n",
        "    left = uniform(stream)\n",
        "agreement/test_reference.py -k untreated",
    ),
    Wrong(
        "resistance that mutates back", "body/line/alterations.py",
        "                rate = 0.0 if has else model.mechanism_rate[choice - 2]\n"
        "                other, gain = kind + levels * 2 * bit, model",
        "                rate = model.mechanism_rate[choice - 2]\n"
        "                other, gain = kind + levels * 2 * bit * (-1 if has else 1), model",
        "agreement/test_reference.py -k untreated",
    ),
    Wrong(
        "half of what flows at a tight face", "tissue/fields/sweeps.py",
        "        across_last = across * (here[before] + here[last])\n",
        "        across_last = across * (here[before] + np.float32(0.5) * here[last])\n",
        "theory/test_t19_t26_fields.py -k screened",
    ),
    Wrong(
        "axes of a step in another order", "tissue/fields/transient.py",
        "            (1, (layers, plane, wide, 1, rows, wide)),\n            (0, (1, 0, plane, 1, layers, plane)),",
        "            (0, (1, 0, plane, 1, layers, plane)),\n            (1, (layers, plane, wide, 1, rows, wide)),",
        "theory/test_transient_fields.py -k matrices",
    ),
    Wrong(
        "fields that lag a step behind", "tissue/model.py",
        "        self.settle()\n        rounds = int(self.laws.rounds.max())",
        "        self.settle()\n        now = self.lattice.fields.copy()\n"
        "        self.lattice.fields[...] = getattr(self, \"_late\", now)\n        self._late = now\n"
        "        rounds = int(self.laws.rounds.max())",
        "unit/tissue/test_supplied.py -k own_step",
    ),
)  # fmt: skip
