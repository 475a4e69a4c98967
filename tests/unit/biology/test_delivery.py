"""Delivery: what flow and wall let through, and how much of it a tissue keeps."""

import math

import pytest

from seedsoil.biology.medicine.delivery import exchange, tissue_share


@pytest.mark.parametrize(("flow", "permeability"), [(500.0, 10.0), (500.0, 500.0), (20.0, 4000.0)])
def test_exchange_is_renkins(flow: float, permeability: float) -> None:
    """Q (1 - exp(-PS / Q)) to 1e-14: catches flow and permeability in each other's place."""
    assert exchange(flow, permeability) == pytest.approx(flow * -math.expm1(-permeability / flow), rel=1e-14)


def test_no_flow_no_wall_no_drug() -> None:
    """Nothing passes where no blood flows or the wall is shut: catches a division by nothing."""
    assert [exchange(0.0, 5.0), exchange(500.0, 0.0)] == [0.0, 0.0]
    assert [tissue_share(0.0, 5.0, 2.0), tissue_share(500.0, 0.0, 2.0), tissue_share(500.0, 0.0, 0.0)] == [0.0] * 3


def test_share_is_a_balance_of_mass() -> None:
    """What enters at the share's level leaves by the wall and is lost in the tissue: catches a loss left out."""
    flow, permeability, loss = 500.0, 40.0, 3.0
    share, passed = tissue_share(flow, permeability, loss), exchange(flow, permeability)
    assert passed * 1.0 == pytest.approx(passed * share + loss * share, rel=1e-13)


def test_without_loss_tissue_is_like_blood() -> None:
    """Without loss k V, R = 1 exactly, whatever the wall: catches a share above 1."""
    assert tissue_share(500.0, 1e-3, 0.0) == tissue_share(3.0, 1e6, 0.0) == 1.0
