"""Files that the documents name exist."""

import os
import re

from tests.documents import reading

# A path has an ending, or ends in a slash: `legacy/vae` is the name of a run.
_FOLDERS = "groundwork|legacy|modern|parity|examples|benchmarks|docs|tests"
_PATH = re.compile(r"(?:{})/[\w/]+\.\w+\Z|(?:{})/[\w/]*/?\Z".format(_FOLDERS, _FOLDERS))
_PLACEHOLDER = re.compile(r"NAME|GROUP")  # what CONTRIBUTING.md leaves to its reader


def test_each_file_that_a_document_names_exists(repository):
    checked = 0
    for path, text in reading.documents(repository).items():
        for span in reading.code_spans(text):
            if _PATH.match(span) and not _PLACEHOLDER.search(span):
                assert os.path.exists(os.path.join(repository, span)), (path, span)
                checked += 1
    assert checked > 40
