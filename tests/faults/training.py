"""Trials of the training binaries: killed, failed at a system call, or begun with a damaged file.

After each, the run is started again; it has to end at the bytes of one that nothing happened to.
"""

import os
import random
import shutil

import numpy as np

from tests import config_mutations
from tests.faults.system_calls import Calls, KILL
from tests.faults.table import BAD, judged, LEFT, LOST, REFUSED, SURVIVED, Trial
from tests.runs.files import result
from tests.support.damaged_data import damaged

STEPS = 6
FLAGS = ["--model=dense_gan", "--batch_size=8", "--train_steps={}".format(STEPS),
         "--checkpoint_every=2", "--sample_every=3", "--log_every=1", "--summary_every=3"]


class Training:
    """A wing's training, and a run of it that nothing happened to.

    Args:
      commands: the `tests.faults.commands.Commands`.
      wing: "legacy" or "modern".
      more: further flags.

    Attributes:
      whole: path of that run.
      calls: number of system calls that the run makes on files of its directory.
    """

    def __init__(self, commands, wing, more=()):
        self._commands, self._wing, self._more = commands, wing, more
        self.whole, self._halved = commands.new_folder(), commands.new_folder()
        with Calls([self.whole]) as calls:
            self._train(self.whole, calls=calls, must=True)
        self.calls = calls.count
        self._expected = result(wing, self.whole, STEPS)
        self._names = self._names_of(self.whole)
        shutil.copytree(self.whole, self._halved)
        os.remove(os.path.join(self._halved, "DONE"))
        for name in os.listdir(os.path.join(self._halved, "checkpoints")):
            if "ckpt-{}.".format(STEPS) in name:
                os.remove(os.path.join(self._halved, "checkpoints", name))

    def _train(self, run_dir, must=False, **how):
        ended = self._commands(self._wing + ".train", "--run_dir=" + run_dir, *FLAGS,
                               *self._more, **how)
        if must and ended.status:
            raise RuntimeError("{}.train: {}".format(self._wing, ended))
        return ended

    def _names_of(self, run_dir):
        """Names of all files of a run, but for event files, of which each start makes its own."""
        return {os.path.relpath(os.path.join(folder, name), run_dir)
                for folder, _, names in os.walk(run_dir) for name in names
                if ".tfevents." not in name}

    def _resumed(self, run_dir, trial):
        """The `Trial` after the run was started again; bad ones stay as they are."""
        if trial.outcome in BAD:
            return trial
        ended = self._train(run_dir)
        again = judged(ended)
        if again.outcome != SURVIVED:
            return Trial(LOST, "does not resume: {} {}".format(again.outcome, ended))
        return self._compared(run_dir, trial)

    def _compared(self, run_dir, trial):
        """The `Trial`, unless a run that ended holds other bytes, or other files."""
        found = result(self._wing, run_dir, STEPS)
        other = sorted(name for name in self._expected if found[name] != self._expected[name])
        if other:
            return Trial(LOST, "other bytes in {}".format(", ".join(other)))
        names = self._names_of(run_dir)
        if names != self._names:
            return Trial(LEFT, "other files: {}".format(", ".join(sorted(names ^ self._names))))
        shutil.rmtree(run_dir)
        return trial

    def killed(self, seed):
        """Sends SIGKILL at a random moment of the first two seconds."""
        run_dir = self._commands.new_folder()
        seconds = random.Random(seed).uniform(0.0, 2.0)
        return self._resumed(run_dir, judged(self._train(run_dir, kill_after=seconds), KILL))

    def failed(self, failure, at):
        """Fails a system call: see `Calls`."""
        run_dir = self._commands.new_folder()
        with Calls([run_dir], failure, at) as calls:
            trial = judged(self._train(run_dir, calls=calls), failure)
        if trial.outcome == SURVIVED and failure != KILL:
            return self._compared(run_dir, trial)
        return self._resumed(run_dir, trial)

    def of_checkpoint(self, seed):
        """Damages a file of the newest or of the last but one checkpoint of a run that resumes."""
        return self._of_file("checkpoints", seed)

    def of_events(self, seed):
        """Damages an event file of a run that resumes, and loses its metrics.csv."""
        return self._of_file("events", seed, lost=True)

    def of_metrics(self, seed):
        """Damages metrics.csv of a run that resumes."""
        return self._of_file("", seed, only=("metrics.csv",))

    def _of_file(self, folder, seed, only=(), lost=False):
        run_dir = self._commands.new_folder()
        shutil.copytree(self._halved, run_dir)
        place = os.path.join(run_dir, folder)
        chosen = np.random.RandomState(seed)
        names = sorted(only or [name for name in os.listdir(place) if "sprite" not in name])
        path = os.path.join(place, names[chosen.randint(len(names))])
        with open(path, "rb") as file:
            content = file.read()
        with open(path, "wb") as file:
            file.write(damaged(content, chosen))
        if lost:
            os.remove(os.path.join(run_dir, "metrics.csv"))
        trial = judged(self._train(run_dir))
        if trial.outcome != SURVIVED:
            shutil.rmtree(run_dir)  # refused: it says that it cannot go on, and touches nothing
            return trial
        return self._compared(run_dir, trial)

    def of_config(self, seed):
        """Damages config.json of a run that resumes."""
        import json

        run_dir = self._commands.new_folder()
        shutil.copytree(self._halved, run_dir)
        path = os.path.join(run_dir, "config.json")
        with open(path, encoding="utf-8") as file:
            config = json.load(file)
        with open(path, "wb") as file:
            file.write(config_mutations.mutated(config, seed))
        trial = judged(self._train(run_dir))
        if trial.outcome == REFUSED:
            shutil.copy(os.path.join(self._halved, "config.json"), path)
            return self._resumed(run_dir, trial)
        return trial if trial.outcome in BAD else self._compared(run_dir, trial)
