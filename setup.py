"""Installs the packages `groundwork`, `legacy`, `modern` and `parity` and their commands."""

import re

import setuptools


def long_description():
    """Returns the README for the package index, which has none of the files that it links to.

    Pictures are left out, and of a link to a file its words stay.
    """
    with open("README.md", encoding="utf-8") as file:
        text = file.read()
    text = re.sub(r"^!\[.*?\]\(.*?\)\n*", "", text, flags=re.MULTILINE)
    return re.sub(r"\[([^\]]*)\]\((?!https?:)[^)]*\)", r"\1", text)


setuptools.setup(
    name="tf1-to-keras3",
    version="0.1.0",
    description="Generative models in TensorFlow 1 and in Keras 3, and the proof that they are "
                "the same",
    long_description=long_description(),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    license_files=["LICENSE"],
    keywords=["tensorflow", "keras", "migration", "porting", "testing", "gan"],
    classifiers=[
        "Development Status :: 4 - Beta",
        "Environment :: Console",
        "Intended Audience :: Developers",
        "Intended Audience :: Science/Research",
        "Operating System :: POSIX :: Linux",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
        "Programming Language :: Python :: 3.13",
        "Topic :: Scientific/Engineering :: Artificial Intelligence",
        "Topic :: Software Development :: Testing",
    ],
    packages=setuptools.find_packages(
        include=["groundwork*", "legacy*", "modern*", "parity*"]),
    python_requires=">=3.11,<3.14",
    install_requires=[
        "tensorflow>=2.21,<2.22",
        "tf-keras>=2.21,<2.22",
        "keras>=3.12,<4",
        "tf-slim==1.1.0",
        "numpy>=2,<3",
        "absl-py>=2.1",
        "tensorboard>=2.21,<3",
        "scikit-learn>=1.5",
        "scipy>=1.13",
        "matplotlib>=3.9",
        "pillow>=11",
        "pooch>=1.8",
        "tqdm>=4.66",
    ],
    extras_require={"bench": ["torch==2.13.0"],
                    "completion": ["argcomplete>=3.5"],
                    "test": ["argcomplete>=3.5", "hypothesis>=6.100", "playwright>=1.50",
                             "pytest>=8", "pytest-timeout>=2.3", "pytest-xdist>=3.6",
                             "ruff>=0.12"]},
    entry_points={
        "console_scripts": [
            "legacy-train = legacy.train:console",
            "legacy-sample = legacy.sample:console",
            "modern-train = modern.train:console",
            "modern-sample = modern.sample:console",
            "parity = parity.__main__:console",
            "parity-capture = parity.capture:console",
            "parity-verify = parity.verify:console",
            "parity-compare = parity.compare:console",
            "parity-convert = parity.convert:console",
            "parity-graphs = parity.graphs:console",
            "parity-selftest = parity.selftest.__main__:console",
        ],
    },
)
