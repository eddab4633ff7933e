"""Names of a graph's nodes, as TensorBoard draws them; works on a GraphDef of either TensorFlow."""


def node_of(reference):
    """The node that an input such as "^name" or "name:1" refers to."""
    return reference.lstrip("^").split(":")[0]


def rename(graph_def, names):
    """Renames nodes in place, wherever they are referred to.

    Args:
      graph_def: a GraphDef.
      names: `{old name: new name}`; nodes without an entry keep theirs.

    Raises:
      ValueError: two nodes would have one name.
    """
    for node in graph_def.node:
        node.name = names.get(node.name, node.name)
        for index, reference in enumerate(node.input):
            old = node_of(reference)
            node.input[index] = reference.replace(old, names.get(old, old), 1)
        colocated = node.attr["_class"].list.s if "_class" in node.attr else []
        for index, location in enumerate(colocated):
            old = location.decode("utf-8").replace("loc:@", "", 1)
            colocated[index] = ("loc:@" + names.get(old, old)).encode("utf-8")
    count = {}
    for node in graph_def.node:
        count[node.name] = count.get(node.name, 0) + 1
    twice = sorted(name for name in count if count[name] > 1)
    if twice:
        raise ValueError("two nodes would be named {}".format(twice[0]))
