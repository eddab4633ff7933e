"""System calls of a command that write files: counted, and one of them failed.

Linux stops a process at each call that a seccomp filter names and asks a supervisor for the answer:
go on, or an error. So every writer is met, Python's as TensorFlow's and HDF5's. Needs Linux 5.6 on
x86-64, and no privileges.

The command's side is `install`, which `tests.faults.first` calls; the supervisor's is `Calls`.
"""

import array
import contextlib
import ctypes
import errno
import fcntl
import os
import platform
import select
import signal
import socket
import struct
import sys
import threading
import uuid

_WRITES = {1: "write", 18: "pwrite64", 20: "writev"}
_OF_FILES = {74: "fsync", 75: "fdatasync", 77: "ftruncate"}
# {number: (name, place of the path among the arguments)}
_OF_PATHS = {2: ("open", 0), 257: ("open", 1), 82: ("rename", 1), 264: ("rename", 3),
             316: ("rename", 3), 83: ("mkdir", 0), 258: ("mkdir", 1)}
_FLAGS = {2: 1, 257: 2}  # place of open's flags
_CREATE = os.O_CREAT
_SECCOMP, _PIDFD_GETFD = 317, 438
_RECEIVE, _SEND = 0xC0502100, 0xC0182101
_GO_ON = 0, 0, 1
_CALL = struct.Struct("<QIIiIQ6Q")
_ANSWER = struct.Struct("<QqiI")

# What a call is answered.
ENOSPC, EIO, SHORT, KILL = "ENOSPC", "EIO", "short write", "SIGKILL"
FAILURES = (ENOSPC, EIO, SHORT)


def available():
    """True where the filter can be installed."""
    try:
        with open("/proc/sys/kernel/seccomp/actions_avail", encoding="ascii") as file:
            return ("user_notif" in file.read() and sys.platform == "linux"
                    and platform.machine() == "x86_64" and hasattr(os, "pidfd_open"))
    except OSError:
        return False


def _program():
    """The filter: asks for calls that write, and for `open` where it may create a file."""
    ask, allow = 0x7FC00000, 0x7FFF0000
    steps = [(0x20, 0, 0, 4), (0x15, 1, 0, 0xC000003E), (0x06, 0, 0, allow), (0x20, 0, 0, 0)]
    for number in (*_WRITES, *_OF_FILES, *(set(_OF_PATHS) - set(_FLAGS))):
        steps += [(0x15, 0, 1, number), (0x06, 0, 0, ask)]
    for number, place in _FLAGS.items():
        steps += [(0x15, 0, 3, number), (0x20, 0, 0, 16 + 8 * place),
                  (0x45, 0, 1, _CREATE), (0x06, 0, 0, ask), (0x20, 0, 0, 0)]
    return b"".join(struct.pack("<HBBI", *step) for step in steps + [(0x06, 0, 0, allow)])


def install(name):
    """Has this process and its children ask the supervisor whose socket has this name."""
    libc, program = ctypes.CDLL(None, use_errno=True), _program()
    code = ctypes.create_string_buffer(program, len(program))
    held = struct.pack("<HxxxxxxQ", len(program) // 8, ctypes.addressof(code))
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect("\0" + name)
        if libc.prctl(38, 1, 0, 0, 0):  # no new privileges
            raise OSError(ctypes.get_errno(), "prctl")
        listener = libc.syscall(_SECCOMP, 1, 8, ctypes.create_string_buffer(held, len(held)))
        if listener < 0:
            raise OSError(ctypes.get_errno(), "seccomp")
        connection.sendmsg([b"x"], [
            (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [listener]))])
        connection.recv(1)
        os.close(listener)


