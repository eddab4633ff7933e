"""The ladder's rungs: a number and a name for each, in the order in which they are climbed."""

(REPLAY, STRUCTURE, INITIALISERS, FORWARD, LOSSES, GRADIENTS, UPDATE, STATE, TRAINING,
 CHECKPOINT) = range(10)

NAMES = {REPLAY: "replay", STRUCTURE: "structure", INITIALISERS: "initialisers",
         FORWARD: "forward", LOSSES: "losses", GRADIENTS: "gradients", UPDATE: "first update",
         STATE: "slots and state", TRAINING: "training", CHECKPOINT: "checkpoint"}
