"""Names of arrays in traces, and in the files of recorders' jobs: "<part>/<step>/...".

Parts of a reference's trace are before, after, rate, last_rate, gradient, output and loss; those of
a port's states are state, slot, own and iterations. Steps are counted from 0, and so are phases
within a step and optimisers.
"""


def prefix(part, step):
    """Start of the names of all arrays of a part in a step."""
    return "{}/{}/".format(part, step)


def before(step, variable):
    """Variable of the reference before a step."""
    return "before/{}/{}".format(step, variable)


def after(step, variable):
    """Variable of the reference, or path of the port, after a step."""
    return "after/{}/{}".format(step, variable)


def rate(step, phase, variable):
    """Learning rate of a variable's update in a phase of a step."""
    return "rate/{}/{}/{}".format(step, phase, variable)


def last_rate(step, phase, variable):
    """Learning rate of a variable's update in the step before a step."""
    return "last_rate/{}/{}/{}".format(step, phase, variable)


def gradient(step, phase, variable):
    """Gradient of a variable, as given to the optimiser, in a phase of a step."""
    return "gradient/{}/{}/{}".format(step, phase, variable)


def output(step, phase, layer):
    """Output of a layer of the reference in a phase of a step."""
    return "output/{}/{}/{}".format(step, phase, layer)


def loss(step, phase, tensor):
    """Loss of the reference in a phase of a step."""
    return "loss/{}/{}/{}".format(step, phase, tensor)


def draw(step, number):
    """Random numbers of a step, numbered in the order in which the reference drew them."""
    return "draw/{}/{}".format(step, number)


def state(step, path):
    """Variable of the port before a step."""
    return "state/{}/{}".format(step, path)


def slot(step, optimizer, path, role):
    """Slot of a port's optimiser, of the variable `path`, before a step."""
    return "slot/{}/{}/{}/{}".format(step, optimizer, path, role)


def own(step, optimizer, name):
    """Variable that a port's optimiser keeps beside its slots, before a step."""
    return "own/{}/{}/{}".format(step, optimizer, name)


def iterations(step, optimizer):
    """Number of updates that a port's optimiser has made before a step."""
    return "iterations/{}/{}".format(step, optimizer)


def entries(variable):
    """Sampled entries of a variable in a free run, [steps + 1, up to 16]."""
    return "entries/{}".format(variable)


def draws(variable):
    """Values drawn from the initialiser of a variable."""
    return "draws/{}".format(variable)
