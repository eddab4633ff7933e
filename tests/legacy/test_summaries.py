"""Event files of the legacy wing."""

import glob
import os
import time

import tensorflow.compat.v1 as tf

from legacy.summaries import EventWriter


def test_writers_of_one_process_and_second_have_files_of_their_own(tmp_path, monkeypatch):
    monkeypatch.setattr(time, "time", lambda: 1234567890.5)
    for first_step in (1, 7, 13):
        writer = EventWriter(str(tmp_path), first_step)
        writer.scalars(first_step, {"loss/generator": 0.5})
        writer.close()
    paths = sorted(glob.glob(os.path.join(str(tmp_path), "*tfevents*")))
    written = [event.step for path in paths for event in tf.train.summary_iterator(path)
               if event.summary.value]
    assert written == [1, 7, 13]
