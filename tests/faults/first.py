"""What a command of a trial does before it begins: it is known, limited, and met at its calls.

Variables of the environment: FAULTS_PROCESSES is a folder, in which it leaves a file named by its
number that holds the megabytes that it had in memory at most; FAULTS_CALLS the name of the socket
of a `system_calls.Calls`, or nothing.
"""

import os

from tests.faults import system_calls

_exit = os._exit


def _megabytes():
    """Not `ru_maxrss`, which counts the process that forked this one."""
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) // 1024


def _leave(status):
    """Ends the process, as every fork of the server and every capture does, by `os._exit`."""
    if os.getpid() == _PROCESS:
        with open(_PATH, "w", encoding="ascii") as file:
            file.write(str(_megabytes()))
    _exit(status)


_PROCESS = os.getpid()
_PATH = os.path.join(os.environ["FAULTS_PROCESSES"], str(_PROCESS))
with open(_PATH, "w", encoding="ascii"):
    pass
os._exit = _leave
if os.environ.get("FAULTS_CALLS"):
    system_calls.install(os.environ["FAULTS_CALLS"])
