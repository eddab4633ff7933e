"""Short lines of text as sequences of one-hot characters; and such sequences as text again."""

import shlex

import numpy as np

from groundwork.accepted import Accepted
from groundwork.data import memory
from groundwork.data import regular_file
from groundwork.data.raw_dataset import RawDataset
from groundwork.errors import UsageError

BLANK = " "  # number 0 of every alphabet, with which short lines are filled up
_MOST_CHARACTERS = 1000


def _are_characters(text):
    return (0 < len(text) <= _MOST_CHARACTERS and len(set(text)) == len(text)
            and BLANK not in text and text.isprintable())


CHARACTERS = Accepted(str, _are_characters, "different printable characters without the blank, at "
                      "most {}".format(_MOST_CHARACTERS))


def read(data_dir, shape, alphabet, max_bytes=memory.DEFAULT_MAX_BYTES):
    """Reads a text file, an example a line; lines of nothing but blanks are no examples.

    Args:
        data_dir: path of the file, in UTF-8.
        shape: (characters of the longest line, characters of the alphabet).
        alphabet: text, a character at each number.
        max_bytes: of the array, as `memory.check` takes it.

    Returns:
        `RawDataset` with "images" float32 [count, *shape], a 1 in each row, and no labels.

    Raises:
        UsageError: there is no such file, it holds no line, or a line is too long or has other
            characters.
    """
    if data_dir is None:
        raise UsageError("--data_dir: expected a file with a line of text for each example "
                         "(--dataset=lines), received nothing")
    numbered = [(number, line.rstrip(BLANK + "\r"))
                for number, line in enumerate(_text(data_dir, max_bytes).split("\n"), 1)]
    numbered = [(number, line) for number, line in numbered if line]
    if not numbered:
        raise UsageError("{}: expected lines of text, received none".format(data_dir))
    for number, line in numbered:
        if len(line) > shape[0]:
            raise UsageError("{}: expected lines of at most {} characters (--line_length), "
                             "received {} in line {}".format(
                                 data_dir, shape[0], len(line), number))
    lines = [line for _, line in numbered]
    _refuse_other_characters(data_dir, numbered, alphabet)
    memory.check("{}: {} lines".format(data_dir, len(lines)),
                 4 * len(lines) * shape[0] * shape[1], max_bytes)
    return RawDataset(encode(lines, shape[0], alphabet), None, 0)


def _text(path, max_bytes):
    """The text of a file, without the mark that some editors put at its beginning."""
    try:
        with regular_file.open_binary(path) as file:
            memory.check(path, regular_file.size_of(file), max_bytes)
            content = file.read()
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError("{}: expected text in UTF-8, received the byte 0x{:02x} in line {}".format(
            path, content[error.start], content.count(b"\n", 0, error.start) + 1))
    except OSError as error:
        raise UsageError("--data_dir: expected a file of text (--dataset=lines), received {!r}: {}"
                         .format(path, error.strerror or error))


def _refuse_other_characters(path, numbered, alphabet):
    known, used = set(alphabet), set().union(*(line for _, line in numbered))
    for number, line in numbered:
        for character in line:
            if character not in known:
                raise UsageError("{}: expected blanks and the characters of --characters, received "
                                 "{!a} in line {}{}".format(path, character, number, _hint(used)))


def _hint(used):
    """The flag that takes all of a file's characters, where there is one."""
    characters = "".join(sorted(used - {BLANK}))
    if not _are_characters(characters) or len(characters) > 200:
        return ""
    return "; all of the file's: --characters={}".format(shlex.quote(characters))


def encode(lines, length, alphabet):
    """One-hot float32 [count, length, characters] of lines that are no longer than that."""
    number_of = {character: number for number, character in enumerate(alphabet)}
    numbers = np.zeros((len(lines), length), np.int64)
    for row, line in zip(numbers, lines):
        row[:len(line)] = [number_of[character] for character in line]
    return np.eye(len(alphabet), dtype=np.float32)[numbers]


def decode(sequences, alphabet):
    """The likeliest character of each step of [count, length, characters], a line each; blanks at
    their ends are left out."""
    return ["".join(alphabet[number] for number in row).rstrip(BLANK)
            for row in np.argmax(sequences, axis=2).tolist()]
