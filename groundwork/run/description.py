"""A run in words, out of its config.json: the text and the hyper-parameters that TensorBoard shows.
"""

import hashlib
import json

# Follows from the data set, and no reader knows it by heart.
_LEFT_OUT = ("data_digest", "data_digest_b")


def hparams(config):
    """`{flag: number, bool or string}` of what makes the run what it is, `wing` included.

    Args:
      config: what `groundwork.run.directory.read_config` gives.
    """
    return {name: _described(value)
            for name, value in sorted(config["identity"].items()) if name not in _LEFT_OUT}


def trial_id(config):
    """The name of a run in TensorBoard's table of hyper-parameters, which tells the wings apart.

    Wing, model and eight digits of all that makes the run what it is.
    """
    identity = config["identity"]
    digest = hashlib.sha256(json.dumps(identity, sort_keys=True).encode("utf-8")).hexdigest()
    return " ".join([identity["wing"], identity["model"], digest[:8]])


def _described(value):
    """A value that TensorBoard can hold: an empty text and an unset number are "none"."""
    return value if isinstance(value, (bool, int, float)) else _text(value or "none")


def markdown(config):
    """The document, the variant and every flag of a run as a table.

    Args:
      config: what `groundwork.run.directory.read_config` gives.
    """
    identity, settings = config["identity"], config["settings"]
    rows = [("document", settings.get("document", "")), ("variant", identity.get("variant", ""))]
    flags = dict(settings.get("flags", {}), **hparams(config))
    rows += [("`{}`".format(name), value) for name, value in sorted(flags.items())
             if name != "variant"]
    return "\n".join(["| flag | value |", "|---|---|"]
                     + ["| {} | {} |".format(name, _cell(value)) for name, value in rows])


def _cell(value):
    return _text(value).replace("|", "\\|")


def _text(value):
    """A value as text that an event file can hold, though a path in it is no UTF-8."""
    return str(value).encode("utf-8", "backslashreplace").decode("utf-8")
