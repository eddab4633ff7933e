"""The flags of the binaries, defined once for both wings; FLAGS are read in `main` only."""

from absl import flags

from groundwork import accepted
from groundwork import fields
from groundwork import hyperparameters
from groundwork.data import augmentation
from groundwork.data import datasets
from groundwork.data import domains
from groundwork.data import memory
from groundwork.errors import UsageError
from groundwork.models import MODELS
from groundwork.training_options import TrainingOptions

FLAGS = flags.FLAGS

DTYPES = ("float32", "float64")
# Of `hyperparameters.KINDS`: what the flag chooses, and the group of `--help` that it heads.
KINDS = {"optimizer": ("update rule", "optimiser"),
         "schedule": ("how the learning rate changes", "schedule")}


# Fewest and most steps of intervals that follow from the length of the run. In a long run, writing
# takes a few percent of its time (`python -m benchmarks.output_overhead`).
INTERVALS = {"sample_every": (500, 1000), "checkpoint_every": (100, 1000),
             "summary_every": (1, 1000)}


class _Parser(flags.ArgumentParser):
    """absl's parser of `accepted.Accepted` values."""

    def __init__(self, values):
        super(_Parser, self).__init__()
        self.parse = values.parse
        self.syntactic_help = values.expected
        self.names = values.names


def _define(group, name, default, meaning, values=None):
    """Defines a flag of text, or of `accepted.Accepted` values."""
    flags.DEFINE(_Parser(values) if values else flags.ArgumentParser(), name, default, meaning)
    FLAGS[name].group = group


def _define_switch(group, name, meaning):
    flags.DEFINE_boolean(name, False, meaning)
    FLAGS[name].group = group


def _define_help():
    _define_switch("help", "help", "show these flags and end")


def define_training_flags():
    """Flags of `legacy.train` and `modern.train`."""
    _define("model", "model", None, "which program to train", accepted.one_of(tuple(MODELS)))
    _define_hyperparameters()
    _define_data()
    _define("data", "dataset_b", None, "second domain of a model that translates images: made of "
            "--dataset (negative: inverted and turned), or a data set of its own; unset: the "
            "model's", accepted.one_of(domains.NAMES))
    _define("data", "data_dir_b", None, "folder of --dataset_b's files, as --data_dir")
    _define("data", "augment", None, "random transforms of the images",
            accepted.some_of(augmentation.NAMES))
    _define_run()
    _define("output", "log_every", 10, "steps between rows of metrics.csv", accepted.COUNT)
    _define("output", "sample_every", None, "steps between sample grids; unset: a tenth of the "
            "run, but at least 500 and at most 1000", accepted.COUNT)
    _define_switch("output", "animate", "at the end, write the sample grids as one animation, "
                   "samples/animation.gif")
    _define("output", "checkpoint_every", None, "steps between checkpoints; unset: a tenth of the "
            "run, but at least 100 and at most 1000", accepted.COUNT)
    _define("output", "summary_every", None,
            "steps between TensorBoard's histograms, gradient norms and reconstructions; unset: a "
            "tenth of the run, but at most 1000", accepted.COUNT)
    _define_help()


def _define_run():
    _define("run", "run_dir", None, "folder of this run; started again, it resumes")
    _define_switch("run", "overwrite", "replace another run in --run_dir")
    _define("run", "train_steps", None,
            "length of the run in steps (2000 if no epochs are given)", accepted.STEPS)
    _define("run", "train_epochs", None, "length of the run in passes over the data set",
            accepted.COUNT)
    _define("run", "seed", 1, "from which batches, noise and initial weights are drawn",
            accepted.SEED)
    _define("run", "dtype", "float32", "precision of weights and arithmetic",
            accepted.one_of(DTYPES))
    _define("run", "warm_start", None,
            "run directory or checkpoint whose weights this run starts from (D3 §3.5)")
    _define("run", "warm_start_scopes", "", "which of these weights; unset: all",
            accepted.SCOPES)
    _define_switch("run", "parity_mode",
                   "one thread, nothing fused: equal bit for bit to what parity verifies")
    _define_switch("run", "stock_optimizers", "modern.train only: Keras's own optimisers instead "
                   "of those that follow tf.train")


def _define_data():
    _define("data", "dataset", "digits", "which data; of recurrent_gan's curves and text, unset, "
            "the set that has them", accepted.one_of(datasets.NAMES))
    _define("data", "data_dir", None,
            "folder of the data set's files; with --dataset=npz or lines: the file")
    _define("data", "max_data_bytes", memory.DEFAULT_MAX_BYTES,
            "memory that the images may take; --dataset=folder reads what is beyond it as needed, "
            "other data sets are refused", accepted.COUNT)


def _define_hyperparameters():
    _define_fields("model", declared(MODELS))
    for choice, kinds in hyperparameters.KINDS.items():
        meaning, group = KINDS[choice]
        _define(group, choice, None, meaning, accepted.one_of(tuple(kinds)))
        _define_fields(group, declared(kinds))
    _define_fields("training options", fields.declared(TrainingOptions))


