"""The package index is given the README without what needs the repository's files."""

import os
import runpy
import sys
import types

from tests.documents import reading


def test_the_description_has_no_links_to_files_and_no_pictures(repository, monkeypatch):
    given = {}
    monkeypatch.chdir(repository)
    monkeypatch.setitem(sys.modules, "setuptools", types.SimpleNamespace(
        setup=given.update, find_packages=lambda **unused_packages: []))
    runpy.run_path(os.path.join(repository, "setup.py"))
    description = given["long_description"]
    readme = reading.documents(repository)["README.md"]
    assert reading.links(readme) and not reading.links(description)
    assert "![" not in description
    assert description.startswith(readme.splitlines()[0])
    assert reading.command_lines(description) == reading.command_lines(readme)
