"""Tests of groundwork.signals."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from groundwork import signals
from groundwork.errors import Stopped

NOTES = """
import ctypes
from groundwork import signals
with signals.Noted() as noted:
    print("ready", flush=True)
    while noted.number is None:
        pass
    print(int(noted.number), flush=True)
    {call}
"""
# Python's own handlers wait for its end.
LONG_CALL = "while ctypes.CDLL(None).sleep(20): pass"


def wait_for(noted):
    deadline = time.monotonic() + 10
    while noted.number is None and time.monotonic() < deadline:
        time.sleep(0.001)
    return noted.number


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_the_first_signal_is_noted(number):
    before, threads = signal.getsignal(number), threading.active_count()
    with signals.Noted() as noted:
        assert noted.number is None
        os.kill(os.getpid(), number)
        assert wait_for(noted) == number
    assert (signal.getsignal(number), threading.active_count()) == (before, threads)


@pytest.mark.parametrize("second,status", [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_second_signal_ends_the_process_inside_a_long_call(repository, second, status):
    process = subprocess.Popen([sys.executable, "-c", NOTES.format(call=LONG_CALL)],
                               cwd=repository, stdout=subprocess.PIPE)
    try:
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(signal.SIGTERM)
        assert process.stdout.readline() == b"15\n"
        process.send_signal(second)
        assert process.wait(10) == status
    finally:
        process.kill()
        process.communicate()


def test_a_signal_is_raised_once_and_the_handlers_come_back():
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(Stopped, match="stopped by SIGTERM$") as caught:
        with signals.raised():
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(10)
    assert caught.value.status == 143
    assert signal.getsignal(signal.SIGTERM) == before


def test_another_thread_than_the_main_one_sets_no_handler():
    before = signal.getsignal(signal.SIGTERM)
    seen = []

    def look():
        with signals.raised(), signals.Noted() as noted:
            seen.append((signal.getsignal(signal.SIGTERM), noted.number))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [(before, None)]
