"""After a power cut that hits all devices their first passes are spread, and in the same order each time."""

from agent.resident.schedule import first_pass_s
from agent.settings import ScheduleSettings
from benchmarks.arrivals import DEVICES, OUT, card, curves, picture

SETTINGS = ScheduleSettings()


def test_every_device_arrives_once():
    for curve in curves(SETTINGS):
        assert sum(curve.counts) == DEVICES


def test_the_jitter_flattens_the_peak_to_near_the_mean():
    ours, at_once = curves(SETTINGS)
    assert ours.most_a_second < 1.5 * DEVICES / SETTINGS.jitter < at_once.most_a_second / 10


def test_the_order_is_the_same_at_every_boot():
    moments = [[first_pass_s(SETTINGS, card(number)) for number in range(100)] for _ in range(2)]
    assert moments[0] == moments[1]
    assert len(set(moments[0])) == 100


def test_the_picture_in_the_documents_is_the_present_one():
    assert OUT.read_text() == picture(SETTINGS), "python -m benchmarks.arrivals"
