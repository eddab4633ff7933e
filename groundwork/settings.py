"""Settings that come in kinds: one frozen dataclass a kind, chosen by a flag of its own."""

import dataclasses

from groundwork.errors import UsageError


def setting(default, meaning):
    """A dataclass field with the sentence that `--help` shows for it."""
    return dataclasses.field(default=default, metadata={"meaning": meaning})


def name_of(kinds, value):
    """The name under which `kinds`, `{name: dataclass}`, holds the kind of `value`."""
    return next(name for name, kind in kinds.items() if type(value) is kind)


def meanings(kinds):
    """`{flag: meaning}` of the fields of all kinds."""
    return {field.name: field.metadata["meaning"]
            for kind in kinds.values() for field in dataclasses.fields(kind)}


def replace(settings, values, owner, but=()):
    """`settings` with some fields replaced.

    Args:
      owner: the flag that chose the kind, such as "--optimizer=adam".
      but: fields that are no flags.

    Raises:
      UsageError: a name that is no field.
    """
    known = [field.name for field in dataclasses.fields(settings) if field.name not in but]
    for name, value in values.items():
        if name not in known:
            flags = ", ".join("--" + flag for flag in known)
            raise UsageError("--{}: {} does not use it; expected {}, received {}".format(
                name, owner, "one of " + flags if known else "no number", value))
    return dataclasses.replace(settings, **values)
