"""Writes docs/causes.md from the catalogue of causes and the faults of the self-test.

`python docs/make_causes.py`
"""

import os

from parity.selftest import document


def main():
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "causes.md")
    with open(path, "w", encoding="utf-8") as file:
        file.write(document.text())


if __name__ == "__main__":
    main()
