"""The pairs that this project proves, by name: the only place where `parity` knows the wings.

Everything is "module:function", found on the path of the process that runs it, as a user's own
program is. `parity` works where these names mean something else.
"""

from typing import NamedTuple


class Case(NamedTuple):
    """A TensorFlow 1 program, its port, and what both are fed."""

    name: str
    legacy: str  # function (hparams, dtype) -> program
    modern: str
    legacy_training: str  # module with make_phases, initialize and run_step
    modern_training: str  # module with run_step
    hparams: str  # function (model, values) -> hyper-parameters
    model: str
    values: dict
    hparams_dict: str  # function (hparams) -> {name: value}
    batches: str  # function (hparams) -> function (seed, step) -> {batch key: array}
    samples: str  # function (hparams, seed) -> {"sample/<input>": array}
    steps: int = 200  # that are compared, unless others are asked for


def _case(model, batch_size=64, steps=200, **values):
    return Case(
        name="-".join([model] + [value if isinstance(value, str) else flag
                                 for flag, value in values.items()]),
        legacy=f"legacy.models.{model}:program",
        modern=f"modern.models.{model}:program",
        legacy_training="legacy.training",
        modern_training="modern.training",
        hparams="groundwork.hyperparameters:make",
        model=model,
        values=dict(values, batch_size=batch_size),
        hparams_dict="groundwork.hyperparameters:to_dict",
        batches="groundwork.data.batches:of_digits",
        samples="groundwork.data.batches:sample_batch",
        steps=steps)


def _tools_case(optimizer, schedule, tool, **numbers):
    """Training tools, on the smallest model, with numbers that matter within 50 steps."""
    case = _case("dense_gan", steps=50, optimizer=optimizer, schedule=schedule, **numbers)
    return case._replace(name=f"dense_gan-{optimizer}-{schedule}-{tool}")


CASES = {case.name: case for case in [
    _case("mlp_gan", variant="corrected"),
    _case("mlp_gan", variant="corrected", phases="alternating"),
    _case("mlp_gan", variant="as_written"),
    _case("vae", variant="corrected"),
    _case("vae", variant="as_written"),
    _case("bgd_gan", variant="corrected"),
    _case("bgd_gan", variant="corrected", phases="simultaneous"),
    _case("bgd_gan", variant="as_written"),
    _case("dense_gan", variant="corrected"),
    _case("dense_gan", variant="corrected", phases="alternating"),
    _case("dense_gan", variant="as_written"),
    _tools_case("momentum", "exponential", "clip", decay_steps=7, decay_rate=0.8,
                gradient_clip_norm=0.3, gradient_clip_value=0.1),
    _tools_case("rmsprop", "step", "penalties", decay_steps=20, decay_rate=0.5, l1=1e-3, l2=1e-2),
    _tools_case("adagrad", "plateau", "accumulate", decay_steps=5, decay_rate=0.5, patience=1,
                accumulate_steps=2),
    _tools_case("adam_d0", "linear", "average", decay_steps=40, ema_decay=0.9),
    _tools_case("adam_d3", "constant", "label_smoothing", label_smoothing=0.1),
    _tools_case("rmsprop_d3", "exponential", "freeze", decay_steps=7, decay_rate=0.8,
                freeze="discriminator/hidden"),
    # A step is five updates of the critic.
    _case("wgan", steps=20),
    _case("wgan", steps=20, gradient_penalty=10.0),
    # Convolutions on one thread, without oneDNN, take seconds a step.
    _case("wgan", batch_size=8, steps=10, networks="dcgan", n_critic=2),
    _case("dcgan", batch_size=8, steps=10),
    _case("dcgan", batch_size=8, steps=10, architecture="d2", generator_loss="gat"),
]}
