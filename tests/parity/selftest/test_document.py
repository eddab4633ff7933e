"""docs/causes.md is what the catalogue says."""

import os
import re

from parity.causes import catalogue
from parity.selftest import document
from parity.selftest.faults import FAULTS


def test_the_document_is_that_of_the_catalogue(repository):
    with open(os.path.join(repository, "docs", "causes.md"), encoding="utf-8") as file:
        assert file.read() == document.text()


def test_each_entry_has_a_name_of_its_own_and_says_what_it_tries():
    names = [entry.name for entry in catalogue.ENTRIES]
    assert len(set(names)) == len(names) >= 25
    assert all(entry.tried and entry.write and entry.rungs for entry in catalogue.ENTRIES)


def test_the_readme_says_how_many_faults_there_are(repository):
    with open(os.path.join(repository, "README.md"), encoding="utf-8") as file:
        assert re.search(r"plants\s+(\d+)\s+faults", file.read())[1] == str(len(FAULTS))
