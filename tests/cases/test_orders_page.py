"""Each order on the page of orders can be written in a study as it stands there."""

import re
from pathlib import Path

import pytest

from seedsoil.trial.study.file import Study

PAGE = (Path(__file__).parents[2] / "docs" / "understand" / "orders.md").read_text(encoding="utf-8")
ORDERS = [
    line.split("#")[0].strip()
    for block in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    for line in block.splitlines()
    if line.startswith("{")
]


def test_the_page_shows_orders_of_every_kind() -> None:
    kinds = {order.split()[1] for order in ORDERS}
    assert kinds == {
        "give", "resect", "ablate", "irradiate", "inject", "shunt", "scan", "biopsy", "culture", "draw", "autopsy", "count"
    }  # fmt: skip


@pytest.mark.parametrize("order", ORDERS)
def test_order_is_read(order: str) -> None:
    """In a patient with melanoma who is scanned every month, bled and biopsied."""
    looks = (
        '{ scan = "ct", every = "28 days", start = "1 day" }, { draw = "5 mL" }, { biopsy = "primary", at = "8 days" }'
    )
    study = Study.read(
        f'[study]\ntitle = "orders"\npatients = 1\nseed = 1\nuntil = "5 years"\n[tumour]\nis = "melanoma"\n[host]\n'
        f'is = "adult"\n[diagnosis]\nprimary_diameter = "10 mm"\n[arms.one]\ndo = [ {looks}, {order} ]\n'
    )
    assert study.orders["one"]
