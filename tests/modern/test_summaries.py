"""modern.summaries: event files in the order in which TensorBoard has to read them."""

import os
import re

from tensorboard.backend.event_processing import plugin_event_accumulator
from tensorboard.util import tensor_util

from modern.summaries import EventWriter


def write(folder, first_step, values):
    folder.mkdir(exist_ok=True)
    events = EventWriter(str(folder), first_step)
    for step, value in enumerate(values, first_step):
        events.scalars(step, {"loss": value})
    events.close()


def test_the_announcement_is_read_first_however_many_files_a_process_wrote(tmp_path):
    for number in range(12):  # writers count their files, and 10 is sorted before 9
        write(tmp_path / str(number), 1, [0.5])
        first, second = sorted(os.listdir(tmp_path / str(number)))
        assert first.endswith(".-start") and second.endswith(".v2")


def test_a_second_start_takes_back_what_came_after_its_step(tmp_path):
    write(tmp_path, 1, [1.0, 2.0, 3.0, 4.0])
    for path in tmp_path.iterdir():  # no two starts of one run fall into one second
        path.rename(path.with_name(re.sub(r"\d{10}", "1000000000", path.name)))
    write(tmp_path, 3, [30.0, 40.0, 50.0])
    shown = plugin_event_accumulator.EventAccumulator(str(tmp_path), {"tensors": 0})
    shown.Reload()
    points = [(event.step, tensor_util.make_ndarray(event.tensor_proto).item())
              for event in shown.Tensors("loss")]
    assert points == [(1, 1.0), (2, 2.0), (3, 30.0), (4, 40.0), (5, 50.0)]
