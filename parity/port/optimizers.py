"""Finds the slots and other variables of Keras optimisers, by role.

    role                  TensorFlow 1            Keras optimiser: attribute
    m, v                  Adam m, v               Adam, Nadam, Lamb: _momentums, _velocities
    v_hat                 -                       Adam(amsgrad): _velocity_hats
    momentum              Momentum, RMSProp       SGD: momentums (stock: holds minus the rate times
                                                  the sum); RMSprop: _momentums; Lion: _momentums
    mean_square           RMSProp ms              RMSprop: _velocities
    mean_gradient         RMSProp mg              RMSprop(centered): _average_gradients
    accumulator           Adagrad, Ftrl,          Adagrad, Ftrl: _accumulators;
                          Adadelta accum          Adadelta: _accumulated_grads
    accumulator_update    Adadelta accum_update   Adadelta: _accumulated_delta_vars
    linear                Ftrl linear             Ftrl: _linears
    m, u                  -                       Adamax: _m, _u
    average               moving average          any(use_ema): _model_variables_moving_average
    gradient_accumulator  -                       any: _accumulated_gradients

In other optimisers, and of further variables, a slot has the name of a trained variable
("dense/kernel" written "dense_kernel"), "_", and a word, as `add_variable_from_reference` names it:
the word is the role ("rms" is mean_square). All other variables are the optimiser's own.
"""

from typing import Any, NamedTuple

import keras

_STOCK = (
    (keras.optimizers.Adam, {"_momentums": "m", "_velocities": "v", "_velocity_hats": "v_hat"}),
    (keras.optimizers.Nadam, {"_momentums": "m", "_velocities": "v"}),
    (keras.optimizers.Lamb, {"_momentums": "m", "_velocities": "v"}),
    (keras.optimizers.Lion, {"_momentums": "momentum"}),
    (keras.optimizers.SGD, {"momentums": "momentum"}),
    (keras.optimizers.RMSprop, {"_velocities": "mean_square", "_momentums": "momentum",
                                "_average_gradients": "mean_gradient"}),
    (keras.optimizers.Adagrad, {"_accumulators": "accumulator"}),
    (keras.optimizers.Ftrl, {"_accumulators": "accumulator", "_linears": "linear"}),
    (keras.optimizers.Adadelta, {"_accumulated_grads": "accumulator",
                                 "_accumulated_delta_vars": "accumulator_update"}),
    (keras.optimizers.Adamax, {"_m": "m", "_u": "u"}),
)
_ANY = {"_model_variables_moving_average": "average",
        "_accumulated_gradients": "gradient_accumulator"}
_WORDS = {"rms": "mean_square"}


class Slot(NamedTuple):
    """A slot: the trained variable, its role, and the variable of the optimiser."""
    trained: Any
    role: str
    variable: keras.Variable


def _listed(optimizer):
    lists = dict(_ANY)
    for kind, attributes in _STOCK:
        if isinstance(optimizer, kind):
            lists.update(attributes)
    for attribute, role in lists.items():
        for trained, slot in zip(optimizer._trainable_variables,
                                 getattr(optimizer, attribute, None) or ()):
            if slot is not None:
                yield Slot(trained, role, slot)


def _named(optimizer, variables):
    prefixes = {getattr(trained, "path", trained.name).replace("/", "_") + "_": trained
                for trained in optimizer._trainable_variables}
    for variable in variables:
        fitting = [prefix for prefix in prefixes if variable.name.startswith(prefix)]
        if fitting:
            prefix = max(fitting, key=len)
            word = variable.name[len(prefix):]
            yield Slot(prefixes[prefix], _WORDS.get(word, word), variable)


def slots(optimizer):
    """List of an optimiser's `Slot`s; [] before it is built."""
    found = list(_listed(optimizer))
    listed = {id(slot.variable) for slot in found}
    return found + list(_named(optimizer, [variable for variable in optimizer.variables
                                           if id(variable) not in listed]))


def own_variables(optimizer):
    """`{name: variable}` of an optimiser's own variables, as beta powers, without its counter."""
    taken = {id(slot.variable) for slot in slots(optimizer)}
    taken.update(id(variable) for variable in (optimizer._iterations, optimizer._learning_rate))
    return {variable.name: variable for variable in optimizer.variables
            if id(variable) not in taken}


def rate(optimizer):
    """Learning rate of the next update."""
    return float(keras.ops.convert_to_numpy(optimizer.learning_rate))


def stock_class(optimizer):
    """Name of the Keras class whose update rule an optimiser runs; None for an author's rule."""
    kind = next(kind for kind in type(optimizer).__mro__ if "update_step" in vars(kind))
    return kind.__name__ if kind.__module__.startswith("keras.src.") else None
