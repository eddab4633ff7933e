"""Names of tensors in findings and reports, composed and taken apart.

A variable is named by its path in the port, a layer by its name in the reference.
"""

# Suffixes of a layer's output: its activation, and the pass without training.
ACTIVATION = "/activation"
NOT_TRAINING = ", not training"
# Prefix of the place in the port of a tensor that a layer takes.
INPUT_OF = "input of "
# Suffix of a tensor before the first step.
AT_THE_START = " at the start"
_PHASE, _ROLE = " of phase ", "@"


def of_phase(loss, phase):
    """The name of a loss of a phase; phases are counted from 0, and named from 1."""
    return f"{loss}{_PHASE}{phase + 1}"


def loss_of(tensor):
    """The loss in the name of a loss of a phase."""
    return tensor.partition(_PHASE)[0]


def of_optimizer(name, optimizer):
    """The name of an optimiser's own variable; optimisers are counted from 0, and named from 1."""
    return f"{name} of optimiser {optimizer + 1}"


def of_slot(path, role):
    """The name of a variable's slot."""
    return f"{path}{_ROLE}{role}"


def is_slot(tensor):
    """True for the name of a slot."""
    return _ROLE in tensor


def variable_of(tensor):
    """The path of the variable in the name of a variable or of a slot, also at the start."""
    return tensor.partition(AT_THE_START)[0].partition(_ROLE)[0]