def _define_fields(group, declarations):
    for name, field in declarations.items():
        _define(group, name, None, field.metadata["meaning"], field.metadata["accepts"])


def declared(kinds):
    """`{flag: dataclass field}` of the hyper-parameters of all of `{name: dataclass}`."""
    return {name: field for kind in kinds.values()
            for name, field in fields.declared(kind).items()}


def define_sampling_flags():
    """Flags of `legacy.sample` and `modern.sample`."""
    _define("run", "run_dir", None, "folder of a run with a checkpoint")
    _define("samples", "count", None, "images, or of a walk the noises it passes; unset: 64, "
            "8 a class, 1024 of a model of numbers, or 8 of a walk", accepted.COUNT)
    _define("samples", "seed", None, "from which noise is drawn; unset: that of the run",
            accepted.SEED)
    _define("samples", "label", None, "class of all images, from 0, of a model with classes; "
            "unset: a row of the grid each", accepted.INDEX)
    _define("samples", "traverse", None, "number, from 0, of the code that grows from -1 to 1 "
            "along each row, all else in it being equal; of a model with codes", accepted.INDEX)
    _define("samples", "interpolate", None, "images from each noise to the next, on a walk that "
            "ends where it began: a row each, and a .gif beside the grid", accepted.COUNT)
    _define("output", "output", "samples.png", "where the grid of samples is written")
    _define("output", "scale", None, "pixels a side of each pixel; unset: as many as make an image "
            "64 high", accepted.COUNT)
    _define_help()


def define_augmentation_flags():
    """Flags of `groundwork.data.show_augmentation`."""
    _define_data()
    _define("data", "augment", ",".join(augmentation.NAMES), "random transforms of the images",
            accepted.some_of(augmentation.NAMES))
    _define("data", "seed", 1, "from which the transforms are drawn", accepted.SEED)
    _define("output", "output", "augmented.png", "where the picture is written")
    _define_help()


def defined():
    """The flags that are defined here, in the order of their definitions; each has a `group`."""
    return FLAGS.flags_by_module_dict().get(__name__, [])


def in_utf8(name, path):
    """A path for TensorFlow, which takes UTF-8 only; UsageError of any other.

    Args:
      name: the flag.
      path: its value, in which Python escapes other bytes.
    """
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        raise UsageError("--{}={!a}: expected a path in UTF-8, received other bytes".format(
            name, path))
    return path


def required(name):
    """The value of a flag that has no default; UsageError when it is missing."""
    value = FLAGS[name].value
    if not value:
        raise UsageError("--{}: expected {}, received nothing".format(
            name, FLAGS[name].parser.syntactic_help or FLAGS[name].help))
    return value


def hyperparameters_from_flags():
    """Hyper-parameters of `--model` with the given flags; UsageError for a foreign one."""
    model = required("model")
    names = list(declared(MODELS)) + list(fields.declared(TrainingOptions))
    for choice, kinds in hyperparameters.KINDS.items():
        names += [choice] + list(declared(kinds))
    values = {name: FLAGS[name].value for name in names if FLAGS[name].value is not None}
    if values.get("batch_size") == "full":
        values["batch_size"] = None
    for flag, other in MODELS[model].replaced_flags.items():
        if flag in values and values.get(other):
            raise UsageError("--{}={}: expected none with --{}, which replaces it, received "
                             "both".format(flag, values[flag], other))
    return hyperparameters.make(model, values)


def transforms_from_flags():
    """Names of the transforms in --augment, in the order in which they are applied."""
    chosen = (FLAGS.augment or "").split(",")
    return tuple(name for name in augmentation.NAMES if name in chosen)


def train_steps_from_flags(steps_per_epoch):
    """Length of the run in steps; UsageError when both steps and epochs are given, or
    these are more than TensorFlow counts."""
    if FLAGS.train_steps and FLAGS.train_epochs:
        raise UsageError("--train_epochs={}: expected no --train_steps too, received {}".format(
            FLAGS.train_epochs, FLAGS.train_steps))
    if FLAGS.train_epochs and FLAGS.train_epochs * steps_per_epoch >= 2 ** 63:
        raise UsageError("--train_epochs={}: expected less than 2**63 steps, received {} an "
                         "epoch".format(FLAGS.train_epochs, steps_per_epoch))
    if FLAGS.train_epochs:
        return FLAGS.train_epochs * steps_per_epoch
    return FLAGS.train_steps or 2000


def interval_from_flags(name, train_steps):
    """Steps of an interval's flag; where it is unset, a tenth of the run within `INTERVALS`."""
    fewest, most = INTERVALS[name]
    return FLAGS[name].value or max(fewest, min(most, train_steps // 10))


def given_flags():
    """`{flag: value}` of the flags that were given on the command line."""
    return {flag.name: flag.value for flag in defined() if flag.present}
