"""The run directory: what one training run leaves on disk, and who may write to it."""

import contextlib
import fcntl
import json
import os
import re
import shutil
import socket

from absl import logging

from groundwork.errors import of_a_disk, UsageError, WriteError
from groundwork.run import config_file
from groundwork.run import earlier_versions
from groundwork.run.files import is_temporary, write_json, writing

FORMAT = 1
CONFIG = "config.json"
_LOCK = ".lock"
_METRICS = "metrics.csv"
_DONE = "DONE"
_FOLDERS = ("checkpoints", "events", "samples")
# {folder: files that `write_whole` writes there}
_WRITTEN_WHOLE = {
    "": r"config\.json|metrics\.csv|DONE", "samples": r"step_\d+\.(png|txt)|animation\.gif",
    "checkpoints": r"metrics\.json",
    "events": r"\w+\.tsv|\w+_sprite\.png|projector_config\.pbtxt"}
# Parts of the identity that follow from the command and the data rather than from one flag.
_WITHOUT_FLAG = ("wing", "data_digest", "data_digest_b")


class RunDirectory:
    """One run on disk; locked against a second process from `open` to `close`.

    Attributes:
      path: the folder.
      checkpoints, events, samples: its sub-folders, which exist.
      metrics: its metrics.csv, which may not exist yet.
      resumed: whether an equal run was found here.
    """

    def __init__(self, path, lock, resumed):
        self.path = path
        self.checkpoints, self.events, self.samples = (
            os.path.join(path, name) for name in _FOLDERS)
        self.metrics = os.path.join(path, _METRICS)
        self.resumed = resumed
        self._lock = lock

    @classmethod
    def open(cls, path, identity, settings, overwrite=False):
        """Creates the run, or opens it again if the one found here is the same.

        Args:
          path: the folder; created with its parents if there is none.
          identity: flat dict of what makes two runs the same run; must be JSON.
          settings: dict of what else is worth knowing (flags, "versions", threads); must be JSON.
          overwrite: removes what a run wrote here, and nothing else, before starting.

        Raises:
          UsageError: another run, other files or another process is here, or it cannot be written.
          WriteError: the disk is full, broken or read-only.
        """
        path = os.fspath(path)
        config = {"format": FORMAT, "identity": identity, "settings": settings}
        # As it will be read back (tuples become lists), and refused before anything is created.
        config = json.loads(json.dumps(config, allow_nan=False))
        with contextlib.ExitStack() as on_error:
            try:
                _refuse_other_files(path)
                os.makedirs(path, exist_ok=True)
                lock = _acquire_lock(path)
                on_error.callback(_release_lock, lock)
                resumed = _claim(path, config, overwrite)
                for name in _FOLDERS:
                    os.makedirs(os.path.join(path, name), exist_ok=True)
                _remove_leftovers(path)
            except OSError as error:
                if of_a_disk(error):
                    raise WriteError(
                        error.errno, error.strerror, error.filename or path) from error
                raise UsageError("--run_dir={}: expected a folder that can be written, received "
                                 "{}".format(path, error)) from error
            on_error.pop_all()
        return cls(path, lock, resumed)

    def sample_path(self, step, suffix="png"):
        """The grid of samples after `step`, or with suffix "txt" their text."""
        return os.path.join(self.samples, "step_{:08d}.{}".format(step, suffix))

    def mark_done(self, step):
        """Records that training ended at `step`."""
        write_json(os.path.join(self.path, _DONE), {"step": int(step)})

    def clear_done(self):
        """Records that training goes on."""
        path = os.path.join(self.path, _DONE)
        with writing(path), contextlib.suppress(FileNotFoundError):
            os.remove(path)

    def close(self):
        """Lets other processes in."""
        if self._lock is not None:
            _release_lock(self._lock)
            self._lock = None

    def __enter__(self):
        return self

    def __exit__(self, *unused_error):
        self.close()


def holds_run(path):
    """True where a folder holds a config.json, be it damaged."""
    return os.path.lexists(os.path.join(path, CONFIG))


def read_config(path):
    """Reads a run's config.json: {"format", "identity", "settings"}.

    Raises:
      UsageError: `path` is no run directory, or its config.json is damaged.
    """
    name = os.path.join(path, CONFIG)
    if not holds_run(path):
        raise UsageError("--run_dir={}: expected a run directory, received {}".format(
            path, "a folder without config.json" if os.path.isdir(path) else
            "a file" if os.path.exists(path) else "a path that does not exist"))
    config = config_file.load(name)
    fields = config if isinstance(config, dict) else {}
    if type(fields.get("format")) is not int or fields["format"] != FORMAT:
        raise UsageError("{}: expected a run of format {}, received {}".format(
            name, FORMAT, config_file.shown(fields.get("format"))))
    _require_objects(name, fields, ("identity", "settings"))
    _require_objects(name, dict({"flags": {}, "versions": {}}, **fields["settings"]),
                     ("flags", "versions"))
    return config


def _require_objects(path, fields, names):
    for name in names:
        if not isinstance(fields.get(name), dict):
            raise UsageError("{}: expected an object as \"{}\", received {}".format(
                path, name, config_file.shown(fields.get(name))))


