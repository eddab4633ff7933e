"""The project's own pairs: command line of the program, function that builds the port, steps."""

from typing import NamedTuple

from parity import command_line

# Packages of the programs.
PACKAGES = ("legacy", "groundwork")
# Modules that all programs import, which takes longer than most of their training does.
MODULES = ("legacy.training",)

# Seconds until the recorders of a core have started.
START = 3.0
# Seconds of a case that do not depend on its steps.
_LEAST = 4.0


class Case(NamedTuple):
    """A TensorFlow 1 program and its port.

    Attributes:
      name: its name for `--case` and in reports.
      legacy: words of the program's command line; "{folder}" stands for an empty folder.
      modern: "module:function" that returns the port.
      arguments: `{name: value}`, arguments of that function.
      steps: the number of steps to capture, unless `--steps` asks for another.
      seconds: its processor seconds with these steps in one run of all cases, without `START`.
    """

    name: str
    legacy: tuple
    modern: str
    arguments: dict
    steps: int = 200
    seconds: float = 5.0

    def of_steps(self, steps):
        """The case with another number of steps, and its seconds in proportion."""
        return self._replace(steps=steps, seconds=_LEAST + (
            max(self.seconds - _LEAST, 0.0) * steps / self.steps))

    @property
    def model(self):
        """The model's name, by which `--model` takes all of its cases."""
        return self.arguments["model"]


def _case(seconds, model, batch_size=64, steps=200, **values):
    """The `Case` of a model; `values` are flags of `legacy.train`, and name the case."""
    flags = dict(values, model=model, batch_size=batch_size)
    return Case(
        name="-".join([model] + [value if isinstance(value, str) else flag
                                 for flag, value in values.items()]),
        legacy=("-m", "legacy.train", "--parity_mode", "--run_dir={folder}/run",
                *(f"--{flag}={value}" for flag, value in flags.items())),
        modern="modern.port:build",
        arguments=flags,
        steps=steps,
        seconds=seconds)


def _options_case(optimizer, schedule, option, **numbers):
    """The `Case` of training options on the smallest model, with numbers that act in 50 steps."""
    case = _case(5, "dense_gan", steps=50, optimizer=optimizer, schedule=schedule, **numbers)
    return case._replace(name=f"dense_gan-{optimizer}-{schedule}-{option}")


def _small_translation(seconds, model, **values):
    """The `Case` of a model that translates images, of small ones by small networks."""
    case = _case(seconds, model, batch_size=2, steps=5, image_format="16x16", filters=4, **values)
    words = [value for value in values.values() if isinstance(value, str)]
    return case._replace(name="-".join([model, *words]))


CASES = {case.name: case for case in [
    # The longest cases come first, so that none of them is left for one core alone.
    # Convolutions on one thread, without oneDNN, take seconds a step.
    _case(35, "wgan", batch_size=8, steps=10, networks="dcgan", n_critic=2),
    _case(32, "dcgan", batch_size=8, steps=10),
    _case(42, "dcgan", batch_size=8, steps=10, architecture="d2", generator_loss="gat"),
    _case(30, "attention_gan", batch_size=8, steps=10),
    _case(30, "attention_gan", batch_size=8, steps=10, image_size=64, phases="simultaneous"),
    _case(28, "mlp_gan", variant="corrected"),
    _case(25, "mlp_gan", variant="corrected", phases="alternating"),
    # A step is five updates of the critic.
    _case(22, "wgan", steps=20, gradient_penalty=10.0),
    _case(17, "wgan", steps=20),
    _case(18, "mlp_gan", variant="as_written"),
    _case(30, "recurrent_gan", batch_size=8, steps=20),
    _case(30, "recurrent_gan", batch_size=8, steps=20, attention="steps"),
    _case(18, "recurrent_gan", batch_size=8, steps=10, sequence="sines"),
    _small_translation(16, "cycle_gan", residual_blocks=1, pool_size=4),
    _small_translation(12, "cycle_gan", translator="unet", pool_size=4),
    _small_translation(10, "multimodal_gan"),
    _case(9, "vae", variant="corrected"),
    _case(9, "vae", variant="as_written"),
    _case(8, "bgd_gan", variant="corrected"),
    _case(8, "bgd_gan", variant="corrected", phases="simultaneous"),
    _case(7, "bgd_gan", variant="as_written"),
    _case(5, "dense_gan", variant="corrected"),
    _case(5, "dense_gan", variant="corrected", phases="alternating"),
    _case(5, "dense_gan", variant="as_written"),
    _case(28, "conditional_gan"),
    _case(35, "conditional_gan", batch_size=8, steps=10, networks="dcgan"),
    _case(30, "info_gan"),
    _case(30, "info_gan", phases="alternating"),
    _options_case("momentum", "exponential", "clip", decay_steps=7, decay_rate=0.8,
                gradient_clip_norm=0.3, gradient_clip_value=0.1),
    _options_case("rmsprop", "step", "penalties", decay_steps=20, decay_rate=0.5, l1=1e-3, l2=1e-2),
    _options_case("adagrad", "plateau", "accumulate", decay_steps=5, decay_rate=0.5, patience=1,
                accumulate_steps=2),
    _options_case("adam_d0", "linear", "average", decay_steps=40, ema_decay=0.9),
    _options_case("adam_d3", "constant", "label_smoothing", label_smoothing=0.1),
    _options_case("rmsprop_d3", "exponential", "freeze", decay_steps=7, decay_rate=0.8,
                freeze="discriminator/hidden"),
]}
MODELS = list(dict.fromkeys(case.model for case in CASES.values()))


def chosen(names=None, models=None):
    """The cases of these names, and of these models; all where neither is given.

    Args:
      names, models: values of `--case` and `--model`, with commas between names, or None.

    Raises:
      UsageError: no case or model has a name.
    """
    if names is None and models is None:
        names = "all"
    named = set() if names is None else _known("case", names, ["all", *CASES])
    owners = set() if models is None else _known("model", models, MODELS)
    return [case for case in CASES.values()
            if named & {"all", case.name} or case.model in owners]


def _known(flag, names, known):
    """The set of names in a flag's value; raises UsageError for an unknown one."""
    found = set(names.split(","))
    if not found <= set(known):
        hint = "; --model takes all pairs of a model" if found & set(MODELS) else ""
        raise command_line.UsageError(f"--{flag}={names}: expected {', '.join(known)}{hint}")
    return found
