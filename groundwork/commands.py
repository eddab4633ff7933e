"""Start and end of every binary: flags, `--help`, one line for a bad end, exit statuses."""

import contextlib
import os
import signal
import sys

from absl import flags

from groundwork import completion
from groundwork import errors
from groundwork import help_text
from groundwork import signals


def _fail(program, error, status):
    line = " ".join(str(error).split())
    with contextlib.suppress(OSError):  # a terminal that is gone
        print("{}: {}".format(program, line), file=sys.stderr, flush=True)
    return status


def run(program, summary, main, argv=None):
    """Parses flags, calls `main()` and returns the exit status.

    Args:
      program: dotted module name, such as "legacy.train".
      summary: what the binary does, in one sentence.
      main: function without arguments.
      argv: command line, program name first; `sys.argv` when None.
    """
    given = sys.argv if argv is None else argv
    try:
        with signals.raised():
            _run(program, summary, main, given)
            with _printing():
                if sys.stdout is not None:
                    sys.stdout.flush()
    except (errors.UsageError, flags.Error) as error:
        return _fail(program, error, errors.EXIT_USAGE)
    except errors.Diverged as error:
        return _fail(program, error, errors.EXIT_FAULT)
    except errors.Stopped as error:
        return _fail(program, error, error.status)
    except KeyboardInterrupt:  # where no handler can be set
        stopped = errors.Stopped(signal.SIGINT)
        return _fail(program, stopped, stopped.status)
    except BrokenPipeError:  # of `| head`, which has read enough
        _discard_stdout()
        return 128 + signal.SIGPIPE
    except OSError as error:
        _discard_stdout()
        return _fail(program, error, errors.EXIT_IO)
    return 0


def _run(program, summary, main, given):
    """Completes flags, prints the help or calls `main()`.

    Raises:
      UsageError, flags.Error: a flag is wrong.
    """
    completion.answer()
    rest = flags.FLAGS(["--help" if word == "-h" else word for word in given])[1:]
    if flags.FLAGS.help:
        with _printing():
            print("\n".join(help_text.lines(program, summary)))
        return
    if rest:
        raise errors.UsageError("expected flags only, received {!r}".format(rest[0]))
    main()


@contextlib.contextmanager
def _printing():
    """Context in which a failure names standard output, unless nobody reads it."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise errors.WriteError(error.errno, error.strerror, "standard output") from error


def _discard_stdout():
    """Points standard output nowhere: at its end Python writes what is still buffered."""
    try:
        sys.stdout.flush()
    except (OSError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.close(nowhere)
