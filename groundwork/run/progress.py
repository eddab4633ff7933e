"""Progress of a run: step, losses, speed and time left."""

import sys
import time

_SECONDS_BETWEEN_LINES = 5.0


class Progress:
    """A bar on a terminal; elsewhere plain lines: the first, the last, and one every 5 seconds.

    Attributes:
      reader_gone: whether a pipe is closed at its other end.
    """

    def __init__(self, first_step, last_step, stream=None, clock=time.monotonic):
        """Starts at `first_step` (0, or the step a run resumes from).

        Args:
          first_step: steps already done.
          last_step: the step at which training ends.
          stream: text stream; sys.stdout by default.
          clock: function that returns seconds.
        """
        self.reader_gone = False
        stream = sys.stdout if stream is None else stream
        if stream is None:  # standard output is closed
            self._display = None
        elif stream.isatty():
            self._display = _Bar(first_step, last_step, stream)
        else:
            self._display = _Lines(last_step, stream, clock)

    def update(self, step, losses):
        """Shows that `step` is done, with {name: loss}."""
        self._show(lambda display: display.update(step, losses))

    def close(self):
        """Shows the last step, if it is not shown yet, and ends."""
        self._show(lambda display: display.close())

    def _show(self, show):
        """Shows nothing more once that fails: the run is worth more than its display."""
        try:
            if self._display:
                show(self._display)
        except OSError as error:
            self._display = None
            self.reader_gone = isinstance(error, BrokenPipeError)


class _Bar:
    """A tqdm bar."""

    def __init__(self, first_step, last_step, stream):
        import tqdm  # pylint: disable=g-import-not-at-top

        self._bar = tqdm.tqdm(total=last_step, initial=first_step, file=stream, unit=" steps",
                              dynamic_ncols=True)

    def update(self, step, losses):
        self._bar.set_postfix_str("  ".join(_shown_losses(losses)), refresh=False)
        self._bar.update(step - self._bar.n)

    def close(self):
        self._bar.close()


class _Lines:
    """Plain lines, for logs and pipes."""

    def __init__(self, last_step, stream, clock):
        self._last_step = last_step
        self._stream = stream
        self._clock = clock
        self._start = None  # (step, seconds) of the first update: what builds a graph is not speed
        self._shown_at = None
        self._waiting = None  # the newest line, not shown yet

    def update(self, step, losses):
        now = self._clock()
        if self._start is None:
            self._start = (step, now)
        self._waiting = "  ".join(["step {:6d}/{}".format(step, self._last_step)]
                                  + _shown_losses(losses) + self._shown_speed(step, now))
        if (self._shown_at is None or step >= self._last_step
                or now - self._shown_at >= _SECONDS_BETWEEN_LINES):
            self._show()
            self._shown_at = now

    def close(self):
        if self._waiting is not None:
            self._show()

    def _show(self):
        print(self._waiting, file=self._stream, flush=True)
        self._waiting = None

    def _shown_speed(self, step, now):
        steps, seconds = step - self._start[0], now - self._start[1]
        if steps <= 0 or seconds <= 0:
            return []
        rate = steps / seconds
        speed = "{:.1f} steps/s".format(rate) if rate >= 1 else "{:.1f} s/step".format(1 / rate)
        return [speed, "{} left".format(_shown_time((self._last_step - step) / rate))]


def _shown_losses(losses):
    return ["{} {}".format(name, _shown_loss(float(loss))) for name, loss in losses.items()]


def _shown_loss(loss):
    return "{:.4f}".format(loss) if loss == 0 or 1e-3 <= abs(loss) < 1e6 else "{:.3e}".format(loss)


def _shown_time(seconds):
    minutes, seconds = divmod(int(round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return "{}h{:02d}m".format(hours, minutes)
    return "{}m{:02d}s".format(minutes, seconds) if minutes else "{}s".format(seconds)
