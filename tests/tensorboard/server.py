"""TensorBoard as a server inside this process, and a client that takes no error for an answer."""

import json
import time
import urllib.parse
import urllib.request

from tensorboard import default
from tensorboard import program

PATIENCE = 60  # seconds


class Server:
    """TensorBoard, which has read a whole log directory; it ends with this process.

    Attributes:
      url: address of its first page.
    """

    def __init__(self, log_directory):
        server = program.TensorBoard(default.get_plugins())
        server.configure(logdir=str(log_directory), host="localhost", port=0, load_fast="false",
                         reload_task="blocking", reload_interval=0)
        self.url = server.launch()

    def read(self, path, body=None, **query):
        """The bytes at `/data/<path>?<query>`; posts `body` as JSON if there is one.

        Raises:
          urllib.error.HTTPError: the status is 400 or above.
        """
        request = urllib.request.Request(
            "{}data/{}?{}".format(self.url, path, urllib.parse.urlencode(query)),
            None if body is None else json.dumps(body).encode(),
            {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.read()

    def json(self, path, body=None, **query):
        """The JSON at `/data/<path>?<query>`."""
        return json.loads(self.read(path, body, **query))

    def active(self, plugin):
        """Whether a page has something to show, which some find out in the background."""
        return wait_until(lambda: self.json("plugins_listing")[plugin]["enabled"])


def wait_until(condition):
    """Whether `condition()` becomes true before patience ends."""
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True
