"""What an update is made of, before its rate and gradient are looked into."""

from typing import Dict, NamedTuple, Optional

SCATTERS = ("ScatterAdd", "ScatterSub", "ResourceScatterAdd", "ResourceScatterSub")
WRITES = ("Assign", "AssignAdd", "AssignSub", "AssignVariableOp", "AssignAddVariableOp",
          "AssignSubVariableOp")


class Parts(NamedTuple):
    """What an update is made of; `rate` and `gradient` are tensors, the rest as in `Update`."""
    kind: str
    sparse: bool
    variable: str
    slots: Dict[str, str]
    rate: Optional[object]
    constants: Dict[str, float]
    gradient: object
