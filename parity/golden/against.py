"""Verifies a port against a golden file, without TensorFlow 1 and without the capture."""

import collections
import os

from parity import command_line
from parity.common import arrays
from parity.common import npz
from parity.golden import given as givens
from parity.golden import paired
from parity.judge import judge
from parity.judge import repeated
from parity.judge.rungs import forward
from parity.judge.rungs import replay
from parity.judge.rungs import starts
from parity.judge.rungs import structure
from parity.pair import batches
from parity.pair import exchanges
from parity.pair import kept_traces
from parity.pair import port_inputs
from parity.pair import preparation
from parity.pair import run as runs
from parity.pair import step_notes
from parity.pair.recorders import Recorders
from parity.trace import file as traces

# The number of compared steps that are run again.
_AGAIN = 2


def verify(asked, golden, folder, progress, recorders=None):
    """The `Result` of verifying a port against a golden file.

    Args:
      asked: a `PairConfig` whose `program` is the path of the golden file.
      golden: the `Golden`.
      folder: an empty folder for arrays.
      progress: function that shows a line.
      recorders: the `Recorders` that several verifications share; None to start new ones.

    Raises:
      UsageError: the file is of another port, or of other batches.
    """
    if recorders is None:
        with Recorders(folder) as recorders:
            return verify(asked, golden, folder, progress, recorders)
    asked = asked._replace(float32_only=golden.header["dtypes"] == ["float32"])
    verified = _Verification(asked, golden, folder)
    recorders.start(reference=False, ports=len(golden.header["dtypes"]))
    for dtype in reversed(golden.header["dtypes"]):
        progress(f"recording {asked.shown} in {dtype}")
        with recorders.port() as port, runs.Run(asked, dtype, None, port, folder) as run:
            if not verified.take(run, port):
                break
    return verified.result()


