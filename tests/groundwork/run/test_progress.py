import io
import sys

import numpy as np
import pytest

from groundwork.run.progress import Progress


class Clock:

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


class Terminal(io.StringIO):

    def isatty(self):
        return True


def show(updates, first_step=0, last_step=2000):
    """Returns the plain lines for updates of (seconds, step, losses)."""
    clock, stream = Clock(), io.StringIO()
    progress = Progress(first_step, last_step, stream, clock)
    for seconds, step, losses in updates:
        clock.now = 1000.0 + seconds
        progress.update(step, losses)
    progress.close()
    return stream.getvalue().splitlines()


def test_line_shows_step_losses_speed_and_time_left():
    losses = {"generator": np.float32(0.72134), "discriminator": 1.31021}
    # 99 steps in 8.0488 seconds; 1,900 to go at 12.3 a second.
    assert show([(0.0, 1, losses), (99 / 12.3, 100, losses)]) == [
        "step      1/2000  generator 0.7213  discriminator 1.3102",
        "step    100/2000  generator 0.7213  discriminator 1.3102  12.3 steps/s  2m34s left"]


def test_lines_are_the_first_the_last_and_one_every_five_seconds():
    lines = show([(0.5 * step, step, {}) for step in range(1, 26)], last_step=25)
    assert [int(line.split()[1].split("/")[0]) for line in lines] == [1, 11, 21, 25]


def test_closing_early_shows_the_newest_step_once():
    lines = show([(0.0, 1, {}), (1.0, 2, {}), (2.0, 3, {})])
    assert [line.split("/")[0] for line in lines] == ["step      1", "step      3"]


def test_no_update_shows_nothing():
    assert show([]) == []


def test_last_step_is_shown_once():
    assert len(show([(0.0, 1, {}), (1.0, 2, {})], last_step=2)) == 2


def test_resumed_run_counts_only_its_own_steps():
    lines = show([(0.0, 1001, {}), (10.0, 1011, {})], first_step=1000, last_step=1111)
    assert lines[1] == "step   1011/1111  1.0 steps/s  1m40s left"


@pytest.mark.parametrize("seconds, last_step, expected", [
    (10.0, 2, "10.0 s/step  0s left"), (60.0, 3, "60.0 s/step  1m00s left"),
    (59.6, 3, "59.6 s/step  1m00s left"), (100.0, 102, "100.0 s/step  2h46m left")])
def test_slow_runs_show_seconds_a_step(seconds, last_step, expected):
    assert show([(0.0, 1, {}), (seconds, 2, {})], last_step=last_step)[1].endswith("  " + expected)


def test_clock_that_stands_still_shows_no_speed():
    assert show([(0.0, 1, {}), (0.0, 2, {})], last_step=2)[1] == "step      2/2"


@pytest.mark.parametrize("loss, expected", [
    (0.0, "0.0000"), (-1.5, "-1.5000"), (1e-6, "1.000e-06"), (2.5e9, "2.500e+09"),
    (float("nan"), "nan"), (float("-inf"), "-inf")])
def test_losses_of_any_size_are_readable(loss, expected):
    assert show([(0.0, 1, {"loss": loss})]) == ["step      1/2000  loss " + expected]


def test_each_line_is_flushed():
    class Stream(io.StringIO):
        flushed = ""

        def flush(self):
            self.flushed = self.getvalue()

    stream = Stream()
    Progress(0, 10, stream, Clock()).update(1, {"loss": 1.0})
    assert stream.flushed == "step      1/10  loss 1.0000\n"


def test_stream_is_the_standard_output_of_the_moment(capsys):
    assert not sys.stdout.isatty()
    Progress(0, 1, clock=Clock()).update(1, {})
    assert capsys.readouterr().out == "step      1/1\n"


def test_terminal_shows_a_bar():
    stream = Terminal()
    progress = Progress(10, 20, stream)
    progress.update(15, {"generator": 0.72134})
    progress.update(20, {"generator": 0.5})
    progress.close()
    shown = stream.getvalue()
    assert "10/20" in shown and "20/20" in shown and "generator 0.5000" in shown
    assert "step " not in shown


@pytest.mark.parametrize("error,gone", [(BrokenPipeError, True), (OSError, False)])
def test_a_stream_that_cannot_be_written_is_left_and_the_run_goes_on(error, gone):
    class Stream(io.StringIO):
        def write(self, text):
            written.append(text)
            raise error()

    written = []
    progress = Progress(0, 10, Stream())
    assert not progress.reader_gone
    for step in (1, 2, 10):
        progress.update(step, {"loss": 1.0})
    progress.close()
    assert progress.reader_gone == gone
    assert len(written) == 1


def test_without_standard_output_nothing_is_shown(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    progress = Progress(0, 10)
    progress.update(1, {"loss": 1.0})
    progress.close()
    assert not progress.reader_gone
