"""Properties of files that are read: what was written is read back, any other content is refused
in one line."""

import hashlib
import json

import hypothesis
from hypothesis import strategies
from hypothesis.extra import numpy as arrays
import numpy as np
import pytest

from groundwork.errors import UsageError
from groundwork.run import config_file
from groundwork.run import metrics_file
from parity.common import arrays as writing
from parity.trace import file as trace_file
from tests.properties import support

LOSSES = ("discriminator", "generator")
ROWS = strategies.lists(strategies.tuples(strategies.floats(), strategies.floats()), max_size=6)


@hypothesis.given(strategies.one_of(
    strategies.binary(max_size=64), support.JSON.map(lambda value: json.dumps(value).encode())))
def test_a_config_file_is_json_or_refused_in_one_line(tmp_path, content):
    path = tmp_path / "config.json"
    path.write_bytes(content)
    try:
        value = config_file.load(str(path))
    except UsageError as error:
        assert support.is_one_line(error)
    else:
        assert value == json.loads(content)


@hypothesis.given(ROWS, strategies.integers(0, 7), strategies.text("0123456789,.-ena", max_size=20))
def test_metrics_keep_their_rows_and_drop_what_is_torn(tmp_path, rows, step, torn):
    path = tmp_path / "metrics.csv"
    whole = [metrics_file.row(i + 1, dict(zip(LOSSES, row)), LOSSES) for i, row in enumerate(rows)]
    head = metrics_file.header(LOSSES)
    path.write_bytes("".join([head] + whole + [torn]).encode())
    metrics = metrics_file.MetricsFile(str(path), LOSSES, step)
    metrics.close()
    content = path.read_bytes()
    assert content.decode() == "".join([head] + whole[:step])
    assert metrics.digest() == hashlib.sha256(content).hexdigest()


@hypothesis.given(strategies.binary(max_size=80))
def test_metrics_of_any_content_are_refused_or_have_whole_rows_alone(tmp_path, content):
    path = tmp_path / "metrics.csv"
    path.write_bytes(metrics_file.header(LOSSES).encode() + content)
    metrics_file.MetricsFile(str(path), LOSSES, 5).close()
    for line in path.read_text().splitlines()[1:]:
        step, *values = line.split(",")
        assert int(step) <= 5 and len(list(map(float, values))) == 2


@hypothesis.given(strategies.dictionaries(
    strategies.text("abc/1", min_size=1, max_size=6),
    arrays.arrays(strategies.sampled_from([np.float32, np.float64, np.int32, np.bool_]),
                  arrays.array_shapes(min_dims=0, max_dims=2, min_side=0, max_side=3)),
    max_size=3))
def test_a_trace_is_read_back_to_the_last_bit(tmp_path, written):
    path = str(tmp_path / "trace.npz")
    trace_file.write(path, {"side": "port", "pair": "p", "dtype": "float32", "steps": [1],
                            "description": {}}, written)
    read = trace_file.read(path)
    assert set(read) == set(written)
    for name, value in written.items():
        assert read[name].dtype == value.dtype and read[name].tobytes() == value.tobytes()


@hypothesis.given(support.JSON, strategies.sampled_from(sorted(trace_file._HEADER)))
def test_a_header_of_any_kind_is_whole_or_refused_in_one_line(tmp_path, value, key):
    path = str(tmp_path / "trace.npz")
    header = {"format": trace_file.FORMAT, "side": "port", "pair": "p", "dtype": "float32",
              "steps": [1], "description": {}, "arrays": {}, key: value}
    header["digest"] = trace_file.digest(header)
    with writing.Writer(path) as add:
        add("header", np.frombuffer(json.dumps(header).encode(), np.uint8))
    try:
        trace = trace_file.read(path)
    except trace_file.DamagedTrace as error:
        assert support.is_one_line(error)
    else:
        assert trace.header == header


def test_a_trace_is_refused_wherever_a_byte_is_changed(tmp_path):
    path = tmp_path / "trace.npz"
    trace_file.write(str(path), {"side": "port", "pair": "p", "dtype": "float32", "steps": [1],
                                 "description": {}}, {"loss/1/0/g": np.arange(3.0)})
    whole = path.read_bytes()
    for place in range(0, len(whole), 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1:])
        try:
            values = trace_file.read(str(path))["loss/1/0/g"]
        except (trace_file.DamagedTrace, KeyError) as error:
            assert support.is_one_line(error)
        else:
            assert values.tolist() == [0.0, 1.0, 2.0]


@pytest.mark.parametrize("content", [b"[" * 100_000, b"1" * 5000, b"\xff", b'{"a": NaN}'])
def test_hostile_json_is_refused_in_one_line(tmp_path, content):
    path = tmp_path / "config.json"
    path.write_bytes(content)
    with pytest.raises(UsageError) as refused:
        config_file.load(str(path))
    assert support.is_one_line(refused.value)
