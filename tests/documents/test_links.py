"""Links of the documents point at files and headings that exist."""

import os

from tests.documents import reading


def test_each_link_points_at_something(repository):
    texts = reading.documents(repository)
    checked = 0
    for path, text in texts.items():
        for target in reading.links(text):
            file, _, anchor = target.partition("#")
            pointed = os.path.normpath(os.path.join(os.path.dirname(path), file)) if file else path
            assert os.path.exists(os.path.join(repository, pointed)), (path, target)
            if anchor:
                assert anchor in reading.anchors(texts[pointed]), (path, target)
            checked += 1
    assert checked > 40


def test_anchors_are_those_of_github():
    text = "# A `b`, c-d\n\n## The *E* / f?\n\n    # no heading\n\n## The e f\n\n## The e f\n"
    assert reading.anchors(text) == ["a-b-c-d", "the-e--f", "the-e-f", "the-e-f-1"]


def test_each_picture_is_shown_in_some_document(repository):
    shown = set()
    for path, text in reading.documents(repository).items():
        shown |= {os.path.normpath(os.path.join(os.path.dirname(path), target))
                  for target in reading.links(text)}
    pictures = {os.path.join("docs", name) for name in os.listdir(os.path.join(repository, "docs"))
                if name.endswith(".png")}
    assert pictures and pictures <= shown


def test_the_readme_is_one_page(repository):
    assert len(reading.documents(repository)["README.md"].splitlines()) <= 120
