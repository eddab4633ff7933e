"""Recorder processes: started in parity mode, spoken to by lines of JSON."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile

from parity.reference import staging

THREADS = 1

_PARITY_MODE = {
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "TF_NUM_INTRAOP_THREADS": str(THREADS),
    "TF_NUM_INTEROP_THREADS": "1",
    "CUDA_VISIBLE_DEVICES": "-1",
    "OPENBLAS_NUM_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_USE_LEGACY_KERAS": "1",
    "KERAS_BACKEND": "tensorflow",
    "PYTHONDONTWRITEBYTECODE": "1",
}


class RecorderError(Exception):
    """A recorder could not do its job: the program's own error, in one line."""


class Recorder:
    """One recorder process for a whole verification; starting TensorFlow takes seconds."""

    def __init__(self, module, interpreter=sys.executable, folder=None):
        """Starts `interpreter -m module`, in `folder` and with nothing else on its path if any."""
        path = [folder] if folder else [os.getcwd()] + [
            part for part in [os.environ.get("PYTHONPATH")] if part]
        environment = dict(os.environ, PYTHONPATH=os.pathsep.join(path), **_PARITY_MODE)
        self._name = module
        self._errors = tempfile.TemporaryFile()
        try:
            self._process = subprocess.Popen(
                [interpreter, "-m", module], cwd=folder, env=environment, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors)
        except OSError as error:
            self._errors.close()
            raise RecorderError(f"{interpreter}: cannot be run ({error.strerror})")

    @classmethod
    def tf1(cls, plan, folder):
        """The recorder of the TensorFlow 1 side, in another interpreter if the plan says so."""
        if not plan.legacy_python:
            return cls("parity.tf1.recorder")
        staged = os.path.join(folder, "staged")
        staging.stage([name for case in plan.cases for name in (
            case.legacy, case.legacy_training, case.hparams)], staged)
        return cls("parity.tf1.recorder", os.path.abspath(plan.legacy_python), staged)

    def __call__(self, job, **arguments):
        """The answer to one job; RecorderError when it fails or the process dies."""
        try:
            self._process.stdin.write(json.dumps({"job": job, **arguments}) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise RecorderError(f"{self._name} ended: {self._last_error()}")
        answer = json.loads(line)
        if "error" in answer:
            raise RecorderError(f"{self._name}: {answer['error']}")
        return answer["answer"]

    def _last_error(self):
        self._process.wait()
        self._errors.seek(0)
        lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else f"exit status {self._process.returncode}"

    def close(self):
        """Ends the process."""
        with contextlib.suppress(BrokenPipeError):  # it may have died with a job unread
            self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()
        self._errors.close()

    def __enter__(self):
        return self

    def __exit__(self, *unused_error):
        self.close()

    def kill(self):
        """Ends the process whatever it is doing."""
        self._process.kill()
