"""Which input of a port stands for which of the reference."""

from parity.pair import inputs


def entry(tensor, shape, dtype="float32"):
    return {"tensor": tensor, "shape": shape, "dtype": dtype, "phases": [0]}


def wanted(name, shape, dtype="float32"):
    return {"name": name, "shape": shape, "dtype": dtype}


def test_inputs_of_one_name_are_a_pair_and_the_rest_are_labels():
    rows, labels = inputs.pair(
        [entry("labels:0", [8], "int64"), entry("in/images:0", [8, 4, 4, 1])],
        [wanted("images", [None, 4, 4, 1])])
    assert rows == [inputs.Row("in/images:0", "images", "name")]
    assert labels == ["labels:0"]


def test_a_single_number_is_no_label():
    rows, labels = inputs.pair(
        [entry("x:0", [8, 4]), entry("y:0", [8, 2]), entry("dropout_keep_prob:0", [])],
        [wanted("x", [None, 4])])
    assert len(rows) == 1 and labels == ["y:0"]


def test_inputs_without_a_common_name_are_paired_by_type_and_shape():
    rows, labels = inputs.pair(
        [entry("IteratorGetNext:1", [8], "int32"), entry("IteratorGetNext:0", [8, 13])],
        [wanted("measurements", [None, 13])])
    assert rows == [inputs.Row("IteratorGetNext:0", "measurements", "type and shape")]
    assert labels == ["IteratorGetNext:1"]


def test_another_shape_is_no_partner():
    rows, labels = inputs.pair([entry("x:0", [8, 13])], [wanted("y", [None, 14])])
    assert rows == [] and labels == ["x:0"]


def test_of_a_port_that_declares_no_inputs_what_layers_take_is_no_label():
    taken = dict(entry("x:0", [8, 4]), taken=True)
    assert inputs.pair([taken, dict(entry("y:0", [8, 2]), taken=False)], []) == ([], ["y:0"])


def test_a_later_output_of_an_operation_is_called_so():
    rows, _ = inputs.pair([entry("next:0", [8]), entry("next:1", [8])],
                          [wanted("output_1", [None])])
    assert rows[0].reference == "next:1"
