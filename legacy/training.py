"""Training: the operations of a step, and the Session that runs it."""

import contextlib
import typing

import tensorflow.compat.v1 as tf

from groundwork import initial_weights
from groundwork import parity_mode
from groundwork.phases import batch_starts, loss_names
from legacy import averaging
from legacy import checkpoints
from legacy import gradients
from legacy import graph
from legacy.probe import Probe
from legacy.summaries import EventWriter


class PhaseOps(typing.NamedTuple):
    """The operations that a Session runs for one phase."""

    name: str
    feeds: typing.List[typing.List[typing.Dict[str, tf.Tensor]]]  # as batch_starts: {key: tensor}
    losses: typing.Dict[str, tf.Tensor]
    gradients: typing.Dict[str, tf.Tensor]  # of one batch, by variable name
    train_op: tf.Operation
    sums: typing.Optional[gradients.Sums] = None  # when gradients are accumulated


def _phase_ops(program, phase):
    """All gradients before any assignment: two updates of one phase see the same state."""
    computed = _gradients(program, phase)
    losses = [program.losses[update.loss] for update in phase.updates]
    means, mean_losses, sums = computed, losses, None
    if program.options.accumulate_steps > 1:
        with tf.variable_scope(phase.name):
            sums = gradients.Sums(computed + losses, program.options.accumulate_steps)
        means, mean_losses = sums.means[:len(computed)], sums.means[len(computed):]
    assignments = _assignments(program, phase, means)
    with tf.control_dependencies(assignments):
        train_op = tf.group(
            *(phase.post_update() + _plateau_ops(phase, mean_losses)), name="update")
    return PhaseOps(
        name=phase.name,
        feeds=[[{key: placeholder for key, placeholder in program.inputs.items()
                 if key.startswith(start)} for start in starts]
               for starts in batch_starts(phase, program.options.accumulate_steps)],
        losses={name: program.losses[name] for name in loss_names(program.losses, phase)},
        gradients=dict(zip(_variable_names(phase), computed)),
        train_op=train_op,
        sums=sums)


def _variable_names(phase):
    """The variables of a phase's updates, in order."""
    return [variable.op.name for update in phase.updates for variable in update.variables]


def _gradients(program, phase):
    """The gradients of a phase's updates, in the order of `_variable_names`."""
    computed = []
    for update in phase.updates:
        with tf.name_scope(update.loss):
            grads_and_vars = update.optimizer.compute_gradients(
                program.losses[update.loss], var_list=update.variables)
            computed.extend(gradient for gradient, _ in grads_and_vars)
    return computed


def _assignments(program, phase, means):
    """The operations that apply a phase's mean gradients, each after all of these."""
    by_variable = dict(zip(_variable_names(phase), means))
    assignments = []
    for update in phase.updates:
        with tf.name_scope(update.loss), tf.control_dependencies(means):
            finished = gradients.finished(
                [by_variable[variable.op.name] for variable in update.variables],
                update.variables, program.options)
            assignments.append(update.optimizer.apply_gradients(zip(finished, update.variables)))
    return assignments


def _plateau_ops(phase, losses):
    """Pass each loss, taken before the update, to its plateau schedule."""
    observations = []
    for update, loss in zip(phase.updates, losses):
        if update.plateau:
            with tf.name_scope(update.loss):
                observations.append(update.plateau.observe(loss))
    return observations


def make_phases(program):
    """The operations of each phase, in order; optimiser slots land in the scope `train`."""
    # The slots follow the variable scope, so the boxes of the networks hold networks only.
    global_step = tf.train.get_or_create_global_step()
    with tf.variable_scope("train"):
        phases = []
        for phase in program.phases:
            with tf.name_scope(phase.name):
                phases.append(_phase_ops(program, phase))
        with tf.control_dependencies([phases[-1].train_op]):
            last = averaging.update(program.options.ema_decay)
            with tf.control_dependencies([last]):
                phases[-1] = phases[-1]._replace(train_op=tf.assign_add(global_step, 1).op)
    return phases


def initialize(session, seed, values=None):
    """Every variable of the graph: weights drawn from (seed, name), slots as optimisers start.

    Args:
      values: `{variable name: array}` of those that have a value already (D3 §3.5).
    """
    drawn = tf.trainable_variables() + [
        variable for variable in tf.global_variables()
        if variable.op.name.endswith(initial_weights.DRAWN_STATE)]
    weights = {variable.op.name: initial_weights.draw(
        seed, variable.op.name, variable.shape.as_list(), variable.dtype.base_dtype.name)
               for variable in drawn}
    weights.update(values or {})
    session.run(tf.global_variables_initializer(), feed_dict={
        variable.initializer.inputs[1]: weights[variable.op.name]
        for variable in tf.global_variables() if variable.op.name in weights})


