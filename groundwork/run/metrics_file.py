"""metrics.csv: the losses of a run, comparable byte for byte with another run's."""

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
        self._path = path
        self._names = tuple(names)
        header = ",".join(("step",) + self._names) + "\n"
        rows = _read_rows(path, header)
        kept = [row for row in rows if _is_whole(row, len(self._names))
                and int(row.split(",")[0]) <= resume_step]
        write_whole(path, "".join([header] + kept).encode("utf-8"))
        with writing(path):
            self._file = open(path, "a", encoding="utf-8", newline="")

    def append(self, step, values):
        """Adds a row; each loss is the shortest decimal that reads back as the same float64.

        Args:
          step: the step.
          values: {name: float or scalar array}, with exactly the log's names.
        """
        if set(values) != set(self._names):
            raise ValueError("expected the losses {}, received {}".format(
                sorted(self._names), sorted(values)))
        # float() first: the repr of a NumPy scalar differs between NumPy 1 and NumPy 2.
        fields = [str(int(step))] + [repr(float(values[name])) for name in self._names]
        with writing(self._path):
            self._file.write(",".join(fields) + "\n")

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


def _read_rows(path, header):
    """Returns the lines after the header, each with its line end (the last may have none)."""
    if not os.path.lexists(path):
        return []
    try:
        with open(path, encoding="utf-8", errors="replace", newline="\n") as file:
            lines = file.readlines()
    except OSError as error:
        raise UsageError("{}: expected the metrics of a run, received {}".format(
            path, error)) from error
    if lines and lines[0] != header:
        # repr: whatever the foreign file holds, the message stays one line.
        raise UsageError("{}: expected the header {!r}, received {!r}".format(
            path, header.strip(), lines[0].strip()[:100]))
    return lines[1:]


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
