"""Traces that are altered on purpose: headers of other kinds, arrays of others, damaged zips."""

import copy
import io
import json
import os
import struct
import zipfile
import zlib

import numpy as np

from parity.trace import file

# What stands in the place of an entry of a header, whatever belongs there.
OTHERS = (None, 3, -1, 1e400, "x", "", [], {}, [[]], {"a": {}}, True, [None], "\x00/../é", 2 ** 70)


class Trace:
    """The header and the arrays of a trace file, to be altered and written again."""

    def __init__(self, path):
        with np.load(path) as held:
            self.arrays = {name: held[name] for name in held.files if name != "header"}
            self.header = json.loads(held["header"].tobytes())

    def copy(self):
        """Another one, whose arrays are the same objects."""
        other = copy.copy(self)
        other.header, other.arrays = copy.deepcopy(self.header), dict(self.arrays)
        return other

    def write(self, path):
        """Writes it with the list and the digest that it needs: only what it says is wrong."""
        self.header["arrays"] = {name: [value.dtype.str, list(value.shape)]
                                 for name, value in self.arrays.items()}
        self.header["digest"] = file.digest(self.header)
        write(path, json.dumps(self.header).encode(), self.arrays)


def write(path, header, arrays):
    """Writes a trace file with bytes as its header."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, value in [*arrays.items(), ("header", np.frombuffer(header, np.uint8))]:
            content = io.BytesIO()
            np.lib.format.write_array(content, np.asarray(value))
            archive.writestr(name + ".npy", content.getvalue())


def places(value, path=()):
    """Yields (path of keys) of every entry of nested dictionaries and lists."""
    entries = value.items() if isinstance(value, dict) else (
        enumerate(value) if isinstance(value, list) else ())
    for key, part in entries:
        yield path + (key,)
        yield from places(part, path + (key,))


def changed(header, path, value):
    """Puts a value at a place of a header; without one, what stands there is removed."""
    *above, key = path
    for each in above:
        header = header[each]
    if value is Ellipsis:
        del header[key]
    else:
        header[key] = value


def at(header, path):
    """What stands at a place of a header."""
    for key in path:
        header = header[key]
    return header


def of_other_kind(value):
    """What may stand in the place of a value and is none of its kind; Ellipsis: nothing stands."""
    return [other for other in OTHERS if type(other) is not type(value)] + [Ellipsis]


def of_the_same_kind(value):
    """Other values of the kind of one, as only a forger writes them; there may be none."""
    return [other for other in OTHERS if type(other) is type(value)] or [None]


# Arrays of other kinds, of the same name.
ARRAYS = {
    "float16": lambda value: value.astype(np.float16),
    "complex": lambda value: value.astype(np.complex64),
    "words": lambda value: value.astype("U8"),
    "bytes": lambda value: value.astype("S8"),
    "truth": lambda value: value.astype(bool),
    "whole numbers": lambda value: value.astype(np.int64),
    "the other byte order": lambda value: value.astype(value.dtype.newbyteorder()),
    "dates": lambda value: value.astype(np.int64).astype("M8[s]"),
    "records": lambda value: np.zeros(value.shape, [("a", "f4"), ("b", "i8")]),
    "one number": lambda value: np.zeros((), value.dtype),
    "nothing": lambda value: np.zeros((0,) * max(value.ndim, 1), value.dtype),
    "one axis more": lambda value: value[None],
    "flat": lambda value: np.append(value.ravel(), value.ravel()),
    "no number": lambda value: value * np.nan if value.dtype.kind == "f" else value + 1,
    "infinite": lambda value: value * 0 + np.inf if value.dtype.kind == "f" else value + 1,
    "long": lambda value: np.zeros(value.shape + (3,), value.dtype)}

# Names of arrays in another form.
NAMES = {
    "no slash": lambda name: name.replace("/", "_"),
    "no step": lambda name: name.split("/")[0] + "/",
    "a step that is a word": lambda name: name.replace("/0/", "/zero/", 1),
    "a step below zero": lambda name: name.replace("/0/", "/-1/", 1),
    "a step twice": lambda name: name.replace("/0/", "/00/", 1),
    "a phase that is a word": lambda name: name.replace("/0/0/", "/0/first/", 1),
    "a part less": lambda name: name.rpartition("/")[0],
    "blanks": lambda name: name.replace("/", " / "),
    "empty": lambda name: "",
    "above": lambda name: "../../" + name,
    "very long": lambda name: name + "x" * 5000}


# Files whose bytes are damaged: functions of (content, header, arrays) that give other bytes.

def _zipped(header, arrays, members=None):
    """A zip of a header and arrays, some of them bytes that are given: `{name: bytes}`."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, value in [*arrays.items(), ("header", header)]:
            content = io.BytesIO()
            np.lib.format.write_array(content, np.asarray(value))
            archive.writestr(name + ".npy", (members or {}).get(name, content.getvalue()))
    return out.getvalue()


