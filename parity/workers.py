"""Recorder processes: started in parity mode, spoken to by lines of JSON."""

import json
import os
import subprocess
import sys

THREADS = 1

_PARITY_MODE = {
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "TF_NUM_INTRAOP_THREADS": str(THREADS),
    "TF_NUM_INTEROP_THREADS": "1",
    "CUDA_VISIBLE_DEVICES": "-1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_USE_LEGACY_KERAS": "1",
    "KERAS_BACKEND": "tensorflow",
}


class RecorderError(Exception):
    """A recorder could not do its job: the program's own error, in one line."""


class Recorder:
    """One recorder process for a whole verification; starting TensorFlow takes seconds."""

    def __init__(self, module, interpreter=sys.executable, folder=None):
        """Starts `interpreter -m module`, in `folder` if given."""
        environment = dict(os.environ, **_PARITY_MODE)
        environment["PYTHONPATH"] = os.pathsep.join(
            [os.getcwd()] + [p for p in [os.environ.get("PYTHONPATH")] if p])
        self._name = module
        self._process = subprocess.Popen(
            [interpreter, "-m", module], cwd=folder, env=environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    @classmethod
    def tf1(cls, plan):
        """The recorder of the TensorFlow 1 side."""
        return cls("parity.tf1.recorder", plan.legacy_python or sys.executable)

    def __call__(self, job, **arguments):
        """The answer to one job; RecorderError when it fails or the process dies."""
        try:
            self._process.stdin.write(json.dumps({"job": job, **arguments}) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            last = self._process.stderr.read().strip().splitlines()[-1:]
            raise RecorderError(f"{self._name} ended: {' '.join(last)}")
        answer = json.loads(line)
        if "error" in answer:
            raise RecorderError(f"{self._name}: {answer['error']}\n{answer['traceback']}")
        return answer["answer"]

    def close(self):
        """Ends the process."""
        self._process.stdin.close()
        self._process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *unused_error):
        self.close()
