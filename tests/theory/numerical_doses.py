"""An independent answer to dosing schedules: the compartments' differential equations, integrated numerically.

Amounts in depot, central, peripheral and effect compartments; nothing is shared with the closed forms but the meaning of
the records. All records of all schedules are integrated at once, each on its own clock: a segment between two events is
stretched to length 1. Steady states are reached by brute force, with many past doses.
"""

from dataclasses import dataclass

import numpy as np
from scipy.integrate import solve_ivp

from seedsoil.biology.medicine.kinetics import Dose, Exponentials

_names = ("depot", "central")  # where the doses go: places 0 and 1; 2 is peripheral, 3 the effect site (concentration)


@dataclass(frozen=True)
class Body:
    """A body with a depot, one or two compartments, and an effect site if ``ke0`` is given (hours, litres, mg)."""

    clearance: float
    volume: float
    exchange: float
    peripheral: float
    ka: float
    ke0: float

    def matrix(self) -> np.ndarray:
        """Return the rate matrix of the amounts."""
        out, there = self.clearance / self.volume, self.exchange / self.volume
        back = self.exchange / self.peripheral if self.exchange else 0.0
        return np.array(
            [
                [-self.ka, 0.0, 0.0, 0.0],
                [self.ka, -out - there, back, 0.0],
                [0.0, there, -back, 0.0],
                [0.0, self.ke0 / self.volume, 0.0, -self.ke0],
            ]
        )

    def slowest(self) -> float:
        """Return the slowest rate of the chain."""
        eigenvalues = -np.linalg.eigvals(self.matrix()).real
        return float(eigenvalues[eigenvalues > 1e-12].min())

    def model(self) -> dict[str, Exponentials]:
        """Return the same body as sums of exponentials."""
        plasma = (
            Exponentials.two_compartment(self.clearance, self.volume, self.exchange, self.peripheral)
            if self.exchange
            else Exponentials.one_compartment(self.clearance, self.volume)
        )
        both = {"central": plasma, "depot": plasma.absorbed(self.ka)}
        if self.ke0:
            both = {name: one.effect_site(np.log(2.0) / self.ke0) for name, one in both.items()}
        return both


def random_body(generator: np.random.Generator) -> Body:
    """Return a body whose rates lie within a factor of about 60, so that numerical integration stays exact."""
    two, effect = generator.random(2) < 0.5
    return Body(
        clearance=generator.uniform(1, 5),
        volume=generator.uniform(5, 30),
        exchange=generator.uniform(1, 8) if two else 0.0,
        peripheral=generator.uniform(5, 30),
        ka=generator.uniform(0.3, 2.5),
        ke0=generator.uniform(0.3, 2.5) if effect else 0.0,
    )


def random_schedule(generator: np.random.Generator, body: Body) -> list[Dose]:
    """Return one to four records that use every feature: infusions, repeats, lags, steady states, resets."""
    doses = []
    for time in np.sort(generator.uniform(0, 30, generator.integers(1, 5))):
        every = generator.uniform(1.0, 2.5) / body.slowest()
        steady = int(generator.choice([0, 0, 1, 2]))
        how = generator.integers(3)
        amount = generator.uniform(1, 100)
        doses.append(
            Dose(
                time=time,
                amount=amount,
                duration=generator.uniform(0.05, 2.5) * every if how == 1 else 0.0,
                rate=amount / (generator.uniform(0.05, 2.5) * every) if how == 2 else 0.0,
                lag=generator.choice([0.0, generator.uniform(0, 1.4) * every]),
                bioavailability=generator.choice([1.0, generator.uniform(0.2, 1.3)]),
                every=every,
                additional=int(generator.integers(0, 4)),
                steady_state=steady,
                compartment=_names[generator.integers(2)],
                reset=bool(generator.random() < 0.2),
            )
        )
    return doses


def _runs(dose: Dose, body: Body) -> list[tuple[float, float, float]]:
    """Return start, stop and amount of each delivery, with as many past ones as can be felt to 1e-11."""
    days = dose.duration or (dose.bioavailability * dose.amount / dose.rate if dose.rate else 0.0)
    past = int(np.ceil((26.0 / body.slowest() + days + dose.lag) / dose.every)) if dose.steady_state else 0
    starts = [dose.time + dose.lag + k * dose.every for k in range(-past, dose.additional + 1)]
    return [(start, start + days, dose.bioavailability * dose.amount) for start in starts]


def _segments(dose: Dose, body: Body, samples: np.ndarray) -> list[tuple[float, np.ndarray, np.ndarray, int]]:
    """Return day, jump, input until the next day, and the sample taken (-1: none) for each event of one record."""
    place = _names.index(dose.compartment)
    runs = _runs(dose, body)
    days = sorted({day for start, stop, _ in runs for day in (start, stop)} | set(samples.tolist()))
    segments = []
    for number, day in enumerate(days):
        jump, flow = np.zeros(4), np.zeros(4)
        middle = (day + days[number + 1]) / 2 if number + 1 < len(days) else np.inf
        jump[place] = sum(amount for start, stop, amount in runs if start == stop == day)
        flow[place] = sum(amount / (stop - start) for start, stop, amount in runs if start < middle < stop)
        found = np.flatnonzero(samples == day)
        segments.append((day, jump, flow, int(found[0]) if found.size else -1))
    return segments


def integrated(bodies: list[Body], schedules: list[list[Dose]], samples: list[np.ndarray]) -> list[np.ndarray]:
    """Return the concentration (effect site if there is one) at the samples of each schedule."""
    records = [(which, dose) for which, doses in enumerate(schedules) for dose in doses]
    plans = [_segments(dose, bodies[which], samples[which]) for which, dose in records]
    matrices = np.array([bodies[which].matrix() for which, _ in records])
    state = np.zeros((len(records), 4))
    answers = [np.zeros(len(times)) for times in samples]
    for step in range(max(map(len, plans))):
        spans, flows = np.zeros(len(records)), np.zeros((len(records), 4))
        for row, plan in enumerate(plans):
            if step >= len(plan):
                continue
            day, jump, flow, sample = plan[step]
            state[row] += jump
            which, dose = records[row]
            if sample >= 0 and _felt(dose, schedules[which], day):
                body = bodies[which]
                answers[which][sample] += state[row, 3] if body.ke0 else state[row, 1] / body.volume
            if step + 1 < len(plan):
                spans[row], flows[row] = plan[step + 1][0] - day, flow
        state = _integrate(matrices * spans[:, None, None], flows * spans[:, None], state)
    return answers


def _integrate(matrices: np.ndarray, flows: np.ndarray, state: np.ndarray) -> np.ndarray:
    """Return the states after one segment, each of length 1."""

    def slope(_: float, flat: np.ndarray) -> np.ndarray:
        return (np.matmul(matrices, flat.reshape(-1, 4, 1))[:, :, 0] + flows).ravel()

    done = solve_ivp(slope, (0.0, 1.0), state.ravel(), method="DOP853", rtol=1e-11, atol=1e-11)
    assert done.success
    return done.y[:, -1].reshape(-1, 4)


def _felt(dose: Dose, schedule: list[Dose], day: float) -> bool:
    """Say whether a record is in force: begun, and not cancelled by a later reset or replacing steady state."""
    later = schedule[schedule.index(dose) + 1 :]
    return dose.time <= day and not any(
        other.time <= day and (other.reset or other.steady_state == 1) for other in later
    )
