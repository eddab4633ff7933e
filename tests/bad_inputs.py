"""Bad inputs of the binaries, by name, and the line that each must end in."""

import gzip
import importlib
import struct
from typing import Any, NamedTuple, Optional, Tuple

import numpy as np

from groundwork import hyperparameters
from groundwork import models
from groundwork import importing
from groundwork.run.directory import RunDirectory


class Case(NamedTuple):
    """A command line that is refused."""

    arguments: str  # "{tmp}" is the temporary folder, "{wing}" the wing, "{other}" the other one
    expected: str  # part of the line
    prepare: Any = None  # function of the temporary folder and the wing
    base: Optional[Tuple[str, ...]] = None  # arguments before these; None: those of `BASE`


BASE = {"train": ("--model=vae", "--run_dir={tmp}/run"), "sample": ("--run_dir={tmp}/run",)}


def idx(path, array, magic=None):
    """Writes an IDX file, compressed."""
    header = struct.pack(">{}I".format(1 + array.ndim),
                         0x800 + array.ndim if magic is None else magic, *array.shape)
    path.write_bytes(gzip.compress(header + array.tobytes()))


def mnist(folder, images=4, labels=4, magic=None):
    folder.mkdir(exist_ok=True)
    idx(folder / "train-images-idx3-ubyte.gz", np.zeros((images, 28, 28), np.uint8), magic)
    idx(folder / "train-labels-idx1-ubyte.gz", np.zeros(labels, np.uint8))


def truncated_mnist(tmp, wing):
    del wing
    mnist(tmp / "data")
    path = tmp / "data" / "train-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:-12])


def text_named_png(tmp, wing):
    del wing
    (tmp / "data" / "cat").mkdir(parents=True)
    (tmp / "data" / "cat" / "a.png").write_text("no picture\n")


def pickled_objects(tmp, wing):
    del wing
    np.savez(str(tmp / "a.npz"), images=np.array([{"a": 1}], dtype=object))


def run_of(wing, path, **changes):
    """A run directory without a checkpoint."""
    identity = dict(hyperparameters.to_dict(hyperparameters.make("vae", {})), wing=wing,
                    dataset="digits", data_digest="d", seed=1, dtype="float32",
                    stock_optimizers=False)
    RunDirectory.open(str(path), dict(identity, **changes), {}).close()
    return path


def saved_variables():
    """The module, which imports TensorFlow: the tests of --help look before that."""
    with importing.importing_tensorflow():
        return importlib.import_module("tests.saved_variables")


def stored(folder, name, variable="decoder/output/bias", size=300):
    """A checkpoint of TensorFlow 1 with one variable."""
    return saved_variables().save(folder / name, {variable: np.ones(size, np.float32)})


def foreign_folder(tmp, wing):
    del wing
    (tmp / "run").mkdir()
    (tmp / "run" / "thesis.tex").write_text("important")


def damaged_config(tmp, wing):
    run_of(wing, tmp / "run")
    (tmp / "run" / "config.json").write_text("{\n\n")


def config_with(**changes):
    """Function of the temporary folder and the wing: makes a run whose identity is changed."""
    return lambda tmp, wing: run_of(wing, tmp / "run", **changes)


def nested_config(tmp, wing):
    run_of(wing, tmp / "run")
    (tmp / "run" / "config.json").write_text('{"format": 1, "identity": ' + '{"a": ' * 100000)


