"""Steps of a port in one precision, by jobs of its recorder."""

import os

from parity.common import arrays
from parity.pair import port_inputs


class PortRun:
    """Jobs of a port's recorder, which start from states of the reference.

    Args:
      config: the `PairConfig`.
      dtype: the precision.
      recorder: the recorder of the port, function (job, **arguments).
      files: the `ArrayFiles` of this precision.
      own_files: `ArrayFiles` of what the port computes, which is removed once it is judged.
    """

    def __init__(self, config, dtype, recorder, files, own_files):
        self._config, self._dtype, self.recorder = config, dtype, recorder
        self._files, self._own_files, self._start = files, own_files, None

    def write_given(self, theirs, found, steps, fed=()):
        """Writes the states and inputs that the port is given; returns the path of the file.

        Args:
          theirs: a `Trace` of the reference, with joined variables.
          found: the `Mapping`.
          steps: steps of which the states, inputs and draws are written.
          fed: steps of which only inputs and draws are written.
        """
        path = self._files.path("given")
        with arrays.Writer(path) as write:
            for name, value in port_inputs.arrays(theirs, found, steps):
                write(name, value)
            for name, value in port_inputs.fed(theirs, found, fed):
                write(name, value)
        return path

    def call(self, job, found, steps, given_path, out, draws, **more):
        """Answer of the recorder to a job that starts from the given states.

        Args:
          job: name of the job.
          found: the `Mapping`.
          steps: numbers of the steps.
          given_path: file that `write_given` wrote.
          out: path of the .npz file of results.
          draws: `{step as a string: [distribution]}` of the reference.
          more: further arguments of the job.
        """
        only_forward = found.reference["forward"]
        return self.recorder(
            job, program=self._config.port, arguments=self._config.arguments,
            dtype=self._dtype, steps=steps, states=given_path, inputs=given_path, out=out,
            forward=only_forward,
            labels=[] if only_forward else [port_inputs.plain(label) for label in found.labels],
            draws={step: kinds for step, kinds in draws.items() if int(step) in steps}, **more)

    def steps(self, theirs, found, steps, name, draws, **more):
        """(arrays of steps that start from the reference's states, answer of the recorder).

        Args:
          theirs, found, steps, draws: as for `write_given` and `call`.
          name: name of the file of results.
          more: further arguments of the job.
        """
        job, path = "forward" if found.reference["forward"] else "steps", self.path(name)
        given_path = self.write_given(theirs, found, steps)
        answer = self.call(job, found, steps, given_path, path, draws, **more)
        os.remove(given_path)
        return self._own_files.read(path), answer

    def path(self, name):
        """Path of a file of results of steps."""
        return self._own_files.path(name)

    def before_training(self, job, **more):
        """(answer, arrays) of a job on the port before its first step."""
        path = self._own_files.path(job)
        answer = self.recorder(
            job, program=self._config.port, arguments=self._config.arguments, dtype=self._dtype,
            out=path, **more)
        return answer, self._own_files.read(path)

    def start(self):
        """Arrays of the port's state before its first step."""
        self._start = self._start or self.before_training("start")[1]
        return self._start

    def drop(self):
        """Removes the arrays that the port computed."""
        self._own_files.remove()
