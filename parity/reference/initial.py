"""First values of variables: distributions of their initialisers, and draws from them."""

import contextlib
import re

import numpy as np
import tensorflow.compat.v1 as tf

from parity.common import arrays
from parity.common import keys
from parity.reference import captured as captures
from parity.reference import importing
from parity.reference.reading import initial_values
from parity.reference.reading import structure
from parity.reference.reading import tensors
from parity.reference.reading import updates

# Number of values that are drawn from each random initialiser.
DRAWS = 20000
# Largest number of first values that are drawn in one run of a session.
_COPIES = 16
_KNOWN = ("uniform", "normal", "truncated normal")
_COUNTER = re.compile(r"(.*/)?(global_step|iterations?)(_\d+)?$")


def _cut_normal(rng, shape):
    """Truncated normal numbers: those beyond two standard deviations are drawn again."""
    values = rng.standard_normal(shape)
    while np.any(np.abs(values) > 2):
        values = np.where(np.abs(values) > 2, rng.standard_normal(shape), values)
    return values


_RAW = {"RandomUniform": lambda rng, shape: rng.random_sample(shape),
        "RandomStandardNormal": lambda rng, shape: rng.standard_normal(shape),
        "TruncatedNormal": _cut_normal}


# {stateless random operation: position of the input that holds its seed}. Newer ones take it from
# an operation of its own.
_SEEDED = {"StatelessRandomGetKeyCounter": 0, "StatelessRandomNormal": 1,
           "StatelessRandomUniform": 1, "StatelessTruncatedNormal": 1}


def _seed(rng, shape):
    return rng.randint(2 ** 31 - 1, size=shape)


class Unknown(Exception):
    """A first value cannot be computed; the message is one line."""


class Initial(object):
    """First values of a captured program's variables.

    Args:
      captured: a `parity.reference.captured.Captured`.
    """

    def __init__(self, captured):
        self._captured, self._graph = captured, structure.of(captured)
        self._session = tf.Session(graph=self._graph.graph, config=importing.session_config())
        self._rng = np.random.RandomState(0)
        self._before = captured.calls[0].before()

    def declared(self, variable):
        """Distribution `{"kind", ...numbers}` of a variable's initialiser.

        Kinds are "constant" (value), "uniform" (low, high), "normal" and "truncated_normal" (mean,
        stddev), "array" of written numbers, "other", and "unknown".
        """
        found = initial_values.read(self._graph, variable)
        if found.kind in _KNOWN:
            return dict(found.numbers, kind=found.kind.replace(" ", "_"))
        if found.kind == "constant":
            return {"kind": "constant", "value": float(found.numbers["value"])}
        return {"kind": found.kind if found.kind in ("array", "unknown") else "other"}

    def moved(self, variable, value):
        """True where a variable differs from its first value when the capture begins."""
        before = self._before.get(variable)
        return before is not None and before.dtype.kind in "fiu" and bool(
            np.any(before != np.asarray(value, before.dtype)))

    def draws(self, variable):
        """(`DRAWS` values, True) of a random first value; (the array, False) of another.

        Raises:
          Unknown: the value depends on something that is not in the graph.
        """
        tensor = self._graph.tensor(self._graph.variables[variable]["initial"])
        random = self._random(tensor)
        if not random:
            return np.asarray(_run(self._session.make_callable(tensor))), False
        values, count = [], 0
        with _copies(tensor, random) as drawn:
            while count < DRAWS:
                found = [np.ravel(value) for value in drawn(self._rng)]
                values += found
                count += max(sum(value.size for value in found), 1)
        return np.concatenate(values)[:DRAWS], True

    def _random(self, tensor):
        """`[(tensor, function (generator, shape) -> numbers)]` of random inputs of a tensor."""
        found = []
        for op in tensors.ancestors([tensor]):
            entry = self._captured.inputs.get(op.name)
            if entry and (entry["type"] not in _RAW or not op.outputs[0].shape.is_fully_defined()):
                raise Unknown("its first value comes from {}, which does not run again".format(
                    entry["type"]))
            if entry:
                found.append((op.outputs[0], _RAW[entry["type"]]))
            elif op.type in _SEEDED:
                found.append((op.inputs[_SEEDED[op.type]], _seed))
        return sorted(found, key=lambda pair: pair[0].name)

    def close(self):
        """Ends the session."""
        self._session.close()