def npy(words, data=b""):
    """An .npy file whose header is some words."""
    text = words.encode("latin-1")
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + data


def of_shape(dtype, shape):
    """The beginning of an .npy file that says it holds an array of some shape."""
    return npy(f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}\n", b"\0" * 64)


HUGE = {
    "a huge array": of_shape("<f4", "(1000000000, 1000000000)"),
    "an array as large as memory": of_shape("<f4", "(1000000000, 30)"),
    "a size below zero": of_shape("<f4", "(-1, 3)"),
    "a size that is a word": of_shape("<f4", "('a',)"),
    "more sizes than an array has": of_shape("<f4", "(1," * 1 + " 1," * 99 + ")"),
    "objects": of_shape("|O", "(2,)"), "no type": of_shape("zz", "(2,)"),
    "a header that ends": npy("{'descr': '<f4', 'fortran_order'"),
    "a header that is deep": npy("(" * 3000), "a header of zeros": npy("\0" * 200),
    "no header": b"\x93NUMPY", "nothing": b"", "words": b"these are no numbers",
    "another version": b"\x93NUMPY\x09\x09" + b"\0" * 64}


def damages(content, header, arrays):
    """Yields (name, bytes) of files that are damaged as files."""
    name = max(arrays, key=lambda each: arrays[each].nbytes)
    for words, member in HUGE.items():
        yield "array: " + words, _zipped(header, arrays, {name: member})
        yield "header: " + words, _zipped(header, arrays, {"header": member})
    yield "header: a bomb", _claiming(content, b"header.npy", 300 << 20)
    yield "array: a bomb", _claiming(content, name.encode() + b".npy", 1 << 31)
    for words, text in {
            "deep": b"[" * 200000, "deep objects": b'{"a":' * 50000, "no text": b"\xff\xfe{}",
            "numbers of another kind": b'{"format": NaN}', "nothing": b"", "null": b"null",
            "a long number": b"9" * 100000}.items():
        yield "JSON: " + words, _zipped(np.frombuffer(text, np.uint8), arrays)
    for words, place, value in (
            ("another compression", 8, 99), ("deflated, it says", 8, 8),
            ("bzip2, it says", 8, 12), ("lzma, it says", 8, 14), ("encrypted", 6, 1),
            ("strongly encrypted", 6, 65), ("patched", 6, 32), ("words in another code", 6, 2048)):
        yield "zip: " + words, _flagged(content, place, value)
    for number in range(12):
        place = len(content) * number // 12
        yield f"a byte at {place}", (content[:place] + bytes([content[place] ^ 0x55])
                                     + content[place + 1:])
    for part in (0.01, 0.5, 0.9, 0.99, 0.9999):
        yield f"the first {part:%}", content[:int(part * len(content))]
    yield "twice", content + content
    yield "compressed as a whole", zlib.compress(content)


def _claiming(content, name, size):
    """A zip whose directory says that a member has another size once it is unpacked."""
    place = content.rfind(b"PK\x01\x02", 0, content.rfind(name))
    return content[:place + 24] + struct.pack("<I", size) + content[place + 28:]


def _flagged(content, place, value):
    """A zip whose members all say another number at a place of their headers."""
    content = bytearray(content)
    for start, shift in ((b"PK\x03\x04", 0), (b"PK\x01\x02", 2)):
        found = content.find(start)
        while found >= 0:
            content[found + place + shift:found + place + shift + 2] = struct.pack("<H", value)
            found = content.find(start, found + 4)
    return bytes(content)


def link(source, target, without):
    """Links the files of a folder into another one, but for one of them."""
    os.mkdir(target)
    for name in os.listdir(source):
        if name != without:
            os.symlink(os.path.join(source, name), os.path.join(target, name))
