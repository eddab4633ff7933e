"""Parts of an update, before its rate and gradient are read."""

from typing import Dict, NamedTuple, Optional

SCATTERS = ("ScatterAdd", "ScatterSub", "ResourceScatterAdd", "ResourceScatterSub")
WRITES = ("Assign", "AssignAdd", "AssignSub", "AssignVariableOp", "AssignAddVariableOp",
          "AssignSubVariableOp")


class Parts(NamedTuple):
    """Parts of an update: `rate` and `gradient` are tensors, other fields as in `Update`."""
    kind: str
    sparse: bool
    variable: str
    slots: Dict[str, str]
    rate: Optional[object]
    constants: Dict[str, float]
    gradient: object