class _Verification:
    """The comparisons and findings of a port, which its precisions add to, one after the other.

    Attributes:
      found: the `Mapping` of the golden file's reference and the port, None before the first.
    """

    def __init__(self, asked, golden, folder):
        self._asked, self._golden, self._folder = asked, golden, folder
        self._batches = _batches(asked, golden, folder)
        self._compared, self._notes, self._unrepeatable = {}, {}, []
        races = golden.header["description"].get("races", {})  # older files do not tell
        self._others = [replay.raced(races, None)] if replay.is_raced(races) else []
        self._example = os.path.join(folder, preparation.EXAMPLE)
        self._write_example()
        self.found = None

    def _given(self, dtype=None):
        """The `Given` of the golden file in a precision, or as it was captured."""
        header = self._golden.header
        return givens.Given(header["given"], header["seed"], dtype, self._batches)

    def _write_example(self):
        """Writes the inputs of the first step, for a port that makes variables while it steps."""
        first, drawn = self._golden.header["steps"][0], self._given()
        known = {entry["tensor"] for entry in self._golden.header["description"]["inputs"]}
        names = {givens.key_of(name).partition("/")[2]: name for name in drawn
                 if name.split("/")[1] == str(first)}
        with arrays.Writer(self._example) as write:
            for tensor in known & set(names):
                write(port_inputs.plain(tensor), drawn[names[tensor]])

    def take(self, run, port):
        """Records and compares one precision; returns False where the structures differ.

        Args:
          run: the `Run` of the precision.
          port: the recorder of the port.
        """
        header = self._golden.header
        _check(self._asked, header, port, run.dtype)
        found = preparation.mapped(self._asked, run.dtype, header["description"], port,
                                   self._example)
        self.found = exchanges.remembered(found, header["exchanged"])
        if structure.lacks(self.found):
            return False
        run.reference.start_from(header["steps"], collections.ChainMap(
            paired.kept(header, run.dtype), self._given(run.dtype)), header["draws"])
        whole = run.sides(self.found)
        pair = paired.Pair(self._golden, self.found, run.dtype, whole)
        if not self._compared:
            self._repeat(run, pair, whole)
        self._notes[run.dtype] = run.notes
        self._compared[run.dtype] = pair.comparison(self._unrepeatable)
        self._others += pair.other_findings(run.unexercised["port"])
        if len(self._compared) == 1 and not pair.forward:
            self._compare_inference(run, pair, whole)
        rates = self._compare_rates(run, pair, whole) if len(self._compared) == 1 else None
        if run.dtype == "float32" and not pair.forward:
            self._compare_starts(run, pair, whole)
        if self._asked.traces:
            self._keep(run, whole, rates)
        return True

    def _repeat(self, run, pair, whole):
        """Runs steps again that are not identical, to find unrepeatable tensors of the port."""
        rows = list(pair.kind.compared(pair.sides))
        apart = judge.apart(rows, run.dtype, pair.kind)
        if not apart:
            return
        steps = sorted({pair.sides.first_step, *(row.step for row in apart)})[:_AGAIN]
        again = run.port_again(self.found, whole, steps)
        if again is not None:
            found = repeated.unrepeatable("the port", rows, pair.kind.compared(
                pair.with_port(again, steps)))
            self._unrepeatable = [found] if found else []

    def _compare_inference(self, run, pair, whole):
        """Compares the forward pass without training."""
        reason, rows = self._golden.header["inference"], []
        if not reason:
            ours, reason = run.port_inference(self.found, whole)
            rows = [] if reason else pair.inference(ours)
        self._compared[run.dtype].rows.extend(rows)
        if not rows:
            self._others.append(forward.not_run(run.dtype, reason or forward.NO_PARTNER))

    def _compare_rates(self, run, pair, whole):
        """Compares learning rates at far steps; returns the port's, None of a pair without any."""
        if pair.forward:
            return None
        ours = run.port_rates(self.found, whole, self._golden.header["rates"]["steps"])
        rows, unread = pair.far_rates(ours)
        self._compared[run.dtype].rows[:0] = rows
        self._others += unread
        return ours

    def _compare_starts(self, run, pair, whole):
        """Compares the start values of slots and state."""
        initial, first = self._golden.header["initial"], pair.sides.first_step
        counted = port_inputs.counted(whole.reference, self.found, first)
        self._compared[run.dtype].rows.extend(
            starts.rows(pair.sides, initial, run.port.start(), counted))
        self._others += starts.not_run(pair.sides, initial, run.dtype)

    def _keep(self, run, whole, rates):
        """Writes the port's trace, which `parity.compare` compares with the golden file."""
        folder = kept_traces.folder(self._asked)
        again = sorted(key for each in self._unrepeatable for key in each.keys)
        traces.write(os.path.join(folder, traces.name("port", run.dtype)), {
            "side": "port", "pair": self._asked.shown, "dtype": run.dtype, "rates": rates,
            "steps": self._golden.header["steps"], "description": self.found.port,
            "golden": self._golden.digest, "unrepeatable": again,
            "unexercised": run.unexercised["port"]}, whole.port)

    def result(self):
        """The `Result` of the precisions that were recorded."""
        judged = paired.judged(self._asked.shown, self._golden, self.found, self._compared,
                               self._others, self._headers())
        return step_notes.told(judged, self._notes, not self._unrepeatable)

    def _headers(self):
        """`{dtype: {"legacy", "modern"}}`: programs and versions that ran, for the reports."""
        name = os.path.basename(self._asked.program)
        return {dtype: dict(sides, legacy=dict(
            sides["legacy"], interpreter=f"{sides['legacy']['interpreter']}, kept in {name}"))
                for dtype, sides in preparation.headers(self._asked, self.found).items()}


def _batches(asked, golden, folder):
    """`{"<step>/<tensor>": array}` of --batches, which the golden file has to be written with.

    Raises:
      UsageError: --batches are missing, too many, or others.
    """
    wanted, name = golden.header["batches"], asked.batches
    if bool(wanted) != bool(name):
        raise command_line.UsageError(
            f"--golden={asked.program}: expected {'' if wanted else 'no '}--batches beside it, as "
            f"when it was written, received {name or 'none'}")
    if not name:
        return {}
    path = os.path.join(folder, "batches.npz")
    last = max(golden.header["steps"])
    batches.written(name, golden.header["description"], last + 1, path)
    found = npz.read(path)
    if givens.digest(found) != wanted:
        raise command_line.UsageError(f"--batches={name}: expected the numbers that "
                                      f"{asked.program} was written with, received others")
    return found


def _check(asked, header, port, dtype):
    """Raises UsageError where a port has under half of the variables that the file was written for.

    The check comes before the first step, which another model could not take with these inputs.
    """
    ours = port("describe", program=asked.port, arguments=asked.arguments, dtype=dtype,
                forward=header["description"]["forward"])["variables"]
    known = [each for each in ours if each["path"] in header["port"]
             or each["shape"] in header["port"].values()]
    if 2 * len(known) < len(ours):
        raise command_line.UsageError(
            f"--golden={asked.program}: expected a port such as {header['pair']}, with "
            f"{', '.join(list(header['port'])[:3])}, received {asked.port} with "
            f"{', '.join(each['path'] for each in ours[:3])}")
