"""Races of replayed calls, and the orders and repetitions that explain them."""

import tensorflow.compat.v1 as tf

from parity import capture
from parity.reference import races
from parity.reference import replay_rows
from parity.reference.replay import Replay


def every(captured, replay):
    """(all races of the calls, those that train)."""
    found = sorted({race for call in _kinds(captured.calls) for race in _races(replay, call)})
    return found, [race for race in found if race.trains]


def spreads(updates, repeated):
    """`{(call, variable): relative difference}` of updates that a second replay changes."""
    return {(first.number, name): capture.relative_change(value, first.after[name],
                                                          first.before.get(name))
            for first, second in zip(updates, repeated) for name, value in second.after.items()
            if value.tobytes() != first.after[name].tobytes()}


def with_spreads(result, found):
    """Copy of a `Result` whose rows have the larger of the spreads in the capture and here."""
    return result._replace(rows=[row._replace(spread=max(
        row.spread, found.get((row.call, row.variable), 0.0))) for row in result.rows])


def scores(captured, order, floors):
    """`{variable: score}` of a replay in one order; at most 1 where rounding explains the error.

    Args:
      captured: a `parity.reference.captured.Captured`.
      order: a `parity.reference.orders.Order`.
      floors: noise floors, as of `parity.reference.noise.floors`.
    """
    try:
        replay = Replay(captured, order=order)
        found = list(replay_rows.rows(replay.updates(), floors))
        replay.close()
    except (tf.errors.OpError, ValueError):  # the order runs in a circle
        return {name: float("inf") for name in captured.variables}
    highest = {}
    for row in found:
        score = max(row.error / replay_rows.explicable(row.floor), min(row.error, 1.0))
        highest[row.variable] = max(score, highest.get(row.variable, 0.0))
    return highest


def _kinds(calls):
    """One call of each kind: with the same targets and fetches."""
    return list({(tuple(call.targets), tuple(call.fetches)): call for call in calls}.values())


def _races(replay, call):
    fed = {replay.tensor_name(name) for name in call.feeds + call.stateful}
    fetches = [replay.graph.get_operation_by_name(name) for name in call.targets + call.behind
               if name not in replay.captured.inputs]
    fetches += [replay.graph.get_tensor_by_name(name) for name in call.fetches
                if replay.tensor_name(name) not in fed]
    return races.find(fetches, fed)
