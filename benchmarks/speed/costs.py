"""What surrounds training steps, in seconds of whole commands."""

import os
import sys
import tempfile

from benchmarks.speed import processes

_EXAMPLE = os.path.join("examples", "language_model", "train.py")
REPEATS = 3


def _wing(wing, folder):
    run_dir = f"--run_dir={os.path.join(folder, wing)}"
    picture = os.path.join(folder, wing + ".png")
    return {
        f"{wing}.train --help": ["-m", wing + ".train", "--help"],
        f"{wing}.train, one step of mlp_gan": [
            "-m", wing + ".train", "--model=mlp_gan", "--train_steps=1", run_dir],
        f"{wing}.train, 1,000 steps of mlp_gan": [
            "-m", wing + ".train", "--model=mlp_gan", "--train_steps=1000",
            run_dir + "_of_1000"],
        f"{wing}.sample, of that run": ["-m", wing + ".sample", run_dir, f"--output={picture}"]}


def commands(folder):
    """`{what: Python's arguments}`, in an order in which each finds what it reads.

    Args:
      folder: an empty folder for what they write.
    """
    captured = os.path.join(folder, "captured")
    return {
        **_wing("legacy", folder), **_wing("modern", folder),
        "parity.verify --help": ["-m", "parity.verify", "--help"],
        **{f"parity.verify, 20 steps of {model}": [
            "-m", "parity.verify", f"--case={model}-corrected", "--steps=20"]
           for model in ("mlp_gan", "dense_gan")},
        "parity.capture, 20 steps of a language model": [
            "-m", "parity.capture", "--steps=20", f"--out={captured}", "--", _EXAMPLE],
        "parity.capture --replay, of that capture": [
            "-m", "parity.capture", f"--replay={captured}"]}


def measure(repeats, progress, run=processes.whole):
    """`{what: [processes.Whole]}`, the commands taking turns.

    Args:
      progress: function of a line to show.
    """
    found = {}
    for repeat in range(1, repeats + 1):
        progress(f"whole commands, {repeat}/{repeats}")
        with tempfile.TemporaryDirectory() as folder:
            for what, arguments in commands(folder).items():
                found.setdefault(what, []).append(run([sys.executable, *arguments], what))
    return found
