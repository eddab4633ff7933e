"""Seeded random changes of a run's config.json, such as accidents and enemies make."""

import copy
import json
import random

VALUES = [None, True, False, 0, -1, 1, 2, 0.5, -0.0, 1e308, 10 ** 30, 10 ** 400, float("inf"),
          float("nan"), "", "vae", "dcgan", "sgd", "lion", "float16", "full", "a,b", "\u0000",
          "\ud800", "\uff15", "x" * 5000, [], [1], {}, {"a": {"b": [1]}}]


def mutated(config, number):
    """The bytes of a config.json after the change of that number.

    Args:
      config: the whole value, as json.load gives it.
      number: seed; each gives the same change always.
    """
    random_ = random.Random(number)
    change = random_.choice([_other_values, _other_values, _without, _nested, _bytes, _cut])
    return change(config, random_)


def _places(value):
    """All (object, key) in a value."""
    for key in list(value):
        yield value, key
        if isinstance(value[key], dict):
            for place in _places(value[key]):
                yield place


def _other_values(config, random_):
    config = copy.deepcopy(config)
    for _ in range(random_.choice([1, 1, 1, 3])):
        holder, key = random_.choice(list(_places(config)))
        holder[key] = random_.choice(VALUES)
    return json.dumps(config).encode("utf-8")


def _without(config, random_):
    config = copy.deepcopy(config)
    holder, key = random_.choice(list(_places(config)))
    del holder[key]
    return json.dumps(config).encode("utf-8")


def _nested(config, random_):
    depth = random_.choice([10, 900, 990, 5000, 100000])
    inner = random_.choice(["[", '{"a":'])
    outer = {"[": "]", '{"a":': "}"}[inner]
    text = json.dumps(config)
    key = random_.choice(['"identity": ', '"settings": ', '"seed": ', '"format": ', '"model": '])
    return text.replace(key, key + inner * depth + "0" + outer * depth + ', "old": ').encode()


def _bytes(config, random_):
    content = bytearray(json.dumps(config).encode("utf-8"))
    for _ in range(random_.randint(1, 8)):
        content[random_.randrange(len(content))] = random_.choice(
            [random_.randrange(256), ord(random_.choice('{}[]",:0123456789.e-'))])
    return bytes(content)


def _cut(config, random_):
    content = json.dumps(config).encode("utf-8")
    first, last = sorted(random_.sample(range(len(content)), 2))
    return random_.choice([content[:first], content[first:], content[:first] + content[last:],
                           content[:last] + content[first:], b"\x00" * last])
