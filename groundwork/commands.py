"""Start and end of every binary: flags, `--help`, one line for bad input, exit statuses."""

import sys

from absl import flags

from groundwork import errors
from groundwork import help_text

EXIT_INTERRUPTED = 130


def _fail(program, error, status):
    line = " ".join(str(error).split())
    print("{}: {}".format(program, line), file=sys.stderr)
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
        rest = flags.FLAGS(["--help" if word == "-h" else word for word in given])[1:]
        if flags.FLAGS.help:
            print("\n".join(help_text.lines(program, summary)))
            return 0
        if rest:
            raise errors.UsageError("expected flags only, received {!r}".format(rest[0]))
        main()
    except (errors.UsageError, flags.Error) as error:
        return _fail(program, error, errors.EXIT_USAGE)
    except errors.Diverged as error:
        return _fail(program, error, errors.EXIT_FAULT)
    except KeyboardInterrupt:
        return _fail(program, "interrupted; the same command resumes at the last checkpoint",
                     EXIT_INTERRUPTED)
    return 0
