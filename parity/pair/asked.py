"""What a user asks to be verified."""

from typing import NamedTuple


class Asked(NamedTuple):
    """What is verified.

    Attributes:
      program: the folder of a capture, or a program that is captured first.
      port: "file.py:function" or "module:function".
      steps: how many are compared at most.
      python: interpreter with the real TensorFlow 1 for the reference; "": this one.
    """

    program: str
    port: str
    steps: int | None = None
    python: str = ""
