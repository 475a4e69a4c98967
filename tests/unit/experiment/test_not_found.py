"""What became of founders that no diagnosis came of: each reason for its own state of the tumour."""

import pytest

from seedsoil.body.state import CELLS, DEATH_DAY, LESIONS, PENDING, State, new_state
from seedsoil.experiment.grow import _ADVICE, MOST_LESIONS, Diagnosis, _why_not_found


def _grown(cells: float) -> State:
    state = new_state(1)
    state.lesion[0, CELLS], state.count[LESIONS] = cells, 1
    return state


@pytest.mark.parametrize(
    ("cells", "change", "reason"),
    [
        (0.0, None, "died out"),
        (1e5, None, "hardly grew"),
        (1e9, None, "without the metastases asked for"),
        (1e5, ("clock", DEATH_DAY, 30.0), "killed first"),
        (1e5, ("count", LESIONS, MOST_LESIONS), "with more metastases than can be followed"),
        (1e5, ("count", PENDING, 16384), "with more metastases than can be followed"),
    ],
)  # fmt: skip
def test_reason(cells: float, change: tuple[str, int, float] | None, reason: str) -> None:
    state = _grown(cells)
    if change is not None:
        getattr(state, change[0])[change[1]] = change[2]
    assert _why_not_found(state, Diagnosis(3.0, metastases=1)) == reason
    assert reason in _ADVICE
