"""Tests of groundwork.flags."""

from absl import flags as absl_flags
from absl.testing import flagsaver
import pytest

from groundwork import flags
from groundwork import hyperparameters
from groundwork import models
from groundwork import optimizers
from groundwork.errors import UsageError

FLAGS = flags.FLAGS

HYPERPARAMETERS = ("variant", "phases", "batch_size", "noise_size", "latent_size", "n_critic",
                   "weight_clip", "gradient_penalty", "optimizer", "learning_rate", "momentum",
                   "beta1", "beta2", "epsilon", "decay", "initial_accumulator", "schedule",
                   "decay_steps", "decay_rate", "patience", "networks", "architecture",
                   "generator_loss",
                   "dropout", "label_smoothing", "l1", "l2", "gradient_clip_norm",
                   "gradient_clip_value", "accumulate_steps", "freeze", "ema_decay")
MODELS = ", ".join(models.MODELS)


@pytest.fixture(autouse=True)
def fixture_flags():
    with flagsaver.flagsaver():  # removes at its end what was defined inside
        flags.define_training_flags()
        yield


def parse(*arguments):
    FLAGS(["program"] + list(arguments))


def refusal(function, *arguments):
    with pytest.raises(UsageError) as caught:
        function(*arguments)
    return str(caught.value)


def test_defaults():
    parse()
    defaults = {"run_dir": None, "overwrite": False, "dataset": "digits", "data_dir": None,
                "max_data_bytes": 2 ** 30, "train_steps": None, "train_epochs": None,
                "augment": None, "seed": 1,
                "dtype": "float32", "log_every": 10, "sample_every": None,
                "checkpoint_every": None, "summary_every": None,
                "warm_start": None, "warm_start_scopes": "", "help": False,
                "stock_optimizers": False, "model": None}
    assert {name: FLAGS[name].value for name in defaults} == defaults
    assert [FLAGS[name].value for name in HYPERPARAMETERS] == [None] * len(HYPERPARAMETERS)


@pytest.mark.parametrize("train_steps,intervals", [
    (1, (500, 100, 1)), (20, (500, 100, 2)), (4000, (500, 400, 400)), (7000, (700, 700, 700)),
    (12000, (1000, 1000, 1000))])
def test_intervals_are_a_tenth_of_the_run_within_bounds(train_steps, intervals):
    parse()
    assert tuple(flags.interval_from_flags(name, train_steps) for name in (
        "sample_every", "checkpoint_every", "summary_every")) == intervals
    parse("--checkpoint_every=7")
    assert flags.interval_from_flags("checkpoint_every", train_steps) == 7


@pytest.mark.parametrize("argument,value", [
    ("--model=bgd_gan", "bgd_gan"), ("--dataset=mnist", "mnist"), ("--dtype=float64", "float64"),
    ("--optimizer=adagrad", "adagrad"), ("--variant=as_written", "as_written"),
    ("--phases=alternating", "alternating"),
    ("--seed=0", 0), ("--seed=9223372036854775807", 2 ** 63 - 1), ("--train_steps=1", 1),
    ("--batch_size=1", 1), ("--batch_size=full", "full"), ("--max_data_bytes=1", 1),
    ("--learning_rate=1e-3", 0.001), ("--epsilon=1e-300", 1e-300), ("--initial_accumulator=2", 2.0),
    ("--beta1=0", 0.0), ("--beta2=0.999999", 0.999999), ("--momentum=0", 0.0), ("--decay=0", 0.0),
    ("--model=wgan", "wgan"), ("--schedule=step", "step"), ("--decay_steps=1", 1),
    ("--decay_rate=0.5", 0.5), ("--n_critic=1", 1), ("--weight_clip=0.01", 0.01),
    ("--gradient_penalty=0", 0.0), ("--gradient_penalty=10", 10.0),
    ("--dropout=0", 0.0), ("--dropout=0.999", 0.999), ("--label_smoothing=0.1", 0.1),
    ("--architecture=d2", "d2"),
    ("--generator_loss=gat", "gat"), ("--l1=0", 0.0), ("--ema_decay=0.99", 0.99),
    ("--accumulate_steps=3", 3), ("--gradient_clip_norm=1", 1.0),
    ("--freeze=", ""), ("--freeze=encoder", "encoder"), ("--freeze=b/c,a,b/c", "a,b/c"),
    ("--warm_start=runs/a", "runs/a"), ("--warm_start_scopes=decoder,a/b", "a/b,decoder"),
])
def test_acceptable_values(argument, value):
    parse(argument)
    parsed = FLAGS[argument[2:].split("=")[0]].value
    assert parsed == value
    assert type(parsed) is type(value)