@contextlib.contextmanager
def _copies(tensor, random):
    """Context with a function (random generator) that draws several values of a tensor at once.

    The overhead of a session's run is that of dozens of small first values.

    Args:
      tensor: the tensor of a first value.
      random: list of (tensor, function (generator, shape) -> numbers), its random inputs.
    """
    part = importing.needed(tensor.graph.as_graph_def(), [tensor.name])
    size = max(int(np.prod(tensor.shape.as_list() if tensor.shape.is_fully_defined() else [1])), 1)
    drawn, fed = [], []
    with tf.Graph().as_default() as graph:
        for _ in range(min(_COPIES, -(-DRAWS // size))):
            given = [tf.placeholder(each.dtype, each.shape) for each, _ in random]
            drawn += tf.import_graph_def(part, {
                each.name: one for (each, _), one in zip(random, given)}, [tensor.name])
            fed += [(one, draw) for (_, draw), one in zip(random, given)]
    with tf.Session(graph=graph, config=importing.session_config()) as session:
        run = session.make_callable(drawn, [one for one, _ in fed])
        yield lambda rng: _run(run, *[draw(rng, one.shape.as_list()).astype(
            one.dtype.as_numpy_dtype) for one, draw in fed])


def _run(run, *given):
    try:
        return run(*given)
    except tf.errors.OpError as error:
        raise Unknown("its first value cannot be computed: {}".format(
            " ".join(error.message.split())[:200]))


def read(captured, wanted, write):
    """Initialisers of a captured program's variables, for JSON.

    Args:
      captured: a `parity.reference.captured.Captured`.
      wanted: names of the variables whose initialisers are drawn from.
      write: function (name, array) that is given `draws/<variable>`.

    Returns:
      {"declared": {variable: {"kind", ..., "shape", "moved", "reason"}}, "begun": reason why the
      capture begins in the middle of training, or ""}.
    """
    initial, found = Initial(captured), {}
    for name in captured.variables:
        found[name] = dict(initial.declared(name), shape=captured.variables[name]["shape"])
        if "value" in found[name]:
            found[name]["moved"] = initial.moved(name, found[name]["value"])
        elif name in wanted and found[name]["kind"] != "unknown":
            _draw(initial, name, found[name], write)
    initial.close()
    return {"declared": found, "begun": _begun(captured, found)}


def begun(captured):
    """Reason why a capture begins in the middle of training, or ""."""
    return read(captured, (), None)["begun"]


def _draw(initial, name, entry, write):
    """Writes draws; sets the kind of an entry that turns out to be an array, or unknown."""
    try:
        values, random = initial.draws(name)
        write(keys.draws(name), values.astype(np.float64))
        if not random:
            entry["kind"] = "array"
    except Unknown as error:
        entry.update(kind="unknown", reason=str(error))


def _begun(captured, found):
    """Reason why a capture begins in the middle of training, a moved slot or counter, or ""."""
    read_of = updates.read(captured)
    slots = {name for update in read_of for name in update.slots.values()}
    counters = {name for name in found if _COUNTER.match(name)}
    counters.update(update.rate.source for update in read_of if update.rate is not None)
    for name in sorted(counters & set(found)) + sorted(slots & set(found)):
        kinds = ("int",) if name in counters else ("int", "float")
        if found[name].get("moved") and captured.variables[name]["dtype"].startswith(kinds):
            return "the capture begins after training did: {} has moved".format(name)
    return ""


def first_values(job):
    """Job "initial": distributions of initialisers; writes draws from them."""
    with arrays.Writer(job["out"]) as write:
        return read(captures.read(job["captured"]), set(job["variables"]), write)
