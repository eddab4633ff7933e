"""metrics.csv: the losses of a run, comparable byte for byte with another run's."""

import hashlib
import os

from groundwork.errors import UsageError
from groundwork.run.files import write_whole, writing


class MetricsFile:
    """One row a logged step: the step and the losses; no wall times, so two runs can be equal.

    A run flushes before it saves a checkpoint: then every row up to the checkpoint's step is on
    disk when the run resumes from it.
    """

    def __init__(self, path, names, resume_step):
        """Opens the log as it was at `resume_step`: later rows and a torn one are dropped.

        Args:
          path: the file; created with its header if there is none.
          names: the losses, in the order of the columns.
          resume_step: the last step whose row is kept.

        Raises:
          UsageError: the file has other columns or cannot be read.
          WriteError: it cannot be written; so say the methods.
        """
        self.names = tuple(names)
        self._path = path
        lines = _read_lines(path)
        expected = header(self.names)
        if lines and lines[0] != expected:
            # repr: whatever the foreign file holds, the message stays one line.
            raise UsageError("{}: expected the header {!r}, received {!r}".format(
                path, expected.strip(), lines[0].strip()[:100]))
        content = "".join([expected] + _kept(lines[1:], len(self.names), resume_step))
        write_whole(path, content.encode("utf-8"))
        self._sha256 = hashlib.sha256(content.encode("utf-8"))
        with writing(path):
            self._file = open(path, "a", encoding="utf-8", newline="")

    def append(self, step, values):
        """Adds a row; each loss is the shortest decimal that reads back as the same float64.

        Args:
          step: the step.
          values: {name: float or scalar array}, with exactly the log's names.
        """
        if set(values) != set(self.names):
            raise ValueError("expected the losses {}, received {}".format(
                sorted(self.names), sorted(values)))
        text = row(step, values, self.names)
        with writing(self._path):
            self._file.write(text)
        self._sha256.update(text.encode("utf-8"))

    def digest(self):
        """SHA-256 of the header and all rows so far, in hexadecimal digits."""
        return self._sha256.hexdigest()

    def flush(self):
        """Puts every row so far on disk."""
        with writing(self._path):
            self._file.flush()
            os.fsync(self._file.fileno())

    def close(self):
        """Flushes and closes the file."""
        if not self._file.closed:
            self.flush()
            with writing(self._path):
                self._file.close()


def header(names):
    """The first line of a file with these losses."""
    return ",".join(("step",) + tuple(names)) + "\n"


def row(step, values, names):
    """The line of a step with `{name: float or scalar array}`."""
    # float() first: the repr of a NumPy scalar differs between NumPy 1 and NumPy 2.
    return ",".join([str(int(step))] + [repr(float(values[name])) for name in names]) + "\n"


def content_until(path, step):
    """The bytes of a file's header and of its whole rows up to a step; b"" where there is none."""
    lines = _read_lines(path)
    kept = lines[:1] + _kept(lines[1:], lines[0].count(","), step) if lines else []
    return "".join(kept).encode("utf-8")


def losses_of(content):
    """The losses that the header of a file's content names."""
    return content.split(b"\n")[0].decode("utf-8").split(",")[1:]


def _read_lines(path):
    """Returns the lines, each with its line end (the last may have none)."""
    if not os.path.lexists(path):
        return []
    try:
        if not os.path.isfile(path):
            raise OSError("no regular file")
        with open(path, encoding="utf-8", errors="replace", newline="\n") as file:
            return file.readlines()
    except OSError as error:
        raise UsageError("{}: expected the metrics of a run, received {}".format(
            path, error)) from error


def _kept(rows, losses, step):
    """The whole rows up to a step."""
    return [row for row in rows if _is_whole(row, losses) and int(row.split(",")[0]) <= step]


def _is_whole(row, losses):
    # Without its line end a number may lack digits and still look like one.
    fields = row[:-1].split(",")
    if not row.endswith("\n") or len(fields) != 1 + losses:
        return False
    try:
        int(fields[0])
        for field in fields[1:]:
            float(field)
    except ValueError:
        return False
    return True