COUNT = "expected a whole number from 1"
STEPS = COUNT + " to 2**63 - 1"
POSITIVE = "expected a number above 0"
NOT_NEGATIVE = "expected a number from 0"
DECAY = "expected a number from 0 up to, not including, 1"
BATCH_SIZE = "expected a whole number from 1, or full"
TRANSFORMS = "expected some of rotate,flip,crop,translate,distort, with commas between"
SCOPES = "expected scopes such as encoder or decoder/hidden1, with commas between"
SEED = "expected a whole number from 0 to 2**63 - 1"


@pytest.mark.parametrize("argument,expected", [
    ("--model=gan", "expected one of " + MODELS),
    ("--model=", "expected one of " + MODELS),
    ("--dataset=cifar100", "expected one of digits, mnist, fashion_mnist, cifar10, folder, npz, "
                           "gaussian_mixture, sine_waves, lines"),
    ("--augment=spin", TRANSFORMS), ("--augment=rotate,spin", TRANSFORMS),
    ("--augment=rotate,,flip", TRANSFORMS), ("--augment=rotate flip", TRANSFORMS),
    ("--variant=right", "expected one of corrected, as_written"),
    ("--phases=both", "expected one of simultaneous, alternating"),
    ("--dtype=float16", "expected one of float32, float64"),
    ("--optimizer=lion", "expected one of sgd, momentum, adam, rmsprop, adagrad, "
                         "adam_d0, adam_d3, rmsprop_d3"),
    ("--schedule=cosine", "expected one of constant, linear, exponential, step, plateau"),
    ("--seed=-1", SEED), ("--seed=9223372036854775808", SEED), ("--seed=one", SEED),
    ("--train_steps=0", STEPS), ("--train_steps=-5", STEPS), ("--train_steps=1e3", STEPS),
    ("--train_steps=", STEPS), ("--train_epochs=0", COUNT), ("--log_every=0", COUNT),
    ("--sample_every=0", COUNT), ("--checkpoint_every=0", COUNT), ("--summary_every=0", COUNT),
    ("--noise_size=0", COUNT), ("--latent_size=0.5", COUNT), ("--patience=0", STEPS),
    ("--patience=1.5", STEPS),
    ("--batch_size=0", BATCH_SIZE), ("--batch_size=-1", BATCH_SIZE),
    ("--batch_size=1.5", BATCH_SIZE), ("--batch_size=all", BATCH_SIZE),
    ("--learning_rate=0", POSITIVE), ("--learning_rate=-1", POSITIVE),
    ("--learning_rate=nan", POSITIVE), ("--learning_rate=inf", POSITIVE),
    ("--learning_rate=fast", POSITIVE), ("--epsilon=0", POSITIVE),
    ("--initial_accumulator=0", POSITIVE), ("--schedule=cosine", "expected one of constant, "
                                            "linear, exponential, step, plateau"),
    ("--decay_steps=0", STEPS), ("--decay_rate=0", POSITIVE), ("--n_critic=0", COUNT),
    ("--n_critic=1.5", COUNT), ("--weight_clip=0", POSITIVE), ("--weight_clip=inf", POSITIVE),
    ("--gradient_penalty=-1", NOT_NEGATIVE), ("--gradient_penalty=nan", NOT_NEGATIVE),
    ("--beta1=1", DECAY), ("--beta2=-0.1", DECAY), ("--momentum=nan", DECAY), ("--decay=2", DECAY),
    ("--l2=-1", NOT_NEGATIVE), ("--ema_decay=1", DECAY), ("--accumulate_steps=0", COUNT),
    ("--gradient_clip_norm=0", POSITIVE), ("--gradient_clip_value=0", POSITIVE),
    ("--dropout=1", DECAY), ("--label_smoothing=1", DECAY), ("--dropout=-0.1", DECAY),
    ("--freeze=encoder,", SCOPES), ("--freeze=/encoder", SCOPES), ("--freeze=a//b", SCOPES),
    ("--warm_start_scopes=encoder/", SCOPES), ("--warm_start_scopes=a b", SCOPES),
    ("--architecture=d1", "expected one of d0, d2"),
    ("--generator_loss=wgan", "expected one of standard, gat"),
])
def test_unacceptable_values_are_refused_with_what_was_expected(argument, expected):
    with pytest.raises(absl_flags.IllegalFlagValueError) as caught:
        parse(argument)
    assert str(caught.value) == "flag {}: {}".format(argument, expected)


