"""The page as a reader sees it, drawn by a headless Chromium: wide and narrow, filtered, folded."""

import pytest

from parity.judge.findings import Finding
from parity.report import html_report
from tests.parity.report.results import DIFFERENT, EQUAL, HOSTILE_NAMES, LONG_NAMES, result
from tests.tensorboard import pages

pytestmark = [pytest.mark.usefixtures("drawn_once"),
              pytest.mark.skipif(pages.find_browser() is None, reason=pages.NO_BROWSER)]

MIXED = result(
    Finding(5, "float32", "g/kernel", "rounding", 1e-7),
    Finding(6, "float32", "g/kernel", "different", 0.5),
    Finding(5, "float32", "d/kernel", "rounding", 1e-7))


@pytest.fixture(name="browser", scope="module")
def fixture_browser():
    with pages.launched() as browser:
        yield browser


@pytest.fixture(name="opened")
def fixture_opened(browser, tmp_path):
    """Function (results, width, whether scripts run) that opens their page; it reports no error."""
    problems, open_pages = [], []

    def opened(results, width=1280, scripts=True):
        path = tmp_path / "report.html"
        path.write_text(html_report.text(
            results, html_report.Request("python -m parity.verify " + "--x" * 80, "today")),
            encoding="utf-8")
        page = browser.new_page(viewport={"width": width, "height": 900},
                                java_script_enabled=scripts)
        page.on("console", lambda message: problems.append(message.text))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("dialog", lambda dialog: problems.append(dialog.message))
        page.goto(path.as_uri())
        open_pages.append(page)
        return page
    yield opened
    for page in open_pages:
        page.close()
    assert not problems


@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize("results", [[DIFFERENT], [EQUAL], [DIFFERENT, EQUAL], [LONG_NAMES],
                                     [HOSTILE_NAMES, DIFFERENT]],
                         ids=["bad", "good", "both", "long", "hostile"])
def test_the_page_does_not_scroll_sideways(opened, results, width):
    page = opened(results, width)
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.locator("h2").count() == len(results)


def test_pictures_are_drawn(opened):
    page = opened([DIFFERENT])
    sizes = page.locator("img").evaluate_all("images => images.map(each => each.naturalWidth)")
    assert len(sizes) == 2 and min(sizes) > 300


def visible(page):
    """[(layer, rung)] of the findings that are shown in layers that are not hidden."""
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    return [tuple(each) for each in page.locator("details.layer tbody tr").evaluate_all(
        """rows => rows.filter(row => row.offsetParent).map(row => [
            row.closest('details').querySelector('code').innerText, row.cells[0].innerText])""")]


def test_boxes_filter_without_a_script(opened):
    page = opened([MIXED], scripts=False)
    assert page.locator("[type=search]").is_hidden()
    page.locator("details.layer summary").first.click()
    rows = page.locator("details.layer tbody tr")
    page.locator("[name=rounding]").uncheck()
    assert [rows.nth(number).evaluate("row => getComputedStyle(row).display !== 'none'")
            for number in range(rows.count())] == [False, True, False]


def test_names_filter_and_what_is_empty_is_hidden(opened):
    page = opened([MIXED])
    assert visible(page) == [("g", "5"), ("g", "6"), ("d", "5")]
    page.locator("[type=search]").fill("D/KER")
    assert visible(page) == [("d", "5")]
    assert page.locator("details.layer:visible").count() == 1
    page.locator("[type=search]").fill("")
    page.locator("[name=rung-5]").uncheck()
    assert visible(page) == [("g", "6")]
    page.locator("[name=rung-5]").check()
    page.locator("[name=different]").uncheck()
    assert visible(page) == [("g", "5"), ("d", "5")]
    assert page.locator("details.layer:visible").count() == 2


def test_right_cases_are_folded_and_a_link_leads_to_each(opened):
    page = opened([DIFFERENT._replace(case="bad"), EQUAL._replace(case="good")])
    assert page.get_by_text("Where it departs first").is_visible()
    assert page.locator("#case-2 table").first.is_hidden()
    page.locator("#case-2 summary").first.click()
    assert page.locator("#case-2 table").first.is_visible()
    page.get_by_role("link", name="good").click()
    assert page.url.endswith("#case-2")
