"""Blocks of a Markdown document that show the output of a command.

A comment, which a rendered page does not show, stands above the block and names the command:

    <!-- output: python -m parity.capture --show captured
         shortened by: sed -n '1,3p' -->

        the output, indented by four spaces

`run` in the place of `output` runs a command whose output is not shown. Marks may follow the word:
`slow` (minutes), `tensorflow1` (needs an interpreter with the real TensorFlow 1) and `exit 1` (the
status that the command ends with, else 0). A filter may only leave lines out; `...` stands where it
did.
"""

import re
from typing import NamedTuple

_COMMENT = re.compile(r"<!-- (output|run)((?:, [\w ]+)*): (.*?)\s*-->", re.DOTALL)
_FILTER = re.compile(r"\n\s*shortened by: ")
_INDENTED = re.compile(r"\s*\n((?:    .*\n|[ \t]*\n(?=(?:[ \t]*\n)*    ))*)")
# What another machine or another run prints otherwise: a pattern, and what stands for it.
_VARIES = (
    (re.compile(r"\[ *\d+ s\]"), "[# s]"),
    (re.compile(r"\d[\d,.]* (?=(?:s|seconds|bytes|MB|kB|steps/s)\b)"), "# "),
    (re.compile(r"\d\.\d+e-(?:0[4-9]|[1-9]\d)"), "#"),  # rounding
    # Of a golden file no number where the entries that it holds are the port's to the bit.
    (re.compile(r"(?<=  rounding) +(?:# +)?"), " # "),
    (re.compile(r"(?<=^step)( .*)$", re.MULTILINE),
     lambda line: re.sub(r"(?<=\d)\.\d+", ".#", line[0])),  # losses of a training run
    (re.compile(r"^(step .*\n)\.\.\.\n(?=step )", re.MULTILINE), r"\1"),  # progress
    (re.compile(r"(?<=Python )3\.[\d.]+\d"), "3.#"),
)


class Block(NamedTuple):
    """A command of a document, and the block that shows its output.

    Attributes:
      command: what a shell runs.
      shortened_by: a filter that gives the lines to keep, or "".
      shown: True for `output`, False for `run`.
      marks: set of "slow", "tensorflow1" and "exit N".
      text: the block as it stands in the document, without indentation.
      span: (start, end) of the block in the document, in characters.
    """

    command: str
    shortened_by: str
    shown: bool
    marks: frozenset
    text: str
    span: tuple

    @property
    def status(self):
        """The exit status that the command has to end with."""
        return next((int(mark[5:]) for mark in self.marks if mark.startswith("exit ")), 0)


def find(document):
    """[Block] of a document's text, in its order."""
    return [_block(document, comment) for comment in _COMMENT.finditer(document)]


def _block(document, comment):
    word, marks, body = comment.groups()
    command, shortened_by = (_FILTER.split(body, maxsplit=1) + [""])[:2]
    indented = _INDENTED.match(document, comment.end())
    span = indented.span(1) if word == "output" and indented else (comment.end(),) * 2
    lines = [line[4:] for line in document[slice(*span)].split("\n")]
    return Block(" ".join(command.split()), shortened_by, word == "output",
                 frozenset(marks[2:].split(", ")) - {""}, "\n".join(lines).strip("\n"), span)


def replaced(document, block, text):
    """The document with another text in the place of a block; later blocks move."""
    start, end = block.span
    lines = ["    " + line if line else "" for line in text.split("\n")]
    return document[:start] + "\n".join(lines) + "\n" + document[end:]


def shortened(output, kept):
    """The kept lines of an output, with `...` where lines were left out.

    Raises:
      ValueError: a kept line is none of the output's, or stands in another order.
    """
    lines, wanted = [], kept.rstrip().split("\n")
    for line in output.rstrip().split("\n"):
        if wanted and line == wanted[0]:
            lines.append(wanted.pop(0))
        elif lines[-1:] != ["..."]:
            lines.append("...")
    if wanted:
        raise ValueError(f"the filter made a line that the output does not have: {wanted[0]}")
    return "\n".join(line for number, line in enumerate(lines)
                     if line.strip() or "..." not in lines[max(number - 1, 0):number + 2])


def tidy(output):
    """An output without spaces at the end of lines, and without empty lines around it."""
    return "\n".join(line.rstrip() for line in output.split("\n")).strip("\n")


def comparable(text):
    """A text in which all that varies between machines and runs is masked."""
    for pattern, mask in _VARIES:
        text = pattern.sub(mask, text)
    return text
