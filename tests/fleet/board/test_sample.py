"""The sample: thirty invented SIMs that advance."""

from board_rows import NOW
from hypothesis import given
from hypothesis import strategies as st

from fleet.bench.stage import Stage
from fleet.board.sample import SIMS, sample


def test_the_sample_has_every_stage_and_thirty_sims():
    rows = sample(NOW).rows
    assert len({one.sim.sim_id for one in rows}) == len(rows) == SIMS
    assert {one.stage for one in rows} == set(Stage)


@given(st.integers(0, 300))
def test_the_sample_advances_one_sim_at_a_time_and_never_back(step):
    before, after = sample(NOW, step).rows, sample(NOW, step + 1).rows
    moved = [(a.stage, b.stage) for a, b in zip(before, after, strict=True) if a.stage is not b.stage]
    stages = list(Stage)
    assert len(moved) <= 1
    assert all(stages.index(b) == stages.index(a) + 1 for a, b in moved)
