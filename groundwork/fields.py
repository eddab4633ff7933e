"""Fields of hyper-parameter dataclasses: default, meaning, and the values that a flag accepts."""

import dataclasses

from groundwork.errors import UsageError
from groundwork.run import config_file


def hyperparameter(default, meaning, accepts):
    """A dataclass field that is a flag, too.

    Args:
      default: its value where none is given.
      meaning: the sentence that `--help` shows.
      accepts: the `groundwork.accepted.Accepted` values of the flag.
    """
    return dataclasses.field(default=default, metadata={"meaning": meaning, "accepts": accepts})


def name_of(kinds, value):
    """The name under which `kinds`, `{name: dataclass}`, holds the class of `value`."""
    return next(name for name, kind in kinds.items() if type(value) is kind)


def declared(kind):
    """`{flag: dataclass field}` of the hyper-parameters of one dataclass."""
    return {field.name: field for field in dataclasses.fields(kind) if field.metadata}


def may_be_none(field):
    """True where None is a value of a dataclass field."""
    return type(None) in getattr(field.type, "__args__", ())


def stored(values, name, accepts, optional=False):
    """The value of one field out of a config.json.

    Args:
      values: `{field: value}`.
      name: the field.
      accepts: the `groundwork.accepted.Accepted` values.
      optional: None is a value, too.

    Raises:
      UsageError: it is missing, or not accepted.
    """
    if name not in values:
        raise UsageError("expected \"{}\" to be {}, received none".format(name, accepts.expected))
    if values[name] is None and optional:
        return None
    try:
        return accepts.of_json(values[name])
    except ValueError as error:
        raise UsageError("expected \"{}\" to be {}, received {}".format(
            name, accepts.expected, config_file.shown(values[name]))) from error


def replace(values, changes, chosen_by, kinds, also=()):
    """A dataclass of hyper-parameters with some of them replaced.

    Args:
      values: the dataclass object.
      changes: `{flag: value}`.
      chosen_by: the flag that chose the dataclass, such as "optimizer".
      kinds: `{value of that flag: dataclass}`.
      also: flags that belong to every one of them and are not replaced here.

    Raises:
      UsageError: a flag that the dataclass does not have; says which of `kinds` have it.
    """
    known = declared(values)
    for name, value in changes.items():
        if name not in known:
            flags = ["--" + flag for flag in list(known) + list(also)]
            raise UsageError("--{}: --{}={} does not use it{}; expected {}, received {}".format(
                name, chosen_by, name_of(kinds, values), _users(name, kinds),
                "one of " + ", ".join(flags) if flags else "no number", value))
    return dataclasses.replace(values, **changes)


def _users(flag, kinds):
    """", vae does" of the dataclasses that have a flag."""
    users = [name for name, kind in kinds.items() if flag in declared(kind)]
    return ", {} {}".format(", ".join(users), "does" if len(users) == 1 else "do") if users else ""
