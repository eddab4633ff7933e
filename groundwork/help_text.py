"""The text of `--help`: the flags in groups, each with its default of every model."""

import textwrap

from groundwork import fields
from groundwork import flags
from groundwork import hyperparameters
from groundwork.models import MODELS

_WIDTH = 100


def lines(program, summary):
    """Yields the lines of a binary's help.

    Args:
      program: dotted module name, such as "legacy.train".
      summary: what the binary does.
    """
    yield summary.strip()
    yield ""
    yield "usage: python -m {} --flag=value ...".format(program)
    defined = flags.defined()
    defaults = _defaults() if "model" in (flag.name for flag in defined) else {}
    for group in dict.fromkeys(flag.group for flag in defined):
        yield ""
        yield group + ":"
        for flag in (flag for flag in defined if flag.group == group):
            yield from _wrapped(2, _described(flag))
            if flag.name in defaults:
                yield from _wrapped(6, "default: " + _shown(defaults[flag.name]))


def _wrapped(indent, text):
    return textwrap.wrap(text, _WIDTH, initial_indent=" " * indent, subsequent_indent=" " * 6,
                         break_long_words=False, break_on_hyphens=False)


def _described(flag):
    expected = flag.parser.syntactic_help
    default = "" if flag.default in (None, False, "") else " (default: {})".format(flag.default)
    return "--{}: {}{}{}".format(
        flag.name, flag.help, "; " + expected if expected else "", default)


def _shown(defaults):
    """The values of `{model, optimiser or schedule: value}`, each with the names that have it."""
    names = {}
    for name, value in defaults.items():
        names.setdefault(_value(value), []).append(name)
    if list(names.values()) == [list(MODELS)]:
        return list(names)[0]
    return ", ".join("{} ({})".format(value, ", ".join(of)) for value, of in names.items())


def _value(value):
    return "none" if value in (None, "") else str(value)


def _defaults():
    """`{flag: {model, optimiser or schedule: default}}` of all hyper-parameters."""
    defaults = {}
    for model in MODELS:
        values = hyperparameters.to_dict(hyperparameters.make(model, {}))
        if values["batch_size"] is None:
            values["batch_size"] = "full"
        for flag, value in values.items():
            defaults.setdefault(flag, {})[model] = value
    for kinds in hyperparameters.KINDS.values():
        for name, kind in kinds.items():
            for flag, field in fields.declared(kind).items():
                defaults.setdefault(flag, {})[name] = field.default
    del defaults["model"]
    return defaults
