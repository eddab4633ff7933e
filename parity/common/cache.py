"""A cache of values that take long to make, and its key for draws from an initialiser."""

import collections
import json


class Cache(object):
    """A cache of values that take long to make."""

    def __init__(self, most=None):
        """Makes an empty cache, of any size or for the `most` last values."""
        self._most = most
        self._made = collections.OrderedDict()

    def get(self, key, make):
        """Returns the cached value, calling `make()` on a miss; the key None is never cached."""
        if key is None:
            return make()
        if key not in self._made:
            if len(self._made) == self._most:
                self._made.popitem(last=False)
            self._made[key] = make()
        return self._made[key]


def draws_key(declared, *rest):
    """The cache key of an initialiser's draws: None unless it is a known distribution.

    Args:
      declared: its configuration, `{"kind", ...numbers}`.
      *rest: other values on which the draws depend.
    """
    if declared["kind"] in ("constant", "other"):
        return None
    return json.dumps([declared, rest], sort_keys=True)
