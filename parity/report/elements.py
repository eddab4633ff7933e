"""HTML elements of a page; texts of programs and users are escaped here."""

import base64
import html

# Signs that tell verdicts apart without colour.
SIGNS = {"identical": "=", "rounding": "\u2248", "constants": "\u00b1", "inconclusive": "?",
         "different": "\u2260", "not run": "\u2013"}


def words(text):
    """A text, escaped."""
    return html.escape(str(text))


def code(text):
    """A name or a piece of a program, in a `code` element."""
    return f"<code>{words(text)}</code>"


def lines(text):
    """Lines of a program, in a `pre` element."""
    return f"<pre>{words(text)}</pre>"


def kind(verdict):
    """The CSS class of a verdict."""
    return verdict.split()[0]


def verdict(text):
    """A verdict with its sign, in its colour."""
    return f'<span class="{kind(text)}">{SIGNS[text]} {text}</span>'


def row(cells, tag="td", classes=""):
    """A row of a table.

    Args:
      cells: elements.
      tag: "td" or "th".
      classes: CSS classes of the row.
    """
    kinds = f' class="{classes}"' if classes else ""
    return f"<tr{kinds}>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in cells) + "</tr>"


def table(head, rows):
    """A table that scrolls by itself where it is too wide.

    Args:
      head: texts of the columns, or ().
      rows: elements that `row` returned.
    """
    top = f"<thead>{row(map(words, head), 'th')}</thead>" if head else ""
    return f'<div class="wide"><table>{top}<tbody>{"".join(rows)}</tbody></table></div>'


def measured(text, size):
    """A verdict with the size of the difference, a text, or "" for none."""
    return verdict(text) + (f" <i>{size}</i>" if size else "")


def folded(summary, content, classes="", is_open=False):
    """Content that a click on its summary shows.

    Args:
      summary, content: elements.
      classes: CSS classes.
      is_open: True where the content is shown from the start.
    """
    kinds = f' class="{classes}"' if classes else ""
    opened = " open" if is_open else ""
    return f"<details{kinds}{opened}><summary>{summary}</summary>{content}</details>"


def listed(entries):
    """A list of elements; "" of none."""
    return "<ul>" + "".join(f"<li>{entry}</li>" for entry in entries) + "</ul>" if entries else ""


def picture(svg, alternative):
    """An SVG as an image, so that it runs no script and its names do not clash with the page's."""
    data = base64.b64encode(svg.encode("utf-8")).decode("ascii")
    return f'<img alt="{words(alternative)}" src="data:image/svg+xml;base64,{data}">'
