"""SIGTERM, SIGHUP and SIGINT: a command ends at once, training ends with the step it is in."""

import contextlib
import os
import signal
import threading

from groundwork.errors import Stopped

_SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


def _install(handler):
    """Sets a handler; `{signal: handler before}`. Signals that are ignored (`nohup`) stay so.

    Only the main thread may; elsewhere nothing changes.
    """
    if threading.current_thread() is not threading.main_thread():
        return {}
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    before = {number: present for number, present in before.items()
              if present not in (signal.SIG_IGN, None)}
    for number in before:
        signal.signal(number, handler)
    return before


def _restore(before):
    for number, handler in before.items():
        signal.signal(number, handler)


@contextlib.contextmanager
def raised():
    """Context in which the first signal raises Stopped and a second one ends the process."""
    before = {}

    def stop(number, unused_frame):
        for each in before:
            signal.signal(each, signal.SIG_DFL)
        raise Stopped(number)

    before.update(_install(stop))
    try:
        yield
    finally:
        _restore(before)


class Noted:
    """Context in which the first signal is noted and a second one ends the process at once.

    A thread reads them: Python's own handlers wait for the end of a long call of TensorFlow.

    Attributes:
      number: the first signal, or None.
    """

    def __init__(self):
        self.number = None

    def __enter__(self):
        self._before = _install(lambda *unused: None)
        if self._before:
            self._read, self._write = os.pipe()
            os.set_blocking(self._write, False)
            self._wakeup = signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
            self._thread = threading.Thread(target=self._note, daemon=True)
            self._thread.start()
        return self

    def __exit__(self, *unused_error):
        if self._before:
            signal.set_wakeup_fd(self._wakeup)
            _restore(self._before)
            os.write(self._write, b"\0")
            self._thread.join()
            os.close(self._read)
            os.close(self._write)

    def _note(self):
        """Reads the numbers of signals, one byte each, until a 0."""
        while True:
            number = os.read(self._read, 1)[0]
            if number == 0:
                return
            if number in self._before:
                if self.number is not None:
                    os._exit(128 + number)  # pylint: disable=protected-access
                self.number = number
