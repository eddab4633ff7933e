"""Training steps as TensorFlow functions: many in one call of compiled code, or one."""

import functools

import numpy as np
import tensorflow as tf

# Bounds the memory of the batches that wait for one call; a full batch of MNIST is 190 MB.
MAX_BYTES_A_CALL = 64 * 2 ** 20
MAX_STEPS_A_CALL = 50


class CompiledSteps:
    """Runs steps in XLA-compiled loops of a fixed length, and what is left one by one.

    The same bits come out whatever the number of steps a call, so a resumed run, which starts
    elsewhere in a loop, ends where an uninterrupted one ends.
    """

    def __init__(self, program, run_step, run_config):
        """Args:
          program: the `modern.program.Program`.
          run_step: function (program, batch) -> `{phase: {name: scalar}}`.
          run_config: the `groundwork.run.run_config.RunConfig`.
        """
        # A function, so that one trace gives the signature and the body of the loop.
        self._step = tf.function(functools.partial(run_step, program), autograph=False)
        self._signature = None  # of a step's losses, once it was traced
        self._most = min(MAX_STEPS_A_CALL, *run_config.intervals())
        self._loop = tf.function(self._run, autograph=False, jit_compile=True)

    def __call__(self, batch_of, step, stop):
        """Takes one or more of the steps after `step`, none beyond `stop`.

        Yields:
          `{phase: {name: NumPy scalar}}`, one a step.
        """
        first = batch_of(step + 1)
        count = max(1, min(self._most, MAX_BYTES_A_CALL // _bytes(first)))
        if count > stop - step:
            count = 1
        stack = [first] + [batch_of(step + 1 + i) for i in range(1, count)]
        stacked = {key: np.stack([batch[key] for batch in stack]) for key in first}
        losses = tf.nest.map_structure(np.asarray, self._loop(stacked))
        for index in range(count):
            yield tf.nest.map_structure(lambda values, i=index: values[i], losses)

    def _run(self, stacked):
        """Losses [steps] of the steps whose batches are stacked along the first axis."""
        if self._signature is None:
            self._signature = self._loss_signature(stacked)
        return tf.map_fn(self._step, stacked, parallel_iterations=1,
                         fn_output_signature=self._signature)

    def _loss_signature(self, stacked):
        """The losses of a step as `tf.TensorSpec`s, from a trace that is not run."""
        one = {key: tf.TensorSpec(values.shape[1:], values.dtype)
               for key, values in stacked.items()}
        traced = self._step.get_concrete_function(one)
        return tf.nest.map_structure(
            lambda loss: tf.TensorSpec(loss.shape, loss.dtype), traced.structured_outputs)


class SingleSteps:
    """Runs one step a call, not compiled; in parity mode as the graph says it, nothing rewritten.

    The graph optimiser's bits depend on the number of steps a call, so it is always one.
    """

    def __init__(self, program, run_step, run_config):
        """The same arguments as `CompiledSteps` takes."""
        if run_config.parity_mode:
            tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
        self._step = tf.function(functools.partial(run_step, program), autograph=False)

    def __call__(self, batch_of, step, stop):
        """Takes the step after `step`; yields its losses."""
        del stop  # never more than one step
        batch = {key: tf.convert_to_tensor(value) for key, value in batch_of(step + 1).items()}
        yield tf.nest.map_structure(np.asarray, self._step(batch))


def make(program, run_step, run_config):
    """The `CompiledSteps` or `SingleSteps` of a program."""
    compiled = program.jit_compile and not run_config.parity_mode
    return (CompiledSteps if compiled else SingleSteps)(program, run_step, run_config)


def _bytes(batch):
    return sum(values.nbytes for values in batch.values())
