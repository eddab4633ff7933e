"""The smallest error of a learning rate that `parity` tells from a rounded constant.

    python -m benchmarks.smallest_fault

Ports of `mlp_gan` whose learning rate is off by a part in 10**4 to 10**8, and what each is called.
"""

import argparse
import sys
import tempfile

from parity import command_line
from parity.cases import CASES
from parity.pair import many

EXPONENTS = (4, 5, 6, 7, 8)
_STEPS = 21


def off(model, exponent, learning_rate=2e-4, **values):
    """The port, with its learning rate off by a part in 10**exponent."""
    from modern import port  # only the recorder's process has TensorFlow
    return port.build(model, learning_rate=learning_rate * (1 + 10.0 ** -exponent), **values)


def main(argv):
    """Prints a line an error; returns 0."""
    command_line.Parser(prog="benchmarks.smallest_fault", description=__doc__,
                        formatter_class=argparse.RawDescriptionHelpFormatter).parse_args(argv)
    case = CASES["mlp_gan-corrected"]
    cases = [case._replace(name=f"1e-{exponent}", modern="benchmarks.smallest_fault:off",
                           arguments=dict(case.arguments, exponent=exponent), steps=_STEPS)
             for exponent in EXPONENTS]
    with tempfile.TemporaryDirectory() as folder:
        for result in many.verify(cases, folder, lambda line: None):
            first = result.first_difference
            where = f"rung {first.rung}, by {first.relative:.1e}" if first else ""
            print(f"learning rate off by {result.case}: {result.verdict:10} {where}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(command_line.run("benchmarks.smallest_fault", main))
