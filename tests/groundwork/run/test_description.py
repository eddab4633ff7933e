"""Tests of groundwork.run.description."""

from groundwork.run import description

CONFIG = {
    "format": 1,
    "identity": {"wing": "legacy", "model": "vae", "variant": "corrected", "seed": 1,
                 "learning_rate": 0.001, "parity_mode": False, "data_digest": "0123",
                 "schedule": [[0, 1.0]]},
    "settings": {"document": "D3 §4.2", "versions": {"numpy": "2"},
                 "flags": {"model": "vae", "seed": 1, "train_steps": 60, "run_dir": "a|b"}},
}


def test_hparams_are_the_identity_as_numbers_bools_and_strings():
    assert description.hparams(CONFIG) == {
        "learning_rate": 0.001, "model": "vae", "parity_mode": False, "schedule": "[[0, 1.0]]",
        "seed": 1, "variant": "corrected", "wing": "legacy"}


def test_markdown_is_a_table_of_document_variant_and_every_flag():
    assert description.markdown(CONFIG).split("\n") == [
        "| flag | value |",
        "|---|---|",
        "| document | D3 §4.2 |",
        "| variant | corrected |",
        "| `learning_rate` | 0.001 |",
        "| `model` | vae |",
        "| `parity_mode` | False |",
        "| `run_dir` | a\\|b |",
        "| `schedule` | [[0, 1.0]] |",
        "| `seed` | 1 |",
        "| `train_steps` | 60 |",
        "| `wing` | legacy |"]
