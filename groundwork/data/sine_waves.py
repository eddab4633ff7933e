"""Sine waves of random frequency, amplitude and phase (Esteban, Hyland & Rätsch 2017, section 4.1).
"""

import numpy as np

from groundwork import randomness

LENGTH = 30  # steps of a wave
FREQUENCIES = (1.0, 5.0)  # cycles in the wave's steps
AMPLITUDES = (0.1, 0.9)
COUNT = 10000  # waves; our choice


def draw(seed, count=COUNT):
    """Waves a sin(2 pi f t / LENGTH + p) at t from 1 to LENGTH, with uniform a, f and p.

    Args:
      seed: non-negative integer below 2**64.
      count: how many waves; the first ones do not depend on it.

    Returns:
      float32 [count, LENGTH, 1] in [-0.9, 0.9].
    """
    uniform = randomness.generator(seed, "sine_waves").random((count, 3))
    amplitude = _between(AMPLITUDES, uniform[:, :1])
    frequency = _between(FREQUENCIES, uniform[:, 1:2])
    phase = _between((-np.pi, np.pi), uniform[:, 2:])
    times = np.arange(1, LENGTH + 1) / LENGTH
    waves = amplitude * np.sin(2 * np.pi * frequency * times + phase)
    return waves.astype(np.float32)[:, :, None]


def _between(limits, fraction):
    low, high = limits
    return low + (high - low) * fraction
