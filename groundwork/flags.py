"""The flags of the binaries, defined once for both wings; FLAGS are read in `main` only."""

import math

from absl import flags

from groundwork import hyperparameters
from groundwork import transfer
from groundwork.data import augmentation
from groundwork.data import datasets
from groundwork.errors import UsageError

FLAGS = flags.FLAGS

VARIANTS = ("corrected", "as_written")
PHASES = ("simultaneous", "alternating")
ARCHITECTURES = ("d0", "d2")
NETWORKS = ("mlp", "dcgan")
GENERATOR_LOSSES = ("standard", "gat")
DTYPES = ("float32", "float64")
KINDS = {"optimizer": "update rule", "schedule": "how the learning rate changes"}


class _Checked(flags.ArgumentParser):
    """Parses with `convert` and accepts what `valid` accepts; says what was expected otherwise."""

    def __init__(self, convert, valid, expected):
        super(_Checked, self).__init__()
        self._convert = convert
        self._valid = valid
        self.syntactic_help = expected

    def parse(self, argument):
        try:
            value = self._convert(argument)
        except ValueError:
            value = None
        if value is None or not self._valid(value):
            raise ValueError("expected {}".format(self.syntactic_help))
        return value


def _one_of(names):
    return _Checked(str, lambda value: value in names, "one of " + ", ".join(names))


_COUNT = _Checked(int, lambda value: value >= 1, "a whole number from 1")
_SEED = _Checked(int, lambda value: 0 <= value < 2 ** 63, "a whole number from 0 to 2**63 - 1")
_POSITIVE = _Checked(float, lambda value: 0 < value < math.inf, "a number above 0")
_DECAY = _Checked(float, lambda value: 0 <= value < 1, "a number from 0 up to, not including, 1")
_BATCH_SIZE = _Checked(lambda text: "full" if text == "full" else int(text),
                       lambda value: value == "full" or value >= 1,
                       "a whole number from 1, or full")
_TRANSFORMS = _Checked(str,
                       lambda text: not text or set(text.split(",")) <= set(augmentation.NAMES),
                       "some of {}, with commas between".format(",".join(augmentation.NAMES)))
_SCOPES = _Checked(transfer.parse_scopes, lambda text: True,
                   "scopes such as encoder or decoder/hidden1, with commas between")
_NOT_NEGATIVE = _Checked(float, lambda value: 0 <= value < math.inf, "a number from 0")

# Of the hyper-parameters' flags; what is not here is a number above 0.
_PARSERS = {
    "variant": _one_of(VARIANTS),
    "phases": _one_of(PHASES),
    "batch_size": _BATCH_SIZE,
    "noise_size": _COUNT,
    "latent_size": _COUNT,
    "n_critic": _COUNT,
    "networks": _one_of(NETWORKS),
    "architecture": _one_of(ARCHITECTURES),
    "generator_loss": _one_of(GENERATOR_LOSSES),
    "dropout": _DECAY,
    "label_smoothing": _DECAY,
    "gradient_penalty": _NOT_NEGATIVE,
    "l1": _NOT_NEGATIVE,
    "l2": _NOT_NEGATIVE,
    "accumulate_steps": _COUNT,
    "freeze": _SCOPES,
    "ema_decay": _DECAY,
    "beta1": _DECAY,
    "beta2": _DECAY,
    "momentum": _DECAY,
    "decay": _DECAY,
    "decay_steps": _COUNT,
    "patience": _COUNT,
}


def _define(parser, name, default, meaning):
    flags.DEFINE(parser, name, default, meaning)


def _define_help():
    flags.DEFINE_boolean("help", False, "show these flags and end")


