"""Stands for `python`: `fork_client.py NAME ARGUMENTS...` has a fork server run the arguments.

It hands over arguments, environment, folder and the standard streams, passes on signals, and ends
as the command ends. Only the standard library is imported: it starts in 20 milliseconds.
"""

import array
import json
import os
import signal
import socket
import sys

_PASSED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(name, arguments):
    """Exit status of the command; of one that a signal ended, its number below zero."""
    connection = socket.socket(socket.AF_UNIX)
    connection.connect("\0" + name)
    for number in _PASSED_ON:
        signal.signal(number, lambda number, unused: connection.send(bytes([number])))
    asked = json.dumps({"arguments": arguments, "environment": dict(os.environ),
                        "folder": os.getcwd()}).encode()
    connection.sendmsg([b"%10d" % len(asked)], [
        (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0, 1, 2]))])
    connection.sendall(asked)
    for number in (0, 1, 2):  # the command's alone from here on: who reads it sees where it ends
        os.close(number)
    return int(connection.recv(10) or b"1")


def end(status):
    """Ends this process as one that has this exit status, or was ended by that signal."""
    if status < 0:
        if -status in _PASSED_ON:
            signal.signal(-status, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    os._exit(status)


if __name__ == "__main__":
    end(main(sys.argv[1], sys.argv[2:]))
