"""Tests of groundwork.stored_run: runs of earlier versions, and config.json of anybody."""

import json
import os

from absl.testing import flagsaver
import pytest

from groundwork import flags
from groundwork import hyperparameters
from groundwork import models
from groundwork import sampling
from groundwork import start
from groundwork import stored_run
from groundwork.errors import UsageError
from groundwork.run import description
from groundwork.run import earlier_versions
from groundwork.run.directory import read_config, RunDirectory
from tests.config_mutations import mutated

DIGITS = "70751884d76ec44f20a46078f0028ff191a2499649a00ab7443ce39d01bc485d"
# What the first version wrote for `--model=vae`, and for `--model=mlp_gan`.
FIRST = {"batch_size": 64, "beta1": 0.9, "beta2": 0.999, "data_digest": DIGITS,
         "dataset": "digits", "dtype": "float32", "epsilon": 1e-08, "latent_size": 20,
         "learning_rate": 0.001, "model": "vae", "optimizer": "adam", "seed": 1,
         "stock_optimizers": False, "variant": "corrected", "wing": "legacy"}
FIRST_GAN = dict({key: value for key, value in FIRST.items() if key != "latent_size"},
                 model="mlp_gan", noise_size=100, phases="simultaneous", beta1=0.5,
                 learning_rate=0.0002)


def write(path, identity, settings=None):
    """A run directory with that config.json."""
    os.makedirs(str(path), exist_ok=True)
    config = {"format": 1, "identity": identity, "settings": settings or {}}
    with open(os.path.join(str(path), "config.json"), "w", encoding="utf-8") as file:
        json.dump(config, file)
    return str(path)


def refusal(function, *arguments):
    with pytest.raises(UsageError) as caught:
        function(*arguments)
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    return message


@pytest.fixture(name="train_flags")
def fixture_train_flags():
    with flagsaver.flagsaver():
        flags.define_training_flags()
        yield


def parse(**values):
    flags.FLAGS.unparse_flags()
    flags.FLAGS(["program"] + ["--{}={}".format(*pair) for pair in values.items()])


@pytest.mark.parametrize("identity,model", [(FIRST, "vae"), (FIRST_GAN, "mlp_gan")])
def test_a_run_of_the_first_version_has_the_hyperparameters_of_its_time(tmp_path, identity, model):
    stored = stored_run.read(write(tmp_path, identity))
    assert stored.hparams == hyperparameters.make(model, {})
    assert stored.identity == dict(earlier_versions.BEFORE_THE_FIELD, **identity)


@pytest.mark.parametrize("identity", [FIRST, FIRST_GAN])
def test_a_run_of_the_first_version_resumes_and_its_config_stays(tmp_path, train_flags, identity):
    path = write(tmp_path / "run", identity)
    before = (tmp_path / "run" / "config.json").read_bytes()
    parse(model=identity["model"], run_dir=path)
    with start.training("legacy", None).run as run:
        assert run.resumed
    assert (tmp_path / "run" / "config.json").read_bytes() == before
    parse(model=identity["model"], run_dir=path, ema_decay=0.5)
    assert "holds another run: --ema_decay is 0.0 there, 0.5 here; give" in refusal(
        start.training, "legacy", None)


def test_the_fields_of_earlier_versions_are_off_in_a_run_of_today():
    defaults = hyperparameters.to_dict(hyperparameters.make("mlp_gan", {}))
    for name, value in earlier_versions.BEFORE_THE_FIELD.items():
        assert defaults.get(name, value) == value


def test_every_field_of_every_model_is_checked(tmp_path):
    for model in models.MODELS:
        identity = dict(hyperparameters.to_dict(hyperparameters.make(model, {})), wing="modern",
                        seed=1, dtype="float32", stock_optimizers=False)
        assert stored_run.read(write(tmp_path, identity)).hparams == (
            hyperparameters.make(model, {}))
        for name in identity:
            for value in ([], {}, "no such", -1.5):
                line = refusal(stored_run.read, write(tmp_path, dict(identity, **{name: value})))
                assert line.startswith('{}/config.json: expected "{}" to be '.format(
                    tmp_path, name))


@pytest.mark.parametrize("name,value,expected", [
    ("model", "gan", 'expected "model" to be one of {}, received "gan"'.format(
        ", ".join(models.MODELS))),
    ("optimizer", "lion", 'expected "optimizer" to be one of sgd, momentum, adam, rmsprop, '
     'adagrad, adam_d0, adam_d3, rmsprop_d3, received "lion"'),
    ("latent_size", 20.0, 'expected "latent_size" to be a whole number from 1, received 20.0'),
    ("seed", True, 'expected "seed" to be a whole number from 0 to 2**63 - 1, received true'),
    ("beta1", "0.5", 'expected "beta1" to be a number from 0 up to, not including, 1, received '
     '"0.5"'),
    ("augment", "spin", 'expected "augment" to be some of rotate,flip,crop,translate,distort, '
     'with commas between, received "spin"'),
    ("warm_start", 3, 'expected "warm_start" to be a text, received 3')])
