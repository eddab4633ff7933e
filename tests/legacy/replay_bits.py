"""A program that replays a capture and says how many variables came out bit for bit.

In a process of its own: whoever opens the first session of a process decides on its threads.
"""

import os
import sys

sys.path.insert(0, sys.argv[1])

from parity.reference.captured import Captured  # noqa: E402
from parity.reference.replay import Replay  # noqa: E402

found = Captured(sys.argv[2])
replay, compared = Replay(found), 0
for update in replay.updates():
    changed = [name for name in update.after
               if update.after[name].tobytes() != update.before[name].tobytes()]
    assert set(changed) <= set(update.call.writes) and len(changed) > 3, changed
    for name, value in update.call.after().items():
        if name in found.variables:
            assert update.after[name].tobytes() == value.tobytes(), (update.number, name)
            compared += 1
assert compared >= 2 * len(found.variables) > 0
print("equal:", compared)
sys.stdout.flush()
os._exit(0)  # a fork of the tests', which does not come back
