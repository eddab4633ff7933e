"""Measures the sine waves of a run: which of them are waves of the data's band.

    python -m benchmarks.sine_quality --run_dir=RUN

Each generated wave is fitted by the best a sin(2 pi f t / 30 + p), f from 0.5 to 10 cycles. It is
in the band if f and a are in the ranges from which the data are drawn, and a sine wave if the fit
leaves at most a tenth of its energy. Real waves are measured beside them.
"""

import argparse
import sys

import numpy as np

from benchmarks.generated import refusals, samples
from groundwork.data import sine_waves
from groundwork.data.batches import sample_batch
from groundwork.errors import UsageError
from parity import command_line

_FREQUENCIES = np.arange(0.5, 10.0, 0.02)  # cycles
_REST = 0.1  # part of the energy that a sine wave's fit may leave
_SLACK = 0.02  # of the grid of frequencies, and of float32


def fitted(waves):
    """The best fit of each wave by least squares.

    Args:
      waves: float [count, steps].

    Returns:
      Frequencies [count] in cycles, amplitudes [count], and parts [count] of the energy that are
      left.
    """
    waves = np.asarray(waves, np.float64)
    times = np.arange(1, waves.shape[1] + 1) / waves.shape[1]
    energy = np.maximum(np.sum(waves ** 2, axis=1), np.finfo(np.float64).tiny)
    best = np.full(len(waves), np.inf)
    frequencies, amplitudes = np.zeros(len(waves)), np.zeros(len(waves))
    for frequency in _FREQUENCIES:
        phase = 2 * np.pi * frequency * times
        basis = np.stack([np.sin(phase), np.cos(phase)], axis=1)
        weights = np.linalg.lstsq(basis, waves.T, rcond=None)[0]
        rest = np.sum((waves.T - basis.dot(weights)) ** 2, axis=0) / energy
        better = rest < best
        best[better], frequencies[better] = rest[better], frequency
        amplitudes[better] = np.hypot(*weights)[better]
    return frequencies, amplitudes, best


def shares(waves):
    """`{what: part of the waves}` that are sine waves, in the band, and both."""
    frequencies, amplitudes, rest = fitted(waves)

    def within(values, limits):
        return (values >= limits[0] - _SLACK) & (values <= limits[1] + _SLACK)
    sines = rest <= _REST
    in_band = within(frequencies, sine_waves.FREQUENCIES) & within(
        amplitudes, sine_waves.AMPLITUDES)
    return {"sine waves": float(np.mean(sines)), "in the band": float(np.mean(in_band)),
            "both": float(np.mean(sines & in_band)),
            "standard deviation of the frequency": float(np.std(frequencies))}


def generated(run_dir, count, seed):
    """Waves [count, steps] of the newest checkpoint of a run.

    Raises:
      UsageError: it is no run of sine waves, or has no checkpoint.
    """
    def batch_of(hparams, dtype):
        if getattr(hparams, "sequence", None) != "sines":
            raise UsageError("--run_dir={}: expected a run of --sequence=sines, received another "
                             "one".format(run_dir))
        return sample_batch(hparams, seed, dtype, count)

    return samples(run_dir, batch_of)[:, :, 0]


def _parser():
    parser = command_line.Parser(prog="benchmarks.sine_quality", description=__doc__,
                                 formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run_dir", required=True, metavar="DIR", help="run of recurrent_gan")
    parser.add_argument("--count", type=command_line.count, default=1000, metavar="N",
                        help="waves; default: 1000")
    parser.add_argument("--seed", type=command_line.count, default=2, metavar="N",
                        help="of the noise; default: 2")
    return parser


def main(argv):
    """Prints the shares of real and of generated waves."""
    asked = _parser().parse_args(argv)
    with refusals():
        waves = generated(asked.run_dir, asked.count, asked.seed)
    for name, measured in (("data", sine_waves.draw(1, asked.count)[:, :, 0]),
                           ("generated", waves)):
        print("{}: {}".format(name, ", ".join(
            "{} {:.3f}".format(what, share) for what, share in shares(measured).items())))
    return 0


if __name__ == "__main__":
    sys.exit(command_line.run("benchmarks.sine_quality", main))
