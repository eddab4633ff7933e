"""Tests of groundwork.run.metrics_check: rows of metrics.csv that were lost, cut or edited."""

import json
import os
import random
import struct
import types

from absl import logging
import numpy as np
import pytest
from tensorboard.compat.proto import event_pb2

from groundwork.errors import UsageError
from groundwork.run import event_losses
from groundwork.run import metrics_digests
from groundwork.run.metrics_logger import MetricsLogger
from groundwork.run.run_config import RunConfig

CONFIG = RunConfig(seed=1, dtype="float32", train_steps=100, log_every=5, sample_every=500,
                   checkpoint_every=20, summary_every=500)


@pytest.fixture(name="warnings")
def fixture_warnings(monkeypatch):
    lines = []
    monkeypatch.setattr(logging, "warning", lambda text, *values: lines.append(text % values))
    return lines


def losses_of(step, dtype):
    """Losses whose decimals are long."""
    return {"vae": {"vae": dtype(500.0 / (step + 0.1)), "vae/divergence": dtype(np.sin(step))}}


def event(step, **changes):
    return event_pb2.Event(wall_time=1.0, step=step, **changes)


def scalars(step, losses, as_tensors):
    """The events of a logged step, as one wing or the other writes them."""
    if not as_tensors:
        values = [{"tag": "loss/" + name, "simple_value": value} for name, value in losses.items()]
        return [event(step, summary={"value": values})]
    return [event(step, summary={"value": [
        {"tag": "loss/" + name, "tensor": {"dtype": 1, "float_val": [value]}}]})
            for name, value in losses.items()]


def write_events(path, events):
    with open(str(path), "ab") as file:
        for each in events:
            content = each.SerializeToString()
            file.write(struct.pack("<QI", len(content), 0) + content + b"\0\0\0\0")


def write_run(path, dtype=np.float32, as_tensors=False, first_step=1, last_step=60):
    """Trains nothing from one step to another; leaves metrics, events and empty checkpoints."""
    run = types.SimpleNamespace(metrics=str(path / "metrics.csv"), events=str(path / "events"),
                                checkpoints=str(path / "checkpoints"))
    for folder in (run.events, run.checkpoints):
        if not os.path.isdir(folder):
            os.makedirs(folder)
    logger = MetricsLogger(run, CONFIG, first_step)
    file = "events.out.tfevents.{:010d}.host".format(first_step)
    events = [event(first_step, session_log={"status": event_pb2.SessionLog.START})]
    for step in range(first_step, last_step + 1):
        logged = logger.record(step, losses_of(step, dtype))
        events += scalars(step, logged, as_tensors) if logged else []
        if step % 20 == 0:
            logger.flush()
            (path / "checkpoints" / "ckpt-{}.index".format(step)).write_bytes(b"")
    write_events(path / "events" / file, events)
    logger.close()
    return run


def resume(run, step):
    MetricsLogger(run, CONFIG, step + 1).close()


def read(path):
    with open(str(path), "rb") as file:
        return file.read()


def refusal(run, step):
    with pytest.raises(UsageError) as caught:
        resume(run, step)
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    return message


def lost(content):
    del content


CHANGES = {
    "lost": lost,
    "empty": lambda content: b"",
    "cut": lambda content: content[:-30],
    "header lost": lambda content: content.split(b"\n", 1)[1],
    "a digit": lambda content: content.replace(b"5,", b"5,1", 1),
    "a row less": lambda content: content.replace(content.split(b"\n")[3] + b"\n", b""),
    "a row twice": lambda content: content.replace(content.split(b"\n")[3] + b"\n",
                                                   2 * (content.split(b"\n")[3] + b"\n")),
    "other columns": lambda content: content.replace(b"vae/divergence", b"divergence"),
    "zeros": lambda content: b"\0" * len(content),
}


def change(run, content):
    os.remove(run.metrics)
    if content is not None:
        with open(run.metrics, "wb") as file:
            file.write(content)


@pytest.mark.parametrize("as_tensors", [False, True])
@pytest.mark.parametrize("name", CHANGES)
def test_rows_that_are_lost_or_changed_are_rebuilt_digit_for_digit(
        tmp_path, warnings, name, as_tensors):
    run = write_run(tmp_path, as_tensors=as_tensors)
    before = read(run.metrics)
    assert before.splitlines()[2] == b"5,98.03921508789062,-0.9589242935180664"
    change(run, CHANGES[name](before))
    resume(run, 60)
    assert read(run.metrics) == before
    assert warnings == ["{}: its rows up to step 60 were lost or changed; rebuilt from the event "
                        "files, whose float32 losses are the same digit for digit".format(
                            run.metrics)]
    resume(run, 60)
    assert len(warnings) == 1


@pytest.mark.parametrize("step", [20, 40, 60])
def test_rows_as_they_were_say_nothing(tmp_path, warnings, step):
    run = write_run(tmp_path)
    resume(run, step)
    assert warnings == []


def test_rows_after_the_checkpoint_are_not_looked_at(tmp_path, warnings):
    run = write_run(tmp_path)
    change(run, read(run.metrics).replace(b"\n50,", b"\n50,1") + b"55,torn")
    resume(run, 40)
    assert warnings == []


