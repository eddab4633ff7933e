"""The line of a program's own code that made something."""

import os
import traceback

import pytest

from parity.common import sources


def _frame(path, line):
    return traceback.FrameSummary(path, line, "program", lookup_line=False, line="")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_own_line_is_the_innermost_of_the_program(folder, repository):
    own = str(folder / "models" / "gan.py")
    frames = [_frame(str(folder / "train.py"), 3), _frame(own, 12),
              _frame("/venv/lib/python3.11/site-packages/keras/layers.py", 7),
              _frame(os.path.join(repository, "parity", "port", "recorder.py"), 9),
              _frame("<frozen importlib._bootstrap>", 241), _frame(traceback.__file__, 1)]
    assert sources.own_line(frames) == os.path.join("models", "gan.py") + ":12"
    assert sources.own_line(frames[:1]) == "train.py:3"
    assert sources.own_line(frames[2:]) == ""
    assert sources.own_line([]) == ""


def test_a_program_beside_this_tool_is_not_its_own(repository):
    """Folders that only begin with its name are others'."""
    frames = [_frame(os.path.join(repository, "parity_of_mine", "port.py"), 5)]
    assert sources.own_line(frames).endswith(os.path.join("parity_of_mine", "port.py:5"))


def _line_of_next():
    return traceback.extract_stack()[-2].lineno + 1


def test_objects_remember_the_line_that_made_them(monkeypatch, repository):
    class Layer:
        def __init__(self, width=1, **names):
            self.width, self.names = width, names

    class Dense(Layer):
        def __init__(self, width):
            super().__init__(width, name="dense")

    class Model(Layer):
        def __init__(self):
            super().__init__()
            self.line = _line_of_next()
            self.dense = Dense(3)

    class Slots:
        __slots__ = ()

        def __init__(self):
            pass

    monkeypatch.chdir(repository)
    sources.note_origin(Layer)
    sources.note_origin(Slots)
    line = _line_of_next()
    layer = Dense(3)
    assert layer.parity_origin == os.path.join(
        "tests", "parity", "common", f"test_sources.py:{line}")
    assert (layer.width, layer.names) == (3, {"name": "dense"})
    model = Model()  # what a constructor makes is made there, and not where it is called
    assert model.dense.parity_origin.endswith(f"test_sources.py:{model.line}")
    assert model.parity_origin.endswith(f"test_sources.py:{_line_of_next() - 3}")
    assert not hasattr(Slots(), "parity_origin")