def test_a_foreign_value_is_told(tmp_path, name, value, expected):
    path = write(tmp_path, dict(FIRST, **{name: value}))
    assert refusal(stored_run.read, path) == "{}/config.json: {}".format(path, expected)


def test_a_missing_field_without_a_known_default_is_told(tmp_path):
    identity = {key: value for key, value in FIRST.items() if key != "latent_size"}
    path = write(tmp_path, identity)
    assert refusal(stored_run.read, path) == (
        '{}/config.json: expected "latent_size" to be a whole number from 1, received none'.format(
            path))


def test_values_that_do_not_go_together_are_told_with_their_file(tmp_path):
    path = write(tmp_path, dict(FIRST_GAN, variant="as_written", label_smoothing=0.5))
    assert refusal(stored_run.read, path).startswith(
        "{}/config.json: --label_smoothing=0.5: expected none with ".format(path))


@pytest.mark.parametrize("content,reason", [
    ('{"format": 1, "identity": ' + '{"a": ' * 100000, "nested too deeply"),
    ('{"format": ' + "[" * 20 + "]" * 20 + "}", "nested too deeply"),
    ('{"format": NaN}', "NaN is no JSON"),
    (" " * (2 ** 20 + 1), "more than 1048576 bytes")])
def test_a_file_that_is_no_config_is_told(tmp_path, content, reason):
    (tmp_path / "config.json").write_text(content)
    assert refusal(stored_run.read, str(tmp_path)) == (
        "{}/config.json: expected the JSON of a run, received a damaged file ({})".format(
            tmp_path, reason))


@pytest.mark.parametrize("content,expected", [
    ('{"format": true, "identity": {}, "settings": {}}', "a run of format 1, received true"),
    ('{"format": 1, "identity": {}, "settings": {"flags": 3}}', 'an object as "flags", received 3'),
    ('{"format": 1, "identity": {}, "settings": {"versions": []}}',
     'an object as "versions", received []')])
def test_an_object_of_another_form_is_told(tmp_path, content, expected):
    (tmp_path / "config.json").write_text(content)
    assert refusal(read_config, str(tmp_path)) == "{}/config.json: expected {}".format(
        tmp_path, expected)


def test_a_config_that_is_no_file_is_told_at_once(tmp_path):
    os.mkfifo(str(tmp_path / "config.json"))
    assert "received a damaged file (no regular file)" in refusal(
        stored_run.read, str(tmp_path))


def test_a_path_that_is_no_utf_8_can_be_described():
    config = {"identity": {"warm_start": "/x/\udcff"}, "settings": {"flags": {"a": "\udcfe"}}}
    description.markdown(config).encode("utf-8")
    assert description.hparams(config)["warm_start"].encode("utf-8") == b"/x/\\udcff"


def outcomes(tmp_path, content):
    """Lines, or None where all went well, of sampling, resuming and warm starting."""
    for name in ("run", "new"):
        (tmp_path / name).mkdir(exist_ok=True)
    (tmp_path / "run" / "checkpoints").mkdir(exist_ok=True)
    (tmp_path / "run" / "checkpoints" / "ckpt-1.index").write_bytes(b"")
    (tmp_path / "run" / "config.json").write_bytes(content)
    run_dir = str(tmp_path / "run")

    def sample():
        sampling.from_flags("legacy")

    def resume():
        start.training("legacy", lambda *_: None).run.close()
        config = read_config(run_dir)
        for text in [description.markdown(config), description.trial_id(config),
                     str(description.hparams(config))]:
            text.encode("utf-8")

    def warm_start():
        begun = start.training("legacy", lambda *_: None)
        begun.run.close()

    for define, program, values in [
            (flags.define_sampling_flags, sample,
             {"run_dir": run_dir, "output": tmp_path / "grid.png"}),
            (flags.define_training_flags, resume, {"model": "vae", "run_dir": run_dir}),
            (flags.define_training_flags, warm_start,
             {"model": "vae", "run_dir": tmp_path / "new", "warm_start": run_dir,
              "overwrite": "true"})]:
        with flagsaver.flagsaver():
            define()
            parse(**values)
            try:
                program()
                yield None
            except UsageError as error:
                yield " ".join(str(error).split())


@pytest.mark.parametrize("first,count", [
    (0, 40), pytest.param(40, 460, marks=pytest.mark.slow)])
def test_no_change_of_a_config_ends_in_a_traceback(tmp_path, monkeypatch, digits, first, count):
    monkeypatch.setattr(start.datasets, "load", lambda *_: digits)
    RunDirectory.open(str(tmp_path / "run"), dict(FIRST, freeze="", warm_start=None), {
        "flags": {"model": "vae"}, "versions": {"python": "3"}, "warm_start": None}).close()
    config = read_config(str(tmp_path / "run"))
    lines = [line for number in range(first, first + count)
             for line in outcomes(tmp_path, mutated(config, number))]
    refused = [line for line in lines if line is not None]
    print("{} changes of config.json, {} outcomes: {} refused in one line, 0 tracebacks".format(
        count, len(lines), len(refused)))
    assert len(lines) == 3 * count and len(refused) > 2 * count
    assert all("expected" in line or "holds another run" in line for line in refused)
