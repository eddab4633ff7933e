"""Configuration of one verification: the program, its port and the options."""

from typing import NamedTuple

from parity.pair import names_file


class PairConfig(NamedTuple):
    """Configuration of a verification.

    Attributes:
      program: folder of a capture, or a TensorFlow 1 program that is captured first.
      port: "file.py:function" or "module:function".
      steps: largest number of compared steps, or None.
      python: interpreter with the real TensorFlow 1 for the reference; "": this one.
      batches: .npz file or "file.py:function" of the batches that both sides are fed; "": the
        captured ones.
      float32_only: True to leave out float64.
      arguments: keyword arguments of the port's function, `{name: value}`.
      name: name of the pair in reports; "": that of its port.
      traces: folder in which the traces are kept; "": none.
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
        """Name of the pair in reports."""
        return self.name or self.port

    @property
    def dtypes(self):
        """Precisions that are run: "float32", and "float64" unless it is left out."""
        return ("float32",) if self.float32_only else ("float32", "float64")
