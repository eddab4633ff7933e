"""What a user asks to be verified."""

from typing import NamedTuple

from parity.pair import names_file


class Asked(NamedTuple):
    """What is verified.

    Attributes:
      program: the folder of a capture, or a program that is captured first.
      port: "file.py:function" or "module:function".
      steps: how many are compared at most.
      python: interpreter with the real TensorFlow 1 for the reference; "": this one.
      batches: an .npz file or "file.py:function" of what both sides are fed; "": what was captured.
      float32_only: whether float64 is not run.
      arguments: `{name: value}` that the port's function is given.
      name: what the pair is called in reports; if not given, as its port.
      traces: a folder in which the traces are kept; "": none.
      names: a `parity.pair.names_file.Names` that overrides the pairing of variables, or None.
      command: the program's command line as reports show it; "": as it was captured.
    """

    program: str
    port: str
    steps: int | None = None
    python: str = ""
    names: names_file.Names | None = None
    batches: str = ""
    float32_only: bool = False
    arguments: dict = {}
    name: str = ""
    traces: str = ""
    command: str = ""

    @property
    def shown(self):
        """What the pair is called in reports."""
        return self.name or self.port

    @property
    def dtypes(self):
        """The precisions that are run."""
        return ("float32",) if self.float32_only else ("float32", "float64")
