"""Draws pictures of two reports, of a right port and of a wrong one, in a browser.

    python -m parity.verify --legacy=captured --modern=wrong.py:build --report=bad.html
    python -m parity.verify --legacy=captured --modern=port.py:build --report=good.html
    python -m docs.make_report_pictures --good=good.html --bad=bad.html

Writes `docs/report_good.png` and `docs/report_bad.png`, the upper part of each page in a wide
window; `docs/report_cause.png`, the first part of the wrong port's, for the README; and
`docs/report_narrow.png`, both in a narrow window, side by side.
"""

import argparse
import io
import os
import pathlib
import sys

from PIL import Image

from tests.tensorboard import pages

_WIDE, _NARROW, _HEIGHT, _GAP = 1280, 400, 1250, 40  # pixels
_CAUSE = 775  # pixels down to the end of both programs' lines
# Text and a few colours need no more; the files stay small.
_COLOURS = 64


def picture(browser, path, width):
    """The upper part of a page as an image, for a window of this width."""
    page = browser.new_page(viewport={"width": width, "height": _HEIGHT})
    page.goto(pathlib.Path(path).resolve().as_uri())
    content = page.screenshot()
    page.close()
    return Image.open(io.BytesIO(content)).convert("RGB")


def beside(left, right):
    """Two images of one height, with a gap between them."""
    both = Image.new("RGB", (left.width + _GAP + right.width, left.height), "white")
    both.paste(left, (0, 0))
    both.paste(right, (left.width + _GAP, 0))
    return both


def write(image, name):
    """Writes one of the pictures into this folder."""
    path = os.path.join(os.path.dirname(__file__), f"report_{name}.png")
    image.quantize(_COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
        path, optimize=True)
    print(path)


def main():
    """Reads the flags, then draws."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--good", required=True)
    parser.add_argument("--bad", required=True)
    arguments = parser.parse_args()
    if pages.find_browser() is None:
        sys.exit(pages.NO_BROWSER)
    with pages.launched() as browser:
        bad = picture(browser, arguments.bad, _WIDE)
        write(picture(browser, arguments.good, _WIDE), "good")
        write(bad, "bad")
        write(bad.crop((0, 0, _WIDE, _CAUSE)), "cause")
        write(beside(picture(browser, arguments.good, _NARROW),
                     picture(browser, arguments.bad, _NARROW)), "narrow")


if __name__ == "__main__":
    main()
