"""The rules of the house: who may import whom, what old Python must read, that twins are twins."""

import ast
import os
import re
import sys

import pytest

PACKAGES = ("groundwork", "legacy", "modern", "parity")
TENSORFLOWS = {"tensorflow", "keras", "tf_keras", "tf_slim"}
TWINS = ("averaging", "checkpoints", "gradients", "graph", "losses", "probe", "optimizers",
         "program", "sample", "schedules", "summaries", "train", "training", "warm_start")
NOT_COMMITTED = {".git", ".venv", ".venv-tf1", "runs", "build", "dist", "__pycache__",
                 ".pytest_cache", ".ruff_cache"}
# What an absolute path of one machine starts with; "../work/" is none.
MACHINE_PATH = re.compile(r"(?<![\w.~})\]])/(tmp|root|work|home)/")
AFTER_PYTHON_37 = {"removeprefix", "removesuffix", "cached_property", "isqrt", "prod"}
KEYWORDS_AFTER_PYTHON_37 = {"ignore_cleanup_errors", "missing_ok", "dirs_exist_ok"}
GENERIC_SINCE_PYTHON_39 = {"list", "dict", "tuple", "set", "frozenset", "type"}


def files_under(folder, suffix=""):
    if os.path.isfile(folder):
        yield folder
    for path, folders, names in os.walk(folder):
        folders[:] = [name for name in folders
                      if name not in NOT_COMMITTED and not name.startswith(".venv")
                      and not name.endswith(".egg-info")]
        for name in names:
            if name.endswith(suffix) and name not in NOT_COMMITTED:
                yield os.path.join(path, name)


def parsed(repository, package):
    """[(path from the root, syntax tree)] of a package."""
    trees = []
    for path in sorted(files_under(os.path.join(repository, package), ".py")):
        with open(path, encoding="utf-8") as source:
            trees.append((os.path.relpath(path, repository), ast.parse(source.read(), path)))
    assert trees or package == "parity"
    return trees


