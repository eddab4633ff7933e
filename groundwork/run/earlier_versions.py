"""Runs of earlier versions: fields that their config.json lacks, with what held before them.

The number of the format stays: a run that has the fields is read as it always was.
"""

# A field that came after the first version, and the value that every run had until then.
BEFORE_THE_FIELD = {
    "parity_mode": False,
    "schedule": "constant",
    "label_smoothing": 0.0,
    "l1": 0.0,
    "l2": 0.0,
    "gradient_clip_norm": None,
    "gradient_clip_value": None,
    "accumulate_steps": 1,
    "freeze": "",
    "ema_decay": 0.0,
    "augment": "",
    "warm_start": None,
    "warm_start_scopes": "",
}


def completed(identity, fields=tuple(BEFORE_THE_FIELD)):
    """An identity with the fields that its version did not have yet.

    Args:
      identity: as config.json has it.
      fields: names; others are not added.
    """
    added = {name: BEFORE_THE_FIELD[name] for name in fields if name in BEFORE_THE_FIELD}
    return dict(added, **identity)
