"""Effector cells: what they kill at a lesion's surface, how they are called, and how a large lesion tires them."""

import numpy as np
import pytest

from seedsoil.biology.soils.immunity import called, depth_kill, inside_after, surface_kill

#: Turnover, recruitment, size of half recruitment and exhaustion per cell [1/day, 1/day, cells, 1/day]: Kuznetsov's.
KUZNETSOV = (0.0412, 0.1245, 2.02e7, 3.42e-10)


@pytest.mark.parametrize(
    ("cells", "seeing", "blind"), [(1e4, 0.3, 0.0), (1e6, 1.0, 0.0), (1e9, 0.0, 5.0), (3e7, 0.4, 0.7)]
)
def test_kill_is_a_race_with_the_surface(cells: float, seeing: float, blind: float) -> None:
    """The law k E / (E + (N / N50)^(2/3)) to 1e-12: catches the exponent of a volume."""
    total = seeing + blind
    expected = 0.3 * total / (total + (cells / 1e6) ** (2.0 / 3.0))
    assert surface_kill(cells, seeing, blind, 0.3, 1e6) == pytest.approx(expected, rel=1e-12)


def test_without_effectors_no_one_is_killed() -> None:
    """Exactly nothing at level 0, however small the lesion: catches nothing over nothing."""
    assert surface_kill(1e6, 0.0, 0.0, 0.3, 1e6) == surface_kill(0.0, 0.0, 0.0, 0.3, 1e6) == 0.0


def test_half_size_and_both_ends() -> None:
    """Half the greatest kill at N50, nearly all of it far below, the surface's share far above: catches 1 %."""
    assert surface_kill(1e6, 1.0, 0.0, 0.3, 1e6) == pytest.approx(0.15)
    assert surface_kill(1.0, 1.0, 0.0, 0.3, 1e6) == pytest.approx(0.3, rel=1e-3)
    assert surface_kill(1e15, 1.0, 0.0, 0.3, 1e6) == pytest.approx(0.3e-6, rel=1e-3)


@pytest.mark.parametrize("cells", [0.0, 1e6, 2e7, 1e9])
@pytest.mark.parametrize("antigen", [0.0, 0.5, 1.0])
def test_lymphocytes_follow_their_equation(cells: float, antigen: float) -> None:
    """Days 1, 10 and 100 by an adaptive solver, a lesion of constant size: catches one in 1e7 in any term."""
    from scipy.integrate import solve_ivp

    turnover, recruitment, half, exhaustion = KUZNETSOV

    def slope(_day: float, level: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
        gain = antigen * recruitment * cells / (half + cells) - exhaustion * cells - turnover
        return turnover + gain * level

    days = (1.0, 10.0, 100.0)
    law = solve_ivp(slope, (0.0, days[-1]), [0.6], t_eval=days, rtol=1e-10, atol=1e-12).y[0]
    found = [called(0.6, cells, antigen, day, *KUZNETSOV) for day in days]
    assert found == pytest.approx(law, rel=1e-7)


def test_rest_is_one() -> None:
    """No tumour: whatever there was returns to 1 with the turnover, and 1 stays 1: catches a source of another size."""
    assert called(1.0, 0.0, 1.0, 50.0, *KUZNETSOV) == pytest.approx(1.0, rel=1e-12)
    assert called(3.0, 0.0, 1.0, 10.0, *KUZNETSOV) - 1.0 == pytest.approx(2.0 * np.exp(-0.412), rel=1e-12)


def test_gain_and_loss_in_balance() -> None:
    """Where recruitment outweighs all loss to the last bit, the level rises by the turnover alone: catches 0 / 0."""
    assert called(2.0, 1e6, 1.0, 5.0, 0.1, 0.2, 1e6, 0.0) == pytest.approx(2.0 + 0.1 * 5.0, rel=1e-9)


def test_large_lesions_tire_them() -> None:
    """More come to 1e7 cells than to none, and fewer than at rest are left at 1e10: catches a call without end."""
    levels = [called(1.0, cells, 1.0, 365.0, *KUZNETSOV) for cells in (0.0, 1e7, 1e10)]
    assert levels[1] > 1.5 * levels[0]
    assert levels[2] < 0.1 * levels[0]


@pytest.mark.parametrize(
    ("inside", "seen", "killed"),
    [(1e4, 1.0, 4.0 / 1.02 * 1e-4), (1e4, 0.02, 2.0 * 1e-4), (1e8, 1.0, 2.0 / 1.02), (1e14, 0.5, 2.0 / 0.52)],
)
def test_lymphocytes_in_the_depth_kill_by_touch(inside: float, seen: float, killed: float) -> None:
    """Of 1e8 cells, 200 met and four killed a day at most: few, few that see one in fifty, one for each cell, and swarms.

    The hazard is of a cell that is seen so far, to 2e-4: catches killing beyond four a day, and a share left out.
    """
    assert seen * depth_kill(1e8, inside, seen, 200.0, 4.0) == pytest.approx(killed, rel=2e-4)


def test_nobody_inside_kills_nobody() -> None:
    """Exactly nothing, whatever is seen: catches nothing over nothing."""
    assert depth_kill(1e6, 0.0, 0.0, 200.0, 4.0) == depth_kill(1e6, 0.0, 1.0, 200.0, 4.0) == 0.0


@pytest.mark.parametrize("drive", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("seen", [0.0, 0.0025, 1.0])
def test_lymphocytes_in_the_depth_follow_their_equation(drive: float, seen: float) -> None:
    """Ten days by an adaptive solver, few among 1e8 cells: catches one in 1e5 in coming, dividing and going."""
    from scipy.integrate import solve_ivp

    def change(_: float, inside: list[float]) -> list[float]:
        dividing = 0.5 * drive * seen / (seen + 0.5 / 200.0) * 1e8 / (1e8 + 1e3)
        return [70.0 + (dividing - 0.04) * inside[0]]

    truth = solve_ivp(change, (0.0, 10.0), [1e3], rtol=1e-10).y[0, -1]
    assert inside_after(1e3, 1e8, seen, 70.0, 10.0, 0.5, drive, 200.0, 0.04) == pytest.approx(truth, rel=1e-5)


def test_lymphocytes_without_prey_only_go() -> None:
    """A thousand among nothing decline at the rate at which they are lost, driven or not: catches division without a contact."""
    assert inside_after(1e3, 0.0, 1.0, 0.0, 5.0, 0.5, 1.0, 200.0, 0.04) == pytest.approx(1e3 * np.exp(-0.2), rel=1e-12)