FOREIGN_CONFIGS = {
    "config nested too deeply": ("a damaged file (nested too deeply)", nested_config),
    "config of an unknown model": (
        "expected \"model\" to be one of " + ", ".join(models.MODELS) + ", received \"gan\"",
        config_with(model="gan")),
    "config of an unknown optimizer": (
        "expected \"optimizer\" to be one of sgd, ", config_with(optimizer="lion")),
    "config with a text for a number": (
        "expected \"latent_size\" to be a whole number from 1, received \"20\"",
        config_with(latent_size="20")),
    "config with a huge number": ("expected \"beta1\" to be a number from 0 up to, not including, "
                                  "1, received 1000", config_with(beta1=10 ** 400)),
    "config with a list for a name": ("expected \"freeze\" to be scopes such as ",
                                      config_with(freeze=["encoder"])),
}
MODELS = ", ".join(models.MODELS)
MNIST = "--dataset=mnist --batch_size=4 --data_dir={tmp}/data"
TRAINING = {
    "unknown model": Case("--model=gan", "--model=gan: expected one of " + MODELS),
    "missing model": Case("", "--model: expected one of " + MODELS + ", received nothing",
                          base=("--run_dir={tmp}/run",)),
    "missing run_dir": Case("", "--run_dir: expected ", base=("--model=vae",)),
    "empty run_dir": Case("--run_dir=", "--run_dir: expected "),
    "unknown flag": Case("--xyzzy=1", "'xyzzy'"),
    "flag without value": Case("--seed", "flag --seed"),
    "positional argument": Case("vae", "expected flags only, received 'vae'"),
    "unknown data set": Case("--dataset=cifar100", "--dataset=cifar100: expected one of digits, "),
    "unknown transform": Case("--augment=rotate,spin", "--augment=rotate,spin: expected some of "
                              "rotate,flip,crop,translate,distort, with commas between"),
    "numbers for a model of images": Case(
        "--dataset=gaussian_mixture", "--dataset=gaussian_mixture: expected a data set of images "),
    "text named .png": Case("--dataset=folder --data_dir={tmp}/data", "{tmp}/data/cat/a.png: "
                            "expected an image, received another file", text_named_png),
    "empty folder of images": Case("--dataset=folder --data_dir={tmp}/data",
                                   "received '{tmp}/data', which is empty",
                                   lambda tmp, wing: (tmp / "data").mkdir()),
    "npz of pickled objects": Case("--dataset=npz --data_dir={tmp}/a.npz", "{tmp}/a.npz: expected "
                                   "a readable .npz archive without pickled objects, received: ",
                                   pickled_objects),
    "unknown variant": Case("--variant=right", "--variant=right: expected one of corrected, "),
    "unknown phases": Case("--phases=both", "--phases=both: expected one of simultaneous, "),
    "unknown optimizer": Case("--optimizer=lion", "--optimizer=lion: expected one of sgd, "),
    "unknown dtype": Case("--dtype=float16", "--dtype=float16: expected one of float32, float64"),
    "noise_size for vae": Case("--noise_size=5", "--noise_size: --model=vae does not use it"),
    "phases for vae": Case("--phases=alternating", "--phases: --model=vae does not use it"),
    "latent_size for a GAN": Case("--model=mlp_gan --latent_size=5",
                                  "--latent_size: --model=mlp_gan does not use it"),
    "dropout for vae": Case("--dropout=0.5", "--dropout: --model=vae does not use it"),
    "dropout 1": Case("--model=dcgan --dropout=1", "--dropout=1: expected a number from 0 up to"),
    "label_smoothing 1": Case("--model=mlp_gan --label_smoothing=1",
                              "--label_smoothing=1: expected a number from 0 up to"),
    "smoothing as written": Case(
        "--model=mlp_gan --variant=as_written --label_smoothing=0.1",
        "--label_smoothing=0.1: expected none with --variant=as_written, whose losses are the "),
    "variant for dcgan": Case("--model=dcgan --variant=as_written",
                              "--variant: --model=dcgan does not use it"),
    "beta1 with sgd": Case("--optimizer=sgd --beta1=0.5",
                           "--beta1: --optimizer=sgd does not use it"),
    "beta1 with a model of sgd": Case("--model=bgd_gan --beta1=0.5",
                                      "--beta1: --optimizer=sgd does not use it"),
    "batch_size 0": Case("--batch_size=0", "--batch_size=0: expected a whole number from 1"),
    "batch_size -1": Case("--batch_size=-1", "--batch_size=-1: expected a whole number from 1"),
    "batch_size 1.5": Case("--batch_size=1.5", "--batch_size=1.5: expected a whole number from 1"),
    "batch_size too large": Case("--batch_size=1798", "--batch_size=1798: expected at most 1797 "),
    "variant of wgan": Case("--model=wgan --variant=corrected",
                            "--variant: --model=wgan does not use it"),
    "weight_clip 0": Case("--model=wgan --weight_clip=0", "--weight_clip=0: expected a number abo"),
    "weight_clip for vae": Case("--weight_clip=1", "--weight_clip: --model=vae does not use it"),
    "n_critic 0": Case("--model=wgan --n_critic=0", "--n_critic=0: expected a whole number from 1"),
    "gradient_penalty -1": Case("--model=wgan --gradient_penalty=-1",
                                "--gradient_penalty=-1: expected a number from 0"),
    "penalty and clipping": Case("--model=wgan --gradient_penalty=10 --weight_clip=0.1",
                                 "--weight_clip=0.1: expected none with --gradient_penalty, which "
                                 "replaces it, received both"),
    "images of one brightness for dense_gan": Case(
        "--model=dense_gan " + MNIST, "--dataset: expected images of which one is brighter than ",
        lambda tmp, wing: mnist(tmp / "data")),
    "learning_rate 0": Case("--learning_rate=0", "--learning_rate=0: expected a number above 0"),
    "learning_rate nan": Case("--learning_rate=nan", "--learning_rate=nan: expected a number "),
    "learning_rate inf": Case("--learning_rate=inf", "--learning_rate=inf: expected a number "),
    "learning_rate -1": Case("--learning_rate=-1", "--learning_rate=-1: expected a number above 0"),
    "train_steps 0": Case("--train_steps=0", "--train_steps=0: expected a whole number from 1"),
    "seed -1": Case("--seed=-1", "--seed=-1: expected a whole number from 0 to 2**63 - 1"),
    "steps and epochs": Case("--train_steps=5 --train_epochs=1",
                             "--train_epochs=1: expected no --train_steps too, received 5"),
    "data_dir for digits": Case("--data_dir={tmp}", "--data_dir: expected none with --dataset=dig"),
    "max_data_bytes 0": Case("--max_data_bytes=0", "--max_data_bytes=0: expected a whole number "),
    "data beyond max_data_bytes": Case(
        "--max_data_bytes=3135 " + MNIST, "{tmp}/data/train-images-idx3-ubyte.gz: expected data of "
        "at most 3135 bytes in memory (--max_data_bytes), received 3136 bytes",
        lambda tmp, wing: mnist(tmp / "data")),
    "missing data_dir": Case(MNIST, "--data_dir: expected an existing folder, received '{tmp}/"),
    "empty data_dir": Case(MNIST, "--data_dir: expected a folder with one of train-images",
                           lambda tmp, wing: (tmp / "data").mkdir()),
    "truncated gzip": Case(MNIST, "{tmp}/data/train-images-idx3-ubyte.gz: expected a whole gzip "
                           "file, received a truncated one", truncated_mnist),
    "wrong magic": Case(MNIST, "{tmp}/data/train-images-idx3-ubyte.gz: expected the IDX magic "
                        "number 0x00000803, received 0x00000d03",
                        lambda tmp, wing: mnist(tmp / "data", magic=0xd03)),
    "other counts": Case(MNIST, "{tmp}/data/train-labels-idx1-ubyte.gz: expected 4 labels",
                         lambda tmp, wing: mnist(tmp / "data", labels=3)),
    "run_dir is a file": Case("", "--run_dir={tmp}/run: expected a folder, received a file",
                              lambda tmp, wing: (tmp / "run").write_text("")),
    "run_dir below a file": Case("--run_dir={tmp}/file/run", "--run_dir={tmp}/file/run: expected ",
                                 lambda tmp, wing: (tmp / "file").write_text("")),
    "foreign folder": Case("", "--run_dir={tmp}/run: expected a new or empty folder or a run, "
                           "received a folder that holds \"thesis.tex\"", foreign_folder),
    "another run": Case("--seed=2", "--run_dir={tmp}/run: holds another run: ",
                        lambda tmp, wing: run_of(wing, tmp / "run")),
    "run of the other wing": Case("", "wing is \"{other}\" there, \"{wing}\" here",
                                  lambda tmp, wing: run_of(other(wing), tmp / "run")),
    "damaged config": Case("", "{tmp}/run/config.json: expected the JSON of a run", damaged_config),
    "warm start from nowhere": Case("--warm_start={tmp}/none", "--warm_start={tmp}/none: expected "
                                    "a run directory, or a checkpoint without its ending such as "
                                    "model.ckpt-2000, received a path that does not exist"),
    "warm start from a folder": Case("--warm_start={tmp}", "received a folder that is no run"),
    "warm start from another model": Case(
        "--model=mlp_gan --warm_start={tmp}/a", "--warm_start={tmp}/a: expected a run of "
        "--model=mlp_gan, received one of vae", lambda tmp, wing: run_of(wing, tmp / "a")),
    "warm start from a new run": Case(
        "--warm_start={tmp}/a", "--warm_start={tmp}/a: expected a run with a checkpoint, received "
        "one that has written none", lambda tmp, wing: run_of(other(wing), tmp / "a")),
    "warm start from the same run": Case(
        "--overwrite --warm_start={tmp}/run", "--warm_start={tmp}/run: expected another run than",
        lambda tmp, wing: stored(run_of(wing, tmp / "run"), "checkpoints/ckpt-3")),
    "warm start from foreign variables": Case(
        "--warm_start={tmp}/m.ckpt-3", "--warm_start={tmp}/m.ckpt-3: expected a checkpoint with "
        "variables such as decoder/hidden1/bias, received one with others such as conv/weights",
        lambda tmp, wing: stored(tmp, "m.ckpt-3", "conv/weights")),
    "warm start with another shape": Case(
        "--warm_start={tmp}/m", "--warm_start={tmp}/m: expected decoder/output/bias of shape [784],"
        " received [300]", lambda tmp, wing: stored(tmp, "m")),
    "warm start from a torn checkpoint": Case(
        "--warm_start={tmp}/m", "--warm_start={tmp}/m: expected a whole checkpoint, received 1 "
        "that cannot be read (", lambda tmp, wing: saved_variables().cut_short(
            stored(tmp, "m", size=784))),
    "warm start scopes that hold nothing": Case(
        "--warm_start={tmp}/m --warm_start_scopes=decoder,enc", "--warm_start_scopes=decoder,enc: "
        "expected scopes of the model's variables (decoder, encoder, or below these), received "
        "\"enc\", which holds none", lambda tmp, wing: stored(tmp, "m")),
    "warm start scopes alone": Case("--warm_start_scopes=encoder", "--warm_start_scopes=encoder: "
                                    "expected with --warm_start, received without it"),
    "freeze that holds nothing": Case("--freeze=hidden1", "--freeze=hidden1: expected scopes of "
                                      "the model's variables (decoder, encoder, or below these)"),
    "freeze of everything": Case("--freeze=encoder,decoder", "--freeze=decoder,encoder: expected a "
                                 "variable left to the update that follows the loss \"vae\""),
    "freeze of a network": Case("--model=mlp_gan --freeze=generator", "--freeze=generator: "
                                "expected a variable left to the update that follows the loss "
                                "\"generator\", received none"),
    "freeze in no form": Case("--freeze=encoder/", "--freeze=encoder/: expected scopes such as "),
}
SAMPLING = {
    "missing run_dir": Case("", "--run_dir: expected folder of a run", base=()),
    "no such folder": Case("", "--run_dir={tmp}/run: expected a run directory, received a path "
                           "that does not exist"),
    "folder without a run": Case("", "--run_dir={tmp}/run: expected a run directory, received a "
                                 "folder without config.json", foreign_folder),
    "damaged config": Case("", "{tmp}/run/config.json: expected the JSON of a run", damaged_config),
    "run of the other wing": Case("", "--run_dir={tmp}/run: expected a run of {wing}.train, "
                                  "received {other}.train's",
                                  lambda tmp, wing: run_of(other(wing), tmp / "run")),
    "output is no png": Case("--output={tmp}/grid.jpg", "--output={tmp}/grid.jpg: expected a file "
                             "name that ends in .png", lambda tmp, wing: run_of(wing, tmp / "run")),
    "output in no folder": Case("--output={tmp}/none/grid.png", "--output={tmp}/none/grid.png: "
                                "expected a file in an existing folder",
                                lambda tmp, wing: run_of(wing, tmp / "run")),
    "flag of training": Case("--model=vae", "'model'"),
    "positional argument": Case("run", "expected flags only, received 'run'"),
}
for _name, (_expected, _prepare) in FOREIGN_CONFIGS.items():
    _line = "{tmp}/run/config.json: "
    TRAINING[_name] = Case("", _line, _prepare)
    TRAINING["warm start from a " + _name] = Case(
        "--run_dir={tmp}/new --warm_start={tmp}/run", _line, _prepare)
    SAMPLING[_name] = Case("", _line, _prepare)
CASES = {"train": TRAINING, "sample": SAMPLING}


def other(wing):
    return "modern" if wing == "legacy" else "legacy"


def prepare(binary, name, tmp_path, wing):
    """Makes the files of a case; gives its arguments and a part of the line."""
    case = CASES[binary][name]
    if case.prepare:
        case.prepare(tmp_path, wing)
    words = {"tmp": tmp_path, "wing": wing, "other": other(wing)}
    base = BASE[binary] if case.base is None else case.base
    arguments = [word.format(**words) for word in list(base) + case.arguments.split()]
    return arguments, case.expected.format(**words)
