"""Steps of the reference of a pair in one precision, by jobs of its recorder."""

import collections
from typing import NamedTuple

from parity.judge import unexercised
from parity.pair import far_rates
from parity.pair import free_runs
from parity.pair.mapping import split
from parity.trace.trace import Trace

RESYNC_STEPS = (0, 1, 2, 5, 10, 20, 50, 100, 200)
# The last compared step where a free run is bit for bit what was captured.
_LAST_OF_EXACT = 2
# Distribution that a port draws from in place of each random operation of TensorFlow.
_DRAWS = {"RandomUniform": "uniform", "RandomStandardNormal": "normal",
          "TruncatedNormal": "truncated_normal", "RandomUniformInt": "whole numbers",
          "Multinomial": "categorical"}


class Reference:
    """The reference of a pair.

    Args:
      recorder: its recorder, function (job, **arguments).
      captured: folder of the capture.
      batches: file of the batches that replace the captured ones; "" where none do.

    Attributes:
      recorder, captured, batches: as given.
      turn: number of the order in which racing accesses run, 0 for the order of the graph; see
        `parity.reference.port_order`.
    """

    def __init__(self, recorder, captured, batches):
        self.recorder, self.captured, self.batches, self.turn = recorder, captured, batches, 0

    def ask(self, job, **arguments):
        """Answer of the recorder to a job on the capture."""
        return self.recorder(job, captured=self.captured, turn=self.turn, **arguments)


class CapturedSteps(NamedTuple):
    """Steps as the captured program computed them.

    Attributes:
      trace: the `Trace` of batches, draws, first state and losses.
      digests: `[{variable: digest}]` after each step.
    """

    trace: Trace
    digests: list


class ReferenceRun:
    """Compared steps of the reference, recorded in one precision.

    Args:
      config: the `PairConfig`.
      dtype: the precision.
      reference: the `Reference`; None where a golden file holds its steps.
      files: the `ArrayFiles` of this precision.

    Attributes:
      source: the `Reference`.
      trace_path: path of the file of the steps' arrays.
      steps: numbers of the compared steps.
      arrays: mapping from names to arrays of the steps and of their variants.
      draws: `{step as a string: [distribution]}` of the random operations, in order.
      varied: True where variants of the steps are recorded.
      unexercised: lines on bounds that never act in the compared steps.
    """

    def __init__(self, config, dtype, reference, files):
        self._config, self._dtype, self.source, self._files = config, dtype, reference, files
        self.trace_path = files.path("reference")
        self.steps, self.arrays, self.draws = [], None, {}
        self.varied, self.unexercised = False, []

    def _count(self, found):
        return min(self._config.steps or found.reference["steps"], found.reference["steps"])

    def captured(self, found):
        """`CapturedSteps` of the program; None where the capture does not hold their digests."""
        path = self._files.path("captured")
        answer = self.source.ask("taken", count=self._count(found), out=path)
        if not answer:
            return None
        self.draws = _distributions(answer["draws"])
        return CapturedSteps(Trace(self._files.read(path)), answer["digests"])

    def record(self, found, also=(), free=False, exact=None):
        """Records the compared steps.

        Args:
          found: the `Mapping`.
          also: steps that are compared beside those of every pair.
          free: True to run on to the last step, for the free run of the port.
          exact: the `CapturedRun` of the port, or None.
        """
        count = self._count(found)
        self.steps = sorted({step for step in RESYNC_STEPS if step < count and (
            not exact or step <= _LAST_OF_EXACT)}.union(also))
        on = free and count > len(self.steps) and not found.reference["hidden"]
        answer = self._of_steps("steps", found, self.trace_path, free=count if on else 0,
                                names=free_runs.names(found.variables.rows))
        self.arrays = collections.ChainMap(self._files.read(self.trace_path))
        self.varied = answer["varied"]
        self.unexercised = unexercised.lines(answer["unexercised"])
        self.draws = _distributions(answer["draws"])

    def start_from(self, steps, arrays, draws):
        """Takes steps that no recorder wrote, as those of a golden file.

        Args:
          steps: numbers of the compared steps.
          arrays: mapping from names to arrays, as in a reference's trace.
          draws: `{step as a string: [random operation of TensorFlow]}`.
        """
        self.steps, self.arrays, self.draws = steps, arrays, _distributions(draws)

    def record_variants(self, found, only=None):
        """Records variants of the steps, which existing `Sides` see.

        Args:
          found: the `Mapping`.
          only: names of the variants, see `parity.reference.variants`; all of them if None.
        """
        path = self._files.path("-".join(only or ["variants"]))
        self._of_steps("vary", found, path, trace=self.trace_path, only=only)
        self.arrays.maps.append(self._files.read(path))
        self.varied = not only

    def again(self, found, steps):
        """`{name: array}` of steps that are run again, where they differ from the first run."""
        path = self._files.path("again")
        self._of_steps("vary", found, path, steps, trace=self.trace_path, only=["again"])
        return {name[len("again_"):]: value for name, value in self._files.read(path).items()}

    def _of_steps(self, job, found, out, steps=None, **more):
        """Answer of the recorder to a job on steps; on all compared steps if None."""
        return self.source.ask(
            job, dtype=self._dtype, out=out, steps=steps or self.steps,
            batches=self.source.batches, split=sorted(split(found)),
            alone=self._config.float32_only, **more)

    def nudged(self, found):
        """Entries of the reference's variables in a free run, nudged by an ulp before each step."""
        path = self._files.path("nudged")
        self._of_graph("nudged", out=path, count=len(self.draws),
                       names=free_runs.names(found.variables.rows))
        return self._files.read(path)

    def inference(self):
        """(arrays of the pass without training, ""), or (None, why there are none)."""
        path = self._files.path("inferred")
        reason = self._of_graph("infer", out=path)
        return (None, reason) if reason else (self._files.read(path), "")

    def _of_graph(self, job, **more):
        """Answer of the recorder to a job on the graph in this precision."""
        return self.source.ask(job, dtype=self._dtype, batches=self.source.batches, **more)

    def changed(self, job, **more):
        """Answer of the recorder to a job on changes of the graph, which start from the trace."""
        return self._of_graph(job, trace=self.trace_path, **more)

    def rates(self, found):
        """Learning rates at far steps, as the recorder's job "rates" answers."""
        return self.source.ask("rates", dtype=self._dtype, trace=self.trace_path,
                                   compared=self.steps, steps=far_rates.steps(found))

    def initial(self, variables):
        """(result of `parity.reference.initial.read` on variables, its arrays)."""
        path = self._files.path("initial")
        answer = self.source.ask("initial", variables=variables, out=path)
        return answer, self._files.read(path)


def _distributions(draws):
    """`{step: [distribution]}` of `{step: [random operation]}`, as a port calls them."""
    return {step: [_DRAWS.get(each, each) for each in kinds] for step, kinds in draws.items()}
