"""Runs the commands whose output the documents show, and writes the output below them anew.

    python -m docs.make_outputs
    python -m docs.make_outputs --check --slow README.md docs/verify.md

The commands of a document run one after the other in one folder, which holds nothing but a copy
of `examples` and of `parity/capture.py`. `--check` writes nothing, shows what is not as it was
printed, and ends with 1 then. Times, rounding and the like may differ: `docs/output_blocks.py` has
the rules.
"""

import argparse
import difflib
import glob
import os
import shutil
import subprocess
import sys
import tempfile

from docs import output_blocks

REPOSITORY = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_PATIENCE = 900  # seconds that one command may take


def documents():
    """Paths of all documents, from the repository's root."""
    return sorted(os.path.relpath(path, REPOSITORY) for folder in ("", "docs")
                  for path in glob.glob(os.path.join(REPOSITORY, folder, "*.md")))


class Session:
    """A folder in which the commands of one document run.

    Args:
      folder: an empty one.
      legacy_python: interpreter with the real TensorFlow 1, which `python3.7` starts, or "".
    """

    def __init__(self, folder, legacy_python=""):
        self._work = os.path.join(folder, "work")
        binaries = os.path.join(folder, "bin")
        os.mkdir(binaries)
        shutil.copytree(os.path.join(REPOSITORY, "examples"), os.path.join(self._work, "examples"))
        shutil.copy(os.path.join(REPOSITORY, "parity", "capture.py"), self._work)
        _script(os.path.join(binaries, "python"),
                f'PYTHONPATH="{REPOSITORY}" exec "{sys.executable}" "$@"')
        if legacy_python:
            _script(os.path.join(binaries, "python3.7"),
                    f'exec "{os.path.abspath(legacy_python)}" "$@"')
        # As a user's shell has it: without what a test or a caller set for TensorFlow.
        self._environment = {name: value for name, value in os.environ.items() if not (
            name.startswith(("TF_", "KERAS_", "CUDA_", "PYTEST_")) or name == "PYTHONPATH")}
        self._environment.update(
            PATH=binaries + os.pathsep + os.environ.get("PATH", ""), COLUMNS="80")

    def output(self, block):
        """Standard output of a block's command, shortened by its filter.

        Raises:
          ValueError: the command ended with another status, or the filter did more than leave out.
        """
        ended = self._run(block.command)
        if ended.returncode != block.status:
            raise ValueError("{}: expected exit status {}, received {}\n{}".format(
                block.command, block.status, ended.returncode, ended.stderr[-2000:]))
        if not block.shortened_by:
            return output_blocks.tidy(ended.stdout)
        kept = self._run(block.shortened_by, ended.stdout).stdout
        return output_blocks.tidy(output_blocks.shortened(ended.stdout, kept))

    def _run(self, command, given=""):
        return subprocess.run(
            ["bash", "-o", "pipefail", "-c", command], cwd=self._work, env=self._environment,
            input=given, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            timeout=_PATIENCE, check=False)


def _script(path, line):
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"#!/bin/sh\n{line}\n")
    os.chmod(path, 0o755)


def chosen(document, slow=False, legacy_python=""):
    """The blocks of a document whose commands are run: slow ones, and those that need TensorFlow 1,
    if they are asked for."""
    return [block for block in output_blocks.find(document)
            if (slow or not block.marks & {"slow", "tensorflow1"})
            and (legacy_python or "tensorflow1" not in block.marks)]


def remade(document, slow=False, legacy_python=""):
    """A document's text whose blocks show what their commands print now.

    Blocks whose command is slow, or needs TensorFlow 1, stay as they are unless asked for; so do
    those that differ only in what varies between runs.
    """
    blocks, made = chosen(document, slow, legacy_python), []
    with tempfile.TemporaryDirectory() as folder:
        session = Session(folder, legacy_python)
        for block in blocks:
            made.append(session.output(block))
    for block, text in reversed(list(zip(blocks, made))):
        same = output_blocks.comparable(text) == output_blocks.comparable(block.text)
        if block.shown and not same:
            document = output_blocks.replaced(document, block, text)
    return document


def differences(path, slow=False, legacy_python=""):
    """(the document's text made anew, lines that say what differs, outputs that were made).

    Of a document without an output that is made nothing is known, and nothing differs.
    """
    with open(os.path.join(REPOSITORY, path), encoding="utf-8") as file:
        text = file.read()
    new = remade(text, slow, legacy_python)
    return new, list(difflib.unified_diff(text.splitlines(), new.splitlines(), path,
                                          path + " (made anew)", lineterm="", n=1)), sum(
                                              block.shown for block in chosen(
                                                  text, slow, legacy_python))


def main():
    """Reads the flags, then runs; 1 when a block differs and --check is given."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--check", action="store_true", help="say what differs, write nothing")
    parser.add_argument("--slow", action="store_true", help="run commands that take minutes, too")
    parser.add_argument("--legacy_python", metavar="PATH", default="",
                        help="with --slow: interpreter with the real TensorFlow 1, for commands "
                             "that need it")
    parser.add_argument("documents", nargs="*", default=documents(), metavar="DOCUMENT")
    asked = parser.parse_args()
    found = False
    for path in asked.documents:
        new, lines, made = differences(path, asked.slow, asked.legacy_python)
        found = found or bool(lines)
        print("\n".join(lines) if lines else f"{path}: {made} outputs as printed" if made
              else f"{path}: NOTHING WAS RUN")
        if lines and not asked.check:
            with open(os.path.join(REPOSITORY, path), "w", encoding="utf-8") as file:
                file.write(new)
    sys.exit(int(asked.check and found))


if __name__ == "__main__":
    main()