def test_losses_of_float64_are_not_invented(tmp_path, warnings):
    run = write_run(tmp_path, dtype=np.float64)
    resume(run, 60)
    change(run, CHANGES["cut"](read(run.metrics)))
    cut = read(run.metrics)
    assert refusal(run, 60) == (
        "{}: expected the rows that it had at step 60, received others, and the event files, "
        "whose losses are float32, do not give them; put the file back, or remove {} to go on "
        "with the rows that are there".format(run.metrics, metrics_digests.path(run.checkpoints)))
    assert read(run.metrics) == cut and warnings == []
    os.remove(metrics_digests.path(run.checkpoints))
    resume(run, 60)
    assert len(warnings) == 1


def test_rows_are_refused_when_the_event_files_are_gone_or_torn(tmp_path):
    run = write_run(tmp_path)
    os.remove(run.metrics)
    name = os.path.join(run.events, os.listdir(run.events)[0])
    with open(name, "r+b") as file:
        file.truncate(300)
    assert refusal(run, 60).startswith(run.metrics + ": expected the rows that it had at step 60")
    os.remove(name)
    assert refusal(run, 60).startswith(run.metrics + ": expected the rows that it had at step 60")
    assert not os.path.exists(run.metrics)


def test_a_run_of_an_earlier_version_is_taken_as_it_is_and_that_is_said_once(tmp_path, warnings):
    run = write_run(tmp_path)
    os.remove(metrics_digests.path(run.checkpoints))
    resume(run, 60)
    resume(run, 60)
    assert warnings == ["{}: no digest of its rows up to step 60, as of runs of earlier versions: "
                        "13 rows are taken as they are".format(run.metrics)]


def test_what_an_interrupted_process_wrote_further_on_does_not_count(tmp_path, warnings):
    run = write_run(tmp_path)
    write_run(tmp_path, first_step=41, last_step=100)
    losses = event_losses.read(run.events)
    assert sorted(losses) == [1] + list(range(5, 101, 5))
    before = read(run.metrics)
    os.remove(run.metrics)
    resume(run, 100)
    assert read(run.metrics) == before and len(warnings) == 1


def test_a_kill_between_digest_and_checkpoint_leaves_a_run_that_resumes(tmp_path, warnings):
    run = write_run(tmp_path)
    os.remove(os.path.join(run.checkpoints, "ckpt-60.index"))
    resume(run, 40)
    write_run(tmp_path, first_step=41)
    resume(run, 60)
    assert warnings == []


def test_checkpoints_between_rows_have_their_digest(tmp_path, warnings):
    run = write_run(tmp_path)
    logger = MetricsLogger(run, CONFIG, 61)
    for step in (61, 62, 63, 64):
        logger.record(step, losses_of(step, np.float32))
        logger.flush()
        (tmp_path / "checkpoints" / "ckpt-{}.index".format(step)).write_bytes(b"")
        if step == 61:
            os.remove(os.path.join(run.checkpoints, "ckpt-60.index"))
    logger.close()
    resume(run, 64)
    assert warnings == []
    stored = metrics_digests.read(run.checkpoints)
    assert stored.losses == ["vae", "vae/divergence"]
    assert sorted(map(int, stored.digests)) == [20, 40, 61, 62, 63, 64]


@pytest.mark.parametrize("content", [
    b"", b"{", b"[]", b'{"losses": [], "digests": []}', b'{"losses": [1], "digests": {}}',
    b'{"losses": [], "digests": {"60": "ab"}}', b'{"losses": [], "digests": {"x": 1}}',
    b"[" * 100000])
def test_a_damaged_file_of_digests_is_refused(tmp_path, content):
    run = write_run(tmp_path)
    path = metrics_digests.path(run.checkpoints)
    with open(path, "wb") as file:
        file.write(content)
    assert refusal(run, 60) == (
        "{}: expected digests of metrics.csv, received a damaged file; without it the run goes on "
        "with the rows that are there".format(path))


def test_metrics_that_are_no_file_are_refused_at_once(tmp_path):
    run = write_run(tmp_path)
    os.remove(run.metrics)
    os.mkfifo(run.metrics)
    assert refusal(run, 60) == (
        run.metrics + ": expected the metrics of a run, received no regular file")


def mutated(content, number):
    """The content after the random change of that number."""
    random_ = random.Random(number)
    first, last = sorted(random_.sample(range(len(content)), 2))
    changed = bytearray(content)
    for _ in range(random_.randint(1, 5)):
        changed[random_.randrange(len(changed))] = random_.choice(
            [random_.randrange(256), ord(random_.choice("0123456789.,-e\n"))])
    return random_.choice([content[:first], content[first:], content[:first] + content[last:],
                           content[:last] + content[first:], bytes(changed), bytes(changed),
                           b"\0" * last])


@pytest.mark.parametrize("first,count", [
    (0, 40), pytest.param(40, 460, marks=pytest.mark.slow)])
def test_no_change_of_metrics_is_taken_in_silence(tmp_path, warnings, first, count):
    run = write_run(tmp_path)
    content = read(run.metrics)
    digests = read(metrics_digests.path(run.checkpoints))
    rebuilt = 0
    for number in range(first, first + count):
        change(run, mutated(content, number))
        del warnings[:]
        resume(run, 60)
        rebuilt += len(warnings)
        assert json.loads(digests.decode()) == json.loads(
            read(metrics_digests.path(run.checkpoints)).decode())
        logger = MetricsLogger(run, CONFIG, 61)
        logger.record(65, losses_of(65, np.float32))
        logger.close()
        assert read(run.metrics).startswith(content)
    print("{} changes of metrics.csv: {} rebuilt, 0 lost, 0 tracebacks".format(count, rebuilt))
    assert rebuilt > 0.9 * count
