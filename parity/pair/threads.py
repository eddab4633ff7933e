"""Pool of threads that verify pairs, each with recorders of its own."""

import concurrent.futures
import contextlib
import threading

from parity import fork_server


class Threads(concurrent.futures.ThreadPoolExecutor):
    """Pool of threads, each of which starts its recorders once; use it in a `with`.

    Args:
      count: number of threads.
      start: function (`ForkServer` or None) -> `parity.pair.recorders.Recorders` of a thread.
    """

    def __init__(self, count, start):
        self._start_of_one = start
        self._own, self._all, self._open = threading.local(), [], contextlib.ExitStack()
        self._server = self._open.enter_context(fork_server.of_this_system())
        super().__init__(count, initializer=self._start)

    def _start(self):
        self._own.recorders = self._start_of_one(self._server)
        self._all.append(self._own.recorders)

    @property
    def recorders(self):
        """Recorders of the calling thread."""
        return self._own.recorders

    def __exit__(self, *error):
        self.shutdown(wait=not error[0], cancel_futures=True)
        for recorders in self._all:
            recorders.__exit__(*error)
        self._open.close()