def imports(tree):
    """Dotted names of all that is imported, inside functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "a relative import"
            for alias in node.names:
                yield node.module + "." + alias.name


def attributes(tree, name):
    """What is read off `name`: `keras` for `tf.keras`."""
    return {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name) and node.value.id == name}


def imported_top_level(tree):
    return {name.split(".")[0] for name in imports(tree)}


@pytest.mark.parametrize("package,forbidden", [
    ("groundwork", {"legacy", "modern", "parity"} | TENSORFLOWS),
    ("legacy", {"modern", "parity", "keras", "tf_keras"}),
    ("modern", {"legacy", "parity", "tf_keras", "tf_slim"}),
    ("parity", {"groundwork", "legacy", "modern"}),
    ("parity/common", {"groundwork", "legacy", "modern"} | TENSORFLOWS),
    ("parity/reference", {"groundwork", "legacy", "modern", "keras", "tf_keras"}),
    ("parity/causes", {"groundwork", "legacy", "modern", "keras", "tf_keras"}),
    ("parity/pair", {"groundwork", "legacy", "modern"} | TENSORFLOWS),
    ("parity/trace", {"groundwork", "legacy", "modern"} | TENSORFLOWS),
    ("parity/golden", {"groundwork", "legacy", "modern"} | TENSORFLOWS),
    ("parity/judge", {"groundwork", "legacy", "modern"} | TENSORFLOWS),
    ("parity/port", {"groundwork", "legacy", "modern", "tf_keras"}),
    ("parity/selftest/programs", set(PACKAGES) | {"keras", "tf_keras"}),
    ("parity/selftest/ports", set(PACKAGES) | {"tf_keras"}),
    ("examples", set(PACKAGES)),
])
def test_nobody_imports_whom_they_may_not(repository, package, forbidden):
    for path, tree in parsed(repository, package):
        assert not imported_top_level(tree) & forbidden, path


def test_legacy_uses_tensorflow_1_only(repository):
    for path, tree in parsed(repository, "legacy"):
        tensorflow = {name for name in imports(tree) if name.split(".")[0] == "tensorflow"}
        assert tensorflow <= {"tensorflow.compat.v1"}, path
        assert not attributes(tree, "tf") & {"contrib", "estimator", "keras", "compat"}, path


def test_modern_uses_neither_tf_keras_nor_tensorflow_1(repository):
    for path, tree in parsed(repository, "modern"):
        for name in imports(tree):
            assert not re.match(r"tensorflow\.(keras|compat|python)\b", name), path
        assert not attributes(tree, "tf") & {"keras", "compat"}, path


def test_recorder_of_tensorflow_1_needs_numpy_and_tensorflow_only(repository):
    installed = {"absl", "sklearn", "PIL", "scipy", "tqdm", "pooch", "tensorboard"}
    for package in ("parity/causes", "parity/common", "parity/reference"):
        for path, tree in parsed(repository, package):
            assert not imported_top_level(tree) & installed, path
            for name in imports(tree):
                if name.startswith("parity."):
                    assert name.split(".")[1] in (
                        "causes", "common", "reference", "capture"), path


def test_capture_stands_alone(repository):
    tree = dict(parsed(repository, "parity"))["parity/capture.py"]
    found = imported_top_level(tree) - set(sys.stdlib_module_names)
    # protobuf: TensorFlow brings it; argcomplete: only where a shell asks for completions.
    assert found <= {"numpy", "tensorflow", "google", "parity", "argcomplete"}
    outside = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    assert imported_top_level(ast.Module(outside, [])) - set(sys.stdlib_module_names) <= {"numpy"}
    with open(os.path.join(repository, "parity", "capture.py"), encoding="utf-8") as source:
        ast.parse(source.read(), feature_version=(3, 7))


@pytest.mark.parametrize("package", ["benchmarks", "docs", "parity"])
def test_only_training_binaries_define_flags(repository, package):
    # Absl's flags are one table a process: who imports two commands gets the flags of both.
    for path, tree in parsed(repository, package):
        assert not [name for name in imports(tree) if name.startswith("absl")], path


def test_no_test_imports_what_switches_tensorflow_2_off(repository):
    """`tf.disable_v2_behavior()` of an imported module acts on every test that runs after it."""
    for path, tree in parsed(repository, "tests"):
        assert "tests.parity.capture.builders" not in set(imports(tree)), path


@pytest.mark.parametrize("package", [
    "groundwork", "legacy", "parity/causes", "parity/common", "parity/reference",
    "parity/workers.py", "parity/selftest/programs", "parity/selftest/seeded.py", "examples",
    "tests/groundwork", "tests/legacy", "tests/tf1"])
def test_python_3_7_can_read_what_tensorflow_1_runs(repository, package):
    for path, tree in parsed(repository, package):
        with open(os.path.join(repository, path), encoding="utf-8") as source:
            ast.parse(source.read(), path, feature_version=(3, 7))
        for node in ast.walk(tree):
            if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
                assert node.value.id not in GENERIC_SINCE_PYTHON_39, (path, node.lineno)
            if isinstance(node, ast.keyword):
                assert node.arg not in KEYWORDS_AFTER_PYTHON_37, (path, node.value.lineno)
            if isinstance(node, ast.Attribute):
                allowed = isinstance(node.value, ast.Name) and node.value.id == "np"
                assert allowed or node.attr not in AFTER_PYTHON_37, (path, node.lineno)


def test_no_file_names_a_place_on_one_machine(repository):
    checked = 0
    for path in files_under(repository):
        with open(path, "rb") as content:
            text = content.read()
        if b"\0" in text:
            continue  # an image
        found = MACHINE_PATH.search(text.decode("utf-8"))
        assert not found, "{}: {}".format(os.path.relpath(path, repository), found.group())
        checked += 1
    assert checked > 40
    assert MACHINE_PATH.search("at /" + "tmp/x") and not MACHINE_PATH.search("../work/x")


def test_wings_are_twins(repository):
    def names(wing, folder):
        return {name for name in os.listdir(os.path.join(repository, wing, folder))
                if name.endswith(".py")}

    assert names("legacy", "models") == names("modern", "models")
    assert len(names("legacy", "models")) >= 4
    for wing in ("legacy", "modern"):
        assert names(wing, "") >= {twin + ".py" for twin in TWINS}


def public_names(tree):
    """Functions and classes of a module, in order, without those that begin with _."""
    return [node.name for node in tree.body
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_")]


def test_twins_define_the_same_functions_in_the_same_order(repository):
    modern = dict(parsed(repository, "modern/models"))
    for path, tree in parsed(repository, "legacy/models"):
        twin = modern["modern" + path[len("legacy"):]]
        functions = [name for name in public_names(twin) if name[0].islower()]
        assert functions == public_names(tree), path


def definitions(tree):
    """Functions, classes and their methods, in order."""
    return [name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))
            for name in [node.name] + [
                node.name + "." + inner.name for inner in node.body
                if isinstance(node, ast.ClassDef) and isinstance(inner, ast.FunctionDef)]]


@pytest.mark.parametrize("twin", TWINS)
def test_twins_have_their_common_definitions_in_one_order(repository, twin):
    paths = ["{}/{}.py".format(wing, twin) for wing in ("legacy", "modern")]
    ours, theirs = [definitions(dict(parsed(repository, path))[path]) for path in paths]
    common = set(ours) & set(theirs)
    assert common
    assert [name for name in ours if name in common] == [name for name in theirs if name in common]


def fields(tree, name):
    """The annotated fields of a class, in order."""
    node = next(node for node in tree.body
                if isinstance(node, ast.ClassDef) and node.name == name)
    return [inner.target.id for inner in node.body if isinstance(inner, ast.AnnAssign)]


@pytest.mark.parametrize("name", ["Update", "Phase", "Program"])
def test_contracts_of_the_wings_have_their_common_fields_in_one_order(repository, name):
    ours, theirs = [fields(dict(parsed(repository, path))[path], name)
                    for path in ("legacy/program.py", "modern/program.py")]
    assert [each for each in ours if each in theirs] == [each for each in theirs if each in ours]
    assert len(set(ours) & set(theirs)) >= 4
