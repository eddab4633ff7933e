"""Tests of groundwork.errors."""

import errno
import signal

import pytest

from groundwork import errors


@pytest.mark.parametrize("message,number,reason", [
    ("a/ckpt-2_temp/part-0.data; No space left on device [Op:SaveV2]", errno.ENOSPC,
     "No space left on device"),
    ("Graph execution error:\n\nDetected at node 'save/SaveV2'\n  x = 1; y = 2\n"
     "a/model.ckpt-2.index.tempstate1; Disk quota exceeded\n\t [[{{node save/SaveV2}}]]",
     errno.EDQUOT, "Disk quota exceeded"),
    ("a; File too large\n\tFailed to flush 11 events to a", errno.EFBIG, "File too large"),
    ("OOM when allocating tensor\nhint", None, "OOM when allocating tensor"),
    ("", None, "an unknown error")])
def test_the_reason_is_found_in_a_message_of_tensorflow(message, number, reason):
    error = errors.write_error(message, "a")
    assert (error.errno, str(error)) == (number, "a: cannot be written: " + reason)


@pytest.mark.parametrize("number,status", [
    (signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130), (signal.SIGPIPE, 141)])
def test_a_stopped_command_has_the_status_of_its_signal(number, status):
    stopped = errors.Stopped(int(number), " after step 3")
    assert stopped.status == status
    assert str(stopped) == "stopped by {} after step 3".format(signal.Signals(number).name)
    assert not isinstance(stopped, Exception)