def run_step(session, phases, batch):
    """One step: every phase in order, each from the state that the one before left.

    Args:
      session: a Session on the program's graph.
      phases: list of `PhaseOps`, from `make_phases`.
      batch: `{"<phase>/<input>": array}`.

    Returns:
      `{phase: {loss name: NumPy scalar}}`, the losses before the phase's (last) update.
    """
    losses = {}
    for phase in phases:
        for feeds in phase.feeds:
            feed_dicts = [{placeholder: batch[key] for key, placeholder in each.items()}
                          for each in feeds]
            losses[phase.name] = _run_phase(session, phase, feed_dicts)
    return losses


def _run_phase(session, phase, feed_dicts):
    """One update of a phase from one batch, or from several; `{loss name: NumPy scalar}`."""
    if phase.sums is None:
        losses, _ = session.run([phase.losses, phase.train_op], feed_dicts[0])
        return losses
    session.run(phase.sums.clear)
    each = [session.run([phase.losses, phase.sums.add], feed_dict)[0] for feed_dict in feed_dicts]
    session.run(phase.train_op, feed_dicts[-1])
    return gradients.mean_losses(each)


def sample(session, program, batch):
    """Images or numbers [count, ...] from `{"sample/<input>": array}`, by the weights' averages if
    there are any."""
    with averaging.in_use(session):
        return session.run(program.outputs["samples"],
                           {program.inputs[key]: value for key, value in batch.items()})


def _session_config(run_config):
    """Sessions as TensorFlow makes them, or of parity mode."""
    config = tf.ConfigProto()
    if run_config is not None and run_config.parity_mode:
        config.intra_op_parallelism_threads = parity_mode.THREADS
        config.inter_op_parallelism_threads = 1
        config.graph_options.rewrite_options.disable_meta_optimizer = True
    return config


class Trainer(object):
    """A program's graph and its Session, as `groundwork.run.training_loop.train` takes them.

    Attributes:
      probe: the `legacy.probe.Probe` of the program.
    """

    def __init__(self, session, program):
        """Makes the operations of a step in the default graph.

        Args:
          session: a Session on the default graph.
          program: the `legacy.program.Program`.
        """
        self._session = session
        self._program = program
        self._phases = make_phases(program)
        self._graph_def = graph.graph_def()
        self._saver = checkpoints.saver()
        self._events = None
        self.probe = Probe(session, program, self._phases)

    def restore(self, folder):
        """Restores the newest whole checkpoint; its step, or 0 when there is none."""
        return checkpoints.restore(self._session, self._saver, folder)

    def initialize(self, seed, values):
        """Draws all weights but `{variable name: array}` of those that have a value."""
        initialize(self._session, seed, values)

    def open_events(self, folder, first_step):
        """The `EventWriter` of the run."""
        self._events = EventWriter(folder, first_step)
        return self._events

    def graph_def(self):
        """The graph of a step for TensorBoard."""
        return self._graph_def

    def steps(self, batch_of, step, stop):
        """Takes the step after `step`; yields its losses, as `run_step` gives them.

        Args:
          batch_of: function from a step to its batch.
          step: steps that are done.
          stop: step beyond which none is taken.
        """
        del stop  # one Session.run a phase: never more than one step
        batch = batch_of(step + 1)
        if step + 1 != graph.TRACED_STEP:
            yield run_step(self._session, self._phases, batch)
            return
        traced = graph.TracedSession(self._session)
        losses = run_step(traced, self._phases, batch)
        self._events.traces(step + 1, {
            phase.name: trace for phase, trace in zip(self._phases, traced.traces)})
        yield losses

    def sample(self, batch):
        """Images or numbers [count, ...] from `{"sample/<input>": array}`."""
        return sample(self._session, self._program, batch)

    def variables(self):
        """`{name: array}` of all variables."""
        return self._session.run(
            {variable.op.name: variable for variable in tf.global_variables()})

    def save(self, folder, step):
        """Writes a checkpoint."""
        checkpoints.save(self._session, self._saver, folder, step)


@contextlib.contextmanager
def trainer(build, hparams, dtype, run_config=None):
    """The `Trainer` of a program, in a graph and a Session of its own.

    Args:
      build: a model's `program`.
      hparams: the model's hyper-parameters.
      dtype: "float32" or "float64".
      run_config: the `groundwork.run.run_config.RunConfig`; None to sample only.
    """
    with tf.Graph().as_default():
        program = build(hparams, dtype)
        with tf.Session(config=_session_config(run_config)) as session:
            yield Trainer(session, program)