class Calls:
    """The supervisor; use it in a `with`, and give its `name` to commands.

    Args:
      folders: calls on files below these are counted.
      failure: one of `FAILURES`, KILL, or "": all go on.
      at: number of the call, from 1, that fails. A full disk stays full, so that with ENOSPC all
        later ones fail, too; a short write is the first from there on that writes two bytes.

    Attributes:
      count: number of calls so far.
      failed: names of the calls that failed, with their paths.
    """

    def __init__(self, folders, failure="", at=0):
        self.name = uuid.uuid4().hex
        self.count, self.failed = 0, []
        self._folders = tuple(os.path.realpath(str(folder)) + os.sep for folder in folders)
        self._failure, self._at = failure, at
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind("\0" + self.name)
        self._socket.listen(16)
        self._leaves, self._leave = os.pipe()
        self._listeners = []
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *unused):
        os.close(self._leave)
        self._thread.join()
        for number in (self._leaves, *self._listeners):
            os.close(number)
        self._socket.close()

    def _serve(self):
        poll = select.poll()
        poll.register(self._leaves)
        poll.register(self._socket, select.POLLIN)
        while True:
            for number, event in poll.poll():
                if number == self._leaves:
                    return
                if number == self._socket.fileno():
                    self._accept(poll)
                elif event & select.POLLIN:
                    self._answer(number)
                else:  # the last process has ended
                    poll.unregister(number)

    def _accept(self, poll):
        connection, _ = self._socket.accept()
        with connection:
            _, control, _, _ = connection.recvmsg(1, socket.CMSG_LEN(4))
            listener = array.array("i", control[0][2])[0]
            self._listeners.append(listener)
            poll.register(listener, select.POLLIN)
            connection.send(b"x")

    def _answer(self, listener):
        received = bytearray(_CALL.size)
        try:
            fcntl.ioctl(listener, _RECEIVE, received)
        except OSError:  # the process has ended meanwhile
            return
        call, thread, _, number, _, _, *arguments = _CALL.unpack(received)
        try:
            value, error, flags = self._outcome(thread, number, arguments)
        except (OSError, OverflowError):  # no such file or memory; or the process has ended
            value, error, flags = _GO_ON
        with contextlib.suppress(OSError):  # the process has ended meanwhile
            fcntl.ioctl(listener, _SEND, bytearray(_ANSWER.pack(call, value, error, flags)))

    def _outcome(self, thread, number, arguments):
        """(value, error, flags) of an answer to a call."""
        path = _path(thread, number, arguments)
        if not path.startswith(self._folders):
            return _GO_ON
        self.count += 1
        name = _WRITES.get(number) or _OF_FILES.get(number) or _OF_PATHS[number][0]
        due = self._failure and self.count >= self._at and (
            self._failure == ENOSPC or not self.failed)
        if not due or (self._failure == SHORT and (number not in (1, 18) or arguments[2] < 2)):
            return _GO_ON
        self.failed.append("{} {}".format(name, path))
        if self._failure == KILL:
            os.kill(_process(thread), signal.SIGKILL)
            return _GO_ON
        if self._failure == SHORT:
            return _write_half(thread, number, arguments), 0, 0
        return 0, -getattr(errno, self._failure), 0


def _process(thread):
    """Number of the process of a thread."""
    with open("/proc/{}/status".format(thread), encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("Tgid"))


def _path(thread, number, arguments):
    """Path of the file that a call is about."""
    if number in _OF_PATHS:
        folder = os.readlink("/proc/{}/cwd".format(thread))
        place = _OF_PATHS[number][1]
        if place == 1 and number != 82 and ctypes.c_int(arguments[0]).value >= 0:
            folder = os.readlink("/proc/{}/fd/{}".format(thread, arguments[0]))
        name = _read(thread, arguments[place], 4096).partition(b"\0")[0]
        return os.path.normpath(os.path.join(folder, os.fsdecode(name)))
    return os.readlink("/proc/{}/fd/{}".format(thread, arguments[0]))


def _read(thread, address, most):
    """Bytes of a process's memory; fewer than `most` at the end of what it has."""
    with open("/proc/{}/mem".format(thread), "rb", 0) as memory:
        memory.seek(address)
        first = memory.read(min(most, 4096 - address % 4096))
        try:
            return first + (memory.read(most - len(first)) if len(first) < most else b"")
        except OSError:
            return first


def _write_half(thread, number, arguments):
    """Does half of a write in the place of the process; returns the number of bytes."""
    half = arguments[2] // 2
    data = _read(thread, arguments[1], half)
    process = os.pidfd_open(_process(thread))
    file = ctypes.CDLL(None, use_errno=True).syscall(_PIDFD_GETFD, process, int(arguments[0]), 0)
    os.close(process)
    if file < 0:
        raise OSError(ctypes.get_errno(), "pidfd_getfd")
    try:
        return os.pwrite(file, data, arguments[3]) if number == 18 else os.write(file, data)
    finally:
        os.close(file)
