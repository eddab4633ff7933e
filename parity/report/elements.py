"""Parts of an HTML page: what comes from a program or a user is escaped here."""

import base64
import html

# What tells verdicts apart without colour.
SIGNS = {"identical": "=", "rounding": "\u2248", "constants": "\u00b1", "inconclusive": "?",
         "different": "\u2260", "not run": "\u2013"}


def words(text):
    """Plain words."""
    return html.escape(str(text))


def code(text):
    """Something that stands in a program."""
    return f"<code>{words(text)}</code>"


def lines(text):
    """Lines of a program, as they are broken."""
    return f"<pre>{words(text)}</pre>"


def kind(verdict):
    """The class of a verdict."""
    return verdict.split()[0]


def verdict(text):
    """A verdict, with its sign."""
    return f'<span class="{kind(text)}">{SIGNS[text]} {text}</span>'


def row(cells, tag="td", classes=""):
    """A row of a table, of cells that are elements already."""
    kinds = f' class="{classes}"' if classes else ""
    return f"<tr{kinds}>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in cells) + "</tr>"


def table(head, rows):
    """A table of rows that are elements already; it scrolls by itself where it is too wide."""
    top = f"<thead>{row(map(words, head), 'th')}</thead>" if head else ""
    return f'<div class="wide"><table>{top}<tbody>{"".join(rows)}</tbody></table></div>'


def measured(text, size):
    """A verdict with the size of the difference; "" of no difference."""
    return verdict(text) + (f" <i>{size}</i>" if size else "")


def folded(summary, content, classes="", is_open=False):
    """What is shown when its summary is clicked; both are elements already."""
    kinds = f' class="{classes}"' if classes else ""
    opened = " open" if is_open else ""
    return f"<details{kinds}{opened}><summary>{summary}</summary>{content}</details>"


def listed(entries):
    """A list of elements; nothing of none."""
    return "<ul>" + "".join(f"<li>{entry}</li>" for entry in entries) + "</ul>" if entries else ""


def picture(svg, alternative):
    """An SVG as an image, in which nothing is run and no name meets one of the page."""
    data = base64.b64encode(svg.encode("utf-8")).decode("ascii")
    return f'<img alt="{words(alternative)}" src="data:image/svg+xml;base64,{data}">'