def _refuse_other_files(path):
    """Keeps a run out of a folder that somebody uses for something else, before touching it."""
    if not os.path.lexists(path) or holds_run(path):
        return
    if not os.path.isdir(path):
        raise UsageError("--run_dir={}: expected a folder, received a file".format(path))
    others = sorted(name for name in os.listdir(path) if not _left_by_a_killed_start(name))
    if others:
        raise UsageError("--run_dir={}: expected a new or empty folder or a run, received a folder "
                         "that holds {} and no {}".format(path, json.dumps(others[0]), CONFIG))


def _left_by_a_killed_start(name):
    return name == _LOCK or (name.startswith("." + CONFIG + ".") and name.endswith(".tmp"))


def _remove_leftovers(path):
    """Removes temporary files of killed processes; the lock is held, so nobody writes them."""
    for folder, written in _WRITTEN_WHOLE.items():
        folder = os.path.join(path, folder)
        for name in os.listdir(folder):
            if is_temporary(name, written):
                os.remove(os.path.join(folder, name))


def _acquire_lock(path):
    """Returns the locked descriptor; the kernel unlocks it however the process ends."""
    lock = os.open(os.path.join(path, _LOCK), os.O_RDWR | os.O_CREAT, 0o666)
    with contextlib.ExitStack() as on_error:
        on_error.callback(os.close, lock)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UsageError(_in_use(path, _holder(lock))) from error
        _warn_of_another_host(path, _holder(lock))
        os.ftruncate(lock, 0)
        os.pwrite(lock, "{} {}\n".format(os.getpid(), _host()).encode("ascii"), 0)
        on_error.pop_all()
    return lock


def _release_lock(lock):
    """Lets other processes in, and closes the locked descriptor."""
    with contextlib.suppress(OSError):  # a disk that is full of errors holds up no end
        os.ftruncate(lock, 0)
    fcntl.flock(lock, fcntl.LOCK_UN)  # by name: a forked child may still hold the same open file
    os.close(lock)


def _host():
    """This machine's name, as it stands in a lock."""
    return re.sub(r"[^!-~]", "_", socket.gethostname())[:64] or "unknown"


def _holder(lock):
    """(process, host) that a lock names; the host of locks of earlier versions is ""."""
    process, _, host = os.pread(lock, 128, 0).decode("ascii", "replace").strip().partition(" ")
    return process or "unknown", host


def _in_use(path, holder):
    """The line on a run that another process holds."""
    process, host = holder
    line = "--run_dir={}: in use by process {}".format(path, process)
    if host in ("", _host()):
        return line
    return line + (" on {}; if that machine is down, its lock ends with its lease, or with the "
                   "file {}".format(host, os.path.join(path, _LOCK)))


def _warn_of_another_host(path, holder):
    """Says that a process elsewhere, which was not heard to end, held the lock that was free.

    Most network file systems free the locks of a machine that is down. Some know of no locks
    between machines: there two processes could write to one run.
    """
    process, host = holder
    if host not in ("", _host()):
        logging.warning("--run_dir=%s: process %s on %s held it and did not say that it ended; if "
                        "it still runs, stop one of the two", path, process, host)


def _claim(path, config, overwrite):
    """Makes the locked folder hold this run; returns whether it did already."""
    if holds_run(path):
        stored = read_config(path)
        if not overwrite:
            _refuse_another_run(
                path, earlier_versions.completed(stored["identity"], config["identity"]),
                config["identity"])
            _warn_of_other_versions(path, stored["settings"], config["settings"])
            return True
        _remove_run(path)
    write_json(os.path.join(path, CONFIG), config)
    return False


def _remove_run(path):
    """Removes what a run wrote, except config.json, which the new one replaces in one go.

    Killed half-way, the folder is thus still the old run: DONE goes first, so that it does not look
    finished, and checkpoints before metrics.csv, so that no step is resumed without its rows.
    """
    for name in (_DONE,) + _FOLDERS + (_METRICS,):
        entry = os.path.join(path, name)
        if os.path.isdir(entry) and not os.path.islink(entry):
            shutil.rmtree(entry)
        elif os.path.lexists(entry):
            os.remove(entry)


def _refuse_another_run(path, stored, received):
    different = [
        "{}{} is {} there, {} here".format("" if key in _WITHOUT_FLAG else "--", key,
                                           _shown(stored, key), _shown(received, key))
        for key in _different_keys(stored, received)]
    if different:
        raise UsageError("--run_dir={}: holds another run: {}; give another --run_dir or "
                         "--overwrite".format(path, "; ".join(different)))


def _warn_of_other_versions(path, stored, received):
    stored, received = stored.get("versions", {}), received.get("versions", {})
    different = ["{} was {}, is {}".format(key, _shown(stored, key), _shown(received, key))
                 for key in _different_keys(stored, received)]
    if different:
        logging.warning("--run_dir=%s: the run began with other versions: %s", path,
                        "; ".join(different))


def _different_keys(stored, received):
    absent = object()
    return [key for key in sorted(set(stored) | set(received))
            if stored.get(key, absent) != received.get(key, absent)]


def _shown(values, key):
    return config_file.shown(values[key]) if key in values else "not set"
