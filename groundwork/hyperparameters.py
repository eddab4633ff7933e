"""Hyper-parameters of a run: a model's defaults, replaced by flags; and as JSON."""

import dataclasses

from groundwork import accepted
from groundwork import fields
from groundwork import optimizers
from groundwork import schedules
from groundwork.models import MODELS
from groundwork.training_options import TrainingOptions

# Fields that are dataclasses of their own: the flag of that name chooses which.
KINDS = {"optimizer": optimizers.OPTIMIZERS, "schedule": schedules.SCHEDULES}


def name_of(hparams):
    """The model's name."""
    return fields.name_of(MODELS, hparams)


def make(model, values):
    """Hyper-parameters of a model with some of its defaults replaced.

    Args:
      model: a name in `groundwork.models.MODELS`.
      values: `{flag: value}`; the numbers of the optimiser and so on stand beside the model's own.

    Raises:
      UsageError: a flag that the model, or the optimiser or schedule in use, does not have, or two
        that do not go together.
    """
    values = dict(values)
    hparams = MODELS[model]()
    hparams = dataclasses.replace(
        hparams, **hparams.variant_defaults.get(values.get("variant"), {}))
    chosen = {field: _choose(field, getattr(hparams, field), values) for field in KINDS}
    options = {flag: values.pop(flag) for flag in fields.declared(TrainingOptions)
               if flag in values}
    made = dataclasses.replace(
        fields.replace(hparams, values, "model", MODELS, also=tuple(KINDS)),
        options=dataclasses.replace(hparams.options, **options), **chosen)
    made.check()
    return made


def _choose(field, default, values):
    """Takes the flags of one of `KINDS` out of `values`; the dataclass object that they make."""
    kinds = KINDS[field]
    name = values.pop(field, fields.name_of(kinds, default))
    kind = default if isinstance(default, kinds[name]) else kinds[name]()
    numbers = {flag: values.pop(flag) for each in kinds.values() for flag in fields.declared(each)
               if flag in values}
    return fields.replace(kind, numbers, field, kinds)


def of_run(hparams, train_steps):
    """Hyper-parameters whose linear schedule, if it names no end, ends with the run."""
    if hparams.schedule != schedules.Linear(decay_steps=None):
        return hparams
    return dataclasses.replace(hparams, schedule=schedules.Linear(decay_steps=train_steps))


def to_dict(hparams):
    """Flat, JSON-able `{flag: value}`, the model's name included; `from_dict` reads it back."""
    values = dict(dataclasses.asdict(hparams), model=name_of(hparams))
    for field, kinds in KINDS.items():
        values.update(values.pop(field))
        values[field] = fields.name_of(kinds, getattr(hparams, field))
    values.update(values.pop("options"))
    return values


def from_dict(values):
    """The hyper-parameters among `values`, as `to_dict` wrote them; other keys are left alone.

    Raises:
      UsageError: one is missing, or has a value that no flag gives.
    """
    model = fields.stored(values, "model", accepted.one_of(tuple(MODELS)))
    read = {choice: fields.stored(values, choice, accepted.one_of(tuple(kinds)))
            for choice, kinds in KINDS.items()}
    chosen = [kinds[read[choice]] for choice, kinds in KINDS.items()]
    for kind in [MODELS[model]] + chosen + [TrainingOptions]:
        for name, field in fields.declared(kind).items():
            read[name] = fields.stored(
                values, name, field.metadata["accepts"], fields.may_be_none(field))
    return make(model, read)
