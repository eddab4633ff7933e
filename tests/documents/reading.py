"""Parts of a Markdown document: links, headings, and the command lines that it shows."""

import os
import re

_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
_CODE_SPAN = re.compile(r"`([^`]+)`")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def documents(repository):
    """{path from the root: text} of all documents."""
    texts = {}
    for folder in ("", "docs"):
        for name in sorted(os.listdir(os.path.join(repository, folder))):
            if name.endswith(".md"):
                with open(os.path.join(repository, folder, name), encoding="utf-8") as file:
                    texts[os.path.join(folder, name)] = file.read()
    return texts


def links(text):
    """Targets of a document's links and pictures, `path#anchor`, without those of the web."""
    found = _LINK.findall(_CODE_SPAN.sub("", "\n".join(
        line for line in text.split("\n") if not line.startswith("    "))))
    return [target for target in found if not re.match(r"https?://", target)]


def anchors(text):
    """Anchors of a document's headings, as GitHub makes them."""
    lines = [line for line in text.split("\n") if not line.startswith("    ")]
    made = []
    for heading in _HEADING.findall("\n".join(lines)):
        anchor = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        made.append(f"{anchor}-{made.count(anchor)}" if anchor in made else anchor)
    return made


def command_lines(text):
    """Lines of a document's code blocks, those that end in a backslash joined, without comments."""
    shown = _COMMENT.sub("", text).split("\n")
    lines = [line.strip() for line in shown if line.startswith("    ")]
    joined = re.sub(r"\\\n", " ", "\n".join(lines))
    return [" ".join(re.sub(r"\s+#\s.*$", "", line).split()) for line in joined.split("\n")]


def code_spans(text):
    """What stands between single backticks, line ends as spaces."""
    prose = _COMMENT.sub("", "\n".join(
        "" if line.startswith("    ") else line for line in text.split("\n")))
    return [" ".join(span.split()) for span in _CODE_SPAN.findall(prose)]
