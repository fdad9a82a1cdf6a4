"""The texts of the board."""

from board_rows import NOW

from fleet.bench.stage import Stage, in_order
from fleet.board.sample import sample
from fleet.board.texts import STAGES, PageText, TileGroup


def test_every_stage_group_and_text_is_in_both_languages():
    output = [*STAGES.values(), *(word.value for word in PageText), *(group.text for group in TileGroup)]
    assert set(STAGES) == set(Stage)
    assert all(one.en and one.ja for one in output)
    assert in_order(sample(NOW).rows)[0].stage is Stage.SUSPICIOUS
