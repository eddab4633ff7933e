"""TensorBoard's pages as a reader sees them, drawn by a headless Chromium."""

import contextlib
import re
import shutil

from playwright import sync_api

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
NO_BROWSER = ("no Chromium on the PATH: `make browser` installs Debian's package `chromium`, and "
              "{} are looked for".format(", ".join(NAMES)))
PATIENCE = 60000  # milliseconds
_SIZE = {"width": 1400, "height": 1400}  # pixels; an expanded box needs no scrolling
# Ends once an element has kept its place for a second of frames.
_REST = """async element => {
    for (let place = '', frames = 0; frames < 60; frames++) {
        await new Promise(requestAnimationFrame);
        const now = JSON.stringify(element.getBoundingClientRect());
        if (now !== place) [place, frames] = [now, 0];
    }
}"""


def find_browser():
    """Path of a Chromium, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextlib.contextmanager
def launched():
    """A browser, until the end of the block."""
    with sync_api.sync_playwright() as playwright:
        # As root, and in a container, Chromium's own sandbox does not start.
        browser = playwright.chromium.launch(
            executable_path=find_browser(), args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@contextlib.contextmanager
def opened(url):
    """`Pages` of the TensorBoard at `url`, until the end of the block."""
    with launched() as browser:
        page = browser.new_page(viewport=_SIZE)
        page.set_default_timeout(PATIENCE)
        yield Pages(page, url)


class Pages:
    """The pages of one TensorBoard.

    Attributes:
      problems: [line], each a failed request or an error that a page reported.
    """

    def __init__(self, page, url):
        self.problems = []
        self._page = page
        self._url = url
        page.on("response", self._keep_failed_request)
        page.on("console", self._keep_error)
        page.on("pageerror", lambda error: self.problems.append("script: {}".format(error)))

    def _keep_failed_request(self, response):
        if response.status >= 400:
            self.problems.append("{} {}".format(response.status, response.url))

    def _keep_error(self, message):
        if message.type == "error":
            self.problems.append("console: " + message.text)

    def _open(self, name):
        self._page.goto("about:blank")  # another fragment of one address would not load anew
        self._page.goto("{}#{}".format(self._url, name))

    def open_graph(self):
        """Opens the Graphs page; gives the name of the run that it shows first."""
        self._open("graphs")
        self._wait_until_drawn()
        return self._menu().locator("input").input_value()

    def choose_run(self, run):
        """Chooses another run on the Graphs page."""
        self._page.evaluate(
            "window.left = document.querySelector('tf-graph-dashboard')._renderHierarchy")
        self._menu().click()
        self._page.locator('tf-graph-controls .runs-row paper-item:text-is("{}")'.format(
            run)).click()
        self._wait_until_drawn()

    def _menu(self):
        return self._page.locator("tf-graph-controls .runs-row paper-dropdown-menu")

    def _wait_until_drawn(self):
        """Waits for a graph that is not the one left, or for the text of an error."""
        self._page.wait_for_function("""() => {
            const dashboard = document.querySelector('tf-graph-dashboard');
            const progress = dashboard && dashboard._progress;
            return progress && (progress.error || progress.value == 100 &&
                dashboard._renderHierarchy && dashboard._renderHierarchy !== window.left);
        }""")
        problem = self._page.evaluate("""() => {
            const progress = document.querySelector('tf-graph-dashboard')._progress;
            return progress.error ? progress.msg : '';
        }""")
        if problem:
            self.problems.append("graph: " + problem)

    def expand(self, box):
        """Double-clicks a box of the graph and waits for what is in it."""
        # An event rather than the mouse: the graph may still glide to its place.
        self._node('="{}"] > g.nodeshape'.format(box)).dispatch_event("dblclick")
        sync_api.expect(self._node('^="{}/"]'.format(box)).first).to_be_visible(timeout=PATIENCE)

    def _node(self, name):
        return self._page.locator("tf-graph-scene g.core g.node[data-name" + name)

    def nodes(self):
        """{name of a node} that the graph shows, in boxes and outside."""
        names = self._page.locator("tf-graph-scene g.core g.node").evaluate_all(
            "nodes => nodes.map(node => node.dataset.name)")
        return {name for name in names if "~~" not in name}  # those are the ends of edges

    def picture_of_graph(self, margin=20):
        """PNG of the graph alone with a margin in pixels, and with no box selected."""
        self._page.locator("tf-graph-scene svg#svg").click(
            position={"x": 5, "y": 5}, force=True)
        root = self._page.locator("tf-graph-scene g#root")
        root.evaluate(_REST)
        box = root.bounding_box()
        return self._page.screenshot(clip={
            "x": box["x"] - margin, "y": box["y"] - margin,
            "width": box["width"] + 2 * margin, "height": box["height"] + 2 * margin})

    def image_widths(self, count):
        """Pixels across each of the `count` pictures of the Images page."""
        self._open("images")
        images = self._page.locator("tf-image-loader img")
        sync_api.expect(images).to_have_count(count, timeout=PATIENCE)
        return images.evaluate_all("""images => Promise.all(images.map(
            image => image.decode().then(() => image.naturalWidth)))""")

    def hparams(self):
        """[text of a cell] of the table on the HParams page, without the empty ones."""
        self._open("hparams")
        cells = self._page.locator("tf-hparams-table-view vaadin-grid-cell-content")
        for wing in ("legacy", "modern"):
            cells.get_by_text(wing, exact=True).first.wait_for()
        return list(filter(None, (text.strip() for text in cells.all_inner_texts())))

    def open_projector(self):
        """Opens the Projector page; gives the number of points that it shows."""
        self._open("projector")
        count = self._projector().locator(".numDataPoints")
        sync_api.expect(count).to_have_text(re.compile("[1-9]"), timeout=PATIENCE)
        return int(count.inner_text())

    def picture_of_points(self):
        """PNG of the Projector page's scatter plot."""
        return self._projector().locator("canvas").first.screenshot()

    def _projector(self):
        return self._page.frame_locator("iframe").frame_locator("iframe")
