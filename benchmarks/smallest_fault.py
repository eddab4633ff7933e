"""The smallest error of a learning rate that `parity` tells from a rounded constant.

    python -m benchmarks.smallest_fault

Ports of `mlp_gan` whose learning rate is off by a part in 10**4 to 10**8, and what each is called.
"""

import dataclasses

from parity import recording
from parity.cases import CASES
from parity.verify import verify

EXPONENTS = (4, 5, 6, 7, 8)


def _port(exponent):
    def program(hparams, dtype):
        from modern.models import mlp_gan  # only the recorder's process has TensorFlow
        rate = hparams.optimizer.learning_rate * (1 + 10.0 ** -exponent)
        optimizer = dataclasses.replace(hparams.optimizer, learning_rate=rate)
        return mlp_gan.program(dataclasses.replace(hparams, optimizer=optimizer), dtype)
    return program


for _exponent in EXPONENTS:
    globals()[f"off_by_1e_{_exponent}"] = _port(_exponent)


def main():
    """Prints a line an error."""
    case = CASES["mlp_gan-corrected"]
    cases = [case._replace(name=f"1e-{exponent}",
                           modern=f"benchmarks.smallest_fault:off_by_1e_{exponent}")
             for exponent in EXPONENTS]
    plan = recording.Plan(cases, ("float32", "float64"), steps=21, seed=1)
    for result in verify(plan, lambda line: None):
        print(f"learning rate off by {result.case}: {result.verdict:10} {result.cause}",
              flush=True)


if __name__ == "__main__":
    main()
