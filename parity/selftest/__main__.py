"""Verifies pairs whose verdict is known: correct ports from five seeds, and one fault in each."""

# PYTHON_ARGCOMPLETE_OK (by which argcomplete knows that it may ask this module)

from parity import command_line
from parity import temporary
from parity.pair import progress
from parity.selftest import correct
from parity.selftest import faults
from parity.selftest import matrix
from parity.selftest import trials
from parity.selftest.trials import Trial

SEEDS = range(5)


def _parser():
    parser = command_line.Parser(prog="parity.selftest", description=__doc__)
    parser.add_argument("--only", metavar="TEXT", default="",
                        help="the part of a name: only faults and ports with it are verified")
    return parser


def chosen(text):
    """The `Trial`s whose names contain a text, those of one program together.

    Raises:
      UsageError: there are none.
    """
    every = [Trial(fault.pair, fault=fault) for fault in faults.FAULTS]
    every += [Trial(pair, seed) for pair in correct.PORTS for seed in SEEDS]
    found = [trial for trial in every if text in trial.name]
    if not found:
        raise command_line.UsageError(f"--only={text}: expected a part of a name, as in "
                                      f'"{every[0].name}", received one of none')
    return sorted(found, key=lambda trial: (trial.pair, trial.seed))


def main(argv):
    """Runs the trials and prints the matrix; returns 0 if each is as it should be, else 1."""
    some = chosen(_parser().parse_args(argv).only)
    count = sum(trial.fault is not None for trial in some)
    command_line.progress(f"{count} planted faults and {len(some) - count} verifications of "
                          f"correct ports: {progress.about(trials.seconds(some))}")
    with temporary.folder() as folder:
        outcomes = list(trials.run(some, folder, progress.timed(command_line.progress)))
    planted = [outcome for outcome in outcomes if outcome.trial.fault]
    ports = [outcome for outcome in outcomes if not outcome.trial.fault]
    if planted:
        print(matrix.text(planted) + "\n")
    print(matrix.summary(planted, ports))
    for outcome in outcomes:
        if outcome.wrong:
            print(f"NOT AS IT SHOULD: {outcome.trial.name}: {outcome.wrong}")
    return int(any(outcome.wrong for outcome in outcomes))


def console():
    """Entry point of the command `parity-selftest`."""
    command_line.console("parity.selftest", main)


if __name__ == "__main__":
    console()