def define_training_flags():
    """Flags of `legacy.train` and `modern.train`."""
    _define_help()
    _define(_one_of(tuple(hyperparameters.MODELS)), "model", None, "which program to train")
    _define(flags.ArgumentParser(), "run_dir", None,
            "folder of this run; started again, it resumes")
    flags.DEFINE_boolean("overwrite", False, "replace another run in --run_dir")
    _define(flags.ArgumentParser(), "warm_start", None,
            "run directory or checkpoint whose weights this run starts from (D3 §3.5)")
    _define(_SCOPES, "warm_start_scopes", "", "which of these weights; unset: all")
    _define_data()
    _define(_COUNT, "train_steps", None, "length of the run in steps (2000 if no epochs are given)")
    _define(_COUNT, "train_epochs", None, "length of the run in passes over the data set")
    _define(_SEED, "seed", 1, "what batches, noise and initial weights are drawn from")
    _define(_TRANSFORMS, "augment", None, "random transforms of the images")
    _define(_one_of(DTYPES), "dtype", "float32", "precision of weights and arithmetic")
    _define(_COUNT, "log_every", 10, "steps between rows of metrics.csv")
    _define(_COUNT, "sample_every", 500, "steps between sample grids")
    _define(_COUNT, "checkpoint_every", 100, "steps between checkpoints")
    _define(_COUNT, "summary_every", 500,
            "steps between TensorBoard's histograms, gradient norms and reconstructions")
    flags.DEFINE_boolean("parity_mode", False,
                         "one thread, nothing fused: equal bit for bit to what parity verifies")
    flags.DEFINE_boolean(
        "stock_optimizers", False,
        "modern.train only: Keras's own optimisers instead of those that follow tf.train")
    _define_hyperparameters()


def _define_data():
    _define(_one_of(datasets.NAMES), "dataset", "digits", "which data")
    _define(flags.ArgumentParser(), "data_dir", None,
            "folder of the data set's files; with --dataset=npz: the file")


def _define_hyperparameters():
    unset = "; unset: the document's for the model"
    for name, kinds in hyperparameters.KINDS.items():
        _define(_one_of(tuple(kinds)), name, None, KINDS[name] + unset)
    for name, meaning in _hyperparameters().items():
        _define(_PARSERS.get(name, _POSITIVE), name, None, meaning + unset)


def _hyperparameters():
    return dict(hyperparameters.own_flags(), **hyperparameters.numbers())


def define_sampling_flags():
    """Flags of `legacy.sample` and `modern.sample`."""
    _define_help()
    _define(flags.ArgumentParser(), "run_dir", None, "folder of a run with a checkpoint")
    _define(flags.ArgumentParser(), "output", "samples.png", "where the grid of samples is written")


def define_augmentation_flags():
    """Flags of `groundwork.data.show_augmentation`."""
    _define_help()
    _define_data()
    _define(_TRANSFORMS, "augment", ",".join(augmentation.NAMES),
            "random transforms of the images")
    _define(_SEED, "seed", 1, "what the transforms are drawn from")
    _define(flags.ArgumentParser(), "output", "augmented.png", "where the picture is written")


def required(name):
    """The value of a flag that has no default; UsageError when it is missing."""
    value = FLAGS[name].value
    if not value:
        raise UsageError("--{}: expected {}, received nothing".format(
            name, FLAGS[name].parser.syntactic_help or FLAGS[name].help))
    return value


def hyperparameters_from_flags():
    """Hyper-parameters of `--model` with the given flags; UsageError for a foreign one."""
    names = tuple(hyperparameters.KINDS) + tuple(_hyperparameters())
    model = required("model")
    values = {name: FLAGS[name].value for name in names if FLAGS[name].value is not None}
    if values.get("batch_size") == "full":
        values["batch_size"] = None
    if values.get("gradient_penalty") and "weight_clip" in values:
        raise UsageError("--weight_clip={}: expected none with --gradient_penalty, which replaces "
                         "it, received both".format(values["weight_clip"]))
    return hyperparameters.make(model, values)


def transforms_from_flags():
    """Names of the transforms in --augment, in the order in which they are applied."""
    chosen = (FLAGS.augment or "").split(",")
    return tuple(name for name in augmentation.NAMES if name in chosen)


def train_steps_from_flags(steps_per_epoch):
    """Length of the run in steps; UsageError when both steps and epochs are given."""
    if FLAGS.train_steps and FLAGS.train_epochs:
        raise UsageError("--train_epochs={}: expected no --train_steps too, received {}".format(
            FLAGS.train_epochs, FLAGS.train_steps))
    if FLAGS.train_epochs:
        return FLAGS.train_epochs * steps_per_epoch
    return FLAGS.train_steps or 2000


def given_flags():
    """`{flag: value}` of the flags that were given on the command line."""
    own = FLAGS.flags_by_module_dict()[__name__]
    return {flag.name: flag.value for flag in own if flag.present}