def test_hyperparameters_are_those_of_the_model_with_the_given_flags():
    parse("--model=mlp_gan", "--phases=alternating", "--optimizer=rmsprop", "--momentum=0.5",
          "--train_steps=5")
    assert flags.hyperparameters_from_flags() == models.MlpGan(
        phases="alternating",
        optimizer=optimizers.RmsProp(learning_rate=0.001, decay=0.9, momentum=0.5, epsilon=1e-10))


def test_no_given_flag_leaves_the_documents_numbers():
    parse("--model=vae")
    assert flags.hyperparameters_from_flags() == models.Vae()


def test_a_full_batch_is_none():
    parse("--model=vae", "--batch_size=full")
    assert flags.hyperparameters_from_flags().batch_size is None


@pytest.mark.parametrize("flag,value", [
    ("variant", "as_written"), ("phases", "alternating"), ("batch_size", 7), ("noise_size", 8),
    ("learning_rate", 0.25), ("beta1", 0.25), ("beta2", 0.25), ("epsilon", 0.25)])
def test_every_flag_of_a_model_reaches_its_hyperparameters(flag, value):
    parse("--model=mlp_gan", "--{}={}".format(flag, value))
    assert hyperparameters.to_dict(flags.hyperparameters_from_flags())[flag] == value


def test_a_flag_that_the_model_does_not_use_is_refused():
    parse("--model=vae", "--phases=alternating")
    assert refusal(flags.hyperparameters_from_flags).startswith(
        "--phases: --model=vae does not use it, mlp_gan, bgd_gan, dense_gan, ")


def test_clipping_and_a_gradient_penalty_together_are_refused():
    parse("--model=wgan", "--weight_clip=0.1", "--gradient_penalty=10")
    assert refusal(flags.hyperparameters_from_flags) == (
        "--weight_clip=0.1: expected none with --gradient_penalty, which replaces it, "
        "received both")
    parse("--model=wgan", "--weight_clip=0.1", "--gradient_penalty=0")
    assert flags.hyperparameters_from_flags().clip_limit == 0.1


@pytest.mark.parametrize("arguments,flag,start", [
    ((), "model", "--model: expected one of " + MODELS + ","),
    ((), "run_dir", "--run_dir: expected folder of this run"),
    (("--run_dir=",), "run_dir", "--run_dir: expected folder of this run")])
def test_a_required_flag_that_is_missing_or_empty_is_refused(arguments, flag, start):
    parse(*arguments)
    line = refusal(flags.required, flag)
    assert line.startswith(start)
    assert line.endswith(", received nothing")


def test_a_required_flag_that_is_given():
    parse("--run_dir=runs/1")
    assert flags.required("run_dir") == "runs/1"


@pytest.mark.parametrize("arguments,transforms", [
    ((), ()), (("--augment=",), ()), (("--augment=crop",), ("crop",)),
    (("--augment=distort,flip,rotate,flip",), ("rotate", "flip", "distort"))])
def test_transforms_are_in_the_order_in_which_they_are_applied(arguments, transforms):
    parse(*arguments)
    assert flags.transforms_from_flags() == transforms


@pytest.mark.parametrize("arguments,steps", [
    ((), 2000), (("--train_steps=7",), 7), (("--train_epochs=3",), 84)])
def test_length_of_the_run_in_steps(arguments, steps):
    parse(*arguments)
    assert flags.train_steps_from_flags(steps_per_epoch=28) == steps


def test_steps_and_epochs_together_are_refused():
    parse("--train_steps=7", "--train_epochs=3")
    assert refusal(flags.train_steps_from_flags, 28) == (
        "--train_epochs=3: expected no --train_steps too, received 7")


def test_epochs_of_more_steps_than_are_counted_are_refused():
    parse("--train_epochs={}".format(2 ** 60))
    assert refusal(flags.train_steps_from_flags, 28) == (
        "--train_epochs=1152921504606846976: expected less than 2**63 steps, received 28 an epoch")


def test_given_flags_are_those_on_the_command_line():
    parse("--model=vae", "--seed=1", "--nooverwrite", "--learning_rate=0.5")
    assert flags.given_flags() == {
        "model": "vae", "seed": 1, "overwrite": False, "learning_rate": 0.5}
