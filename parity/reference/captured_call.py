"""A captured call of `Session.run`."""


class Call(object):
    """One call of `Session.run` that belongs to training.

    Attributes:
      role: "train", "gather" (for a later call that trains) or "write" (a clip, an assignment).
      targets, fetches, feeds, stateful: names of operations, tensors, tensors, tensors.
      applies: names of the apply operations that it reaches.
      behind: names of further operations that it runs.
      writes: names of the variables that it writes.
      moved: names of variables that something else changed since the previous call.
      hidden: names of stateful operations inside loops and branches.
      repeats: differences between repetitions where it was captured, or None: see
        docs/capture.md.
      whole: True where the values of all variables before and after it are kept.
      has_inputs: True where its inputs and fetched values are kept, as those of a whole call.
    """

    def __init__(self, captured, entry):
        self._captured, self._entry, self._given = captured, entry, {}
        self.role, self.targets, self.applies = entry["role"], entry["targets"], entry["applies"]
        self.behind, self.hidden, self.moved = entry["behind"], entry["hidden"], entry["moved"]
        self.writes, self.repeats = entry["writes"], entry.get("repeats")
        self.fetches, self.feeds = sorted(entry["fetches"]), sorted(entry["feeds"])
        self.stateful = sorted(entry["stateful"])
        self.whole = entry["after"] is not None
        self.has_inputs = entry["has_inputs"]

    def _arrays(self, part):
        return {name: self._captured.array(reference)
                for name, reference in self._entry[part].items()}

    def _inputs(self, part):
        return {name: self._given[name] if name in self._given else self._captured.array(reference)
                for name, reference in self._entry[part].items()}

    def feed(self, values):
        """Replaces inputs by other values, `{tensor: array}`."""
        self._given = values

    def fed(self):
        """`{tensor: array}` of the values that the program fed."""
        return self._inputs("feeds")

    def drawn(self):
        """`{tensor: array}` of stateful inputs: random draws, queues, iterators."""
        return self._inputs("stateful")

    def read(self):
        """`{tensor: array}` of scalar variables that it reads and writes, with the values read."""
        return self._arrays("reads")

    def fetched(self):
        """`{tensor: array}` of the values that the program fetched."""
        return self._arrays("fetches")

    def before(self):
        """`{variable: array}` before the call: of all if it is `whole`, else of `moved` ones."""
        return self._arrays("before")

    def after(self):
        """`{variable: array}` after the call; {} for a call that is not `whole`."""
        return self._arrays("after") if self.whole else {}

    def digests(self):
        """`{variable: digest}` after the call, of the variables that it changed."""
        return self._entry["digests"]
