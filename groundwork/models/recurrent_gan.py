"""Hyper-parameters of the recurrent GAN (D3 §2; Esteban, Hyland & Rätsch 2017)."""

import dataclasses
from typing import Optional

from groundwork import accepted
from groundwork import optimizers
from groundwork import schedules
from groundwork.data import lines
from groundwork.data import sine_waves
from groundwork.fields import hyperparameter
from groundwork.models import model
from groundwork.training_options import TrainingOptions


@dataclasses.dataclass(frozen=True)
class RecurrentGan(model.Gan):
    """Named in D3 §2, RGAN. Units, width of the noise and batch size are those of Esteban et al.
    2017 as their code has them (`hidden_units_g`, `hidden_units_d`, `latent_dim`, `batch_size`).

    They train D by gradient descent of rate 0.1 and G by Adam; here both networks have one rule,
    Adam with D0's numbers (our choice). Sequences of text are our choice, too, and so is attention
    (Zhang et al. 2019), with which each step sees those that follow it.
    """

    sequence: str = hyperparameter(
        "rows", "sequences of recurrent_gan: the rows of images, sine waves (sines), or lines of "
        "text, one character a step", accepted.one_of(("rows", "sines", "text")))
    phases: str = model.phases("alternating")
    batch_size: Optional[int] = model.batch_size(28)
    noise_size: int = model.noise_size(5)
    hidden_units: int = hyperparameter(
        100, "units of each LSTM of recurrent_gan", accepted.COUNT)
    attention: str = hyperparameter(
        "none", "self-attention of recurrent_gan after each LSTM: none, or over all steps of a "
        "sequence (steps)", accepted.one_of(("none", "steps")))
    line_length: int = hyperparameter(
        16, "characters of a line of recurrent_gan's text; shorter lines end in blanks",
        accepted.COUNT)
    characters: str = hyperparameter(
        "abcdefghijklmnopqrstuvwxyz", "the characters of recurrent_gan's text beside the blank",
        lines.CHARACTERS)
    label_smoothing: float = model.label_smoothing()
    optimizer: model.Optimizer = optimizers.Adam(learning_rate=2e-4, beta1=0.5)
    schedule: model.Schedule = schedules.Constant()
    options: TrainingOptions = TrainingOptions()

    document = "D3 §2; Esteban et al. 2017"

    @property
    def image_shape(self):
        """[steps, features] of a sequence: of an image its rows, of a line one-hot characters."""
        return {"rows": (28, 28),
                "sines": (sine_waves.LENGTH, 1),
                "text": (self.line_length, len(self.alphabet))}[self.sequence]

    @property
    def alphabet(self):
        """As `Model.alphabet`."""
        return lines.BLANK + self.characters if self.sequence == "text" else ""

    @property
    def kind(self):
        """As `Model.kind`."""
        return {"rows": model.IMAGES, "sines": model.CURVES, "text": model.TEXT}[self.sequence]

    @property
    def only_dataset(self):
        """As `Model.only_dataset`."""
        return {"rows": None, "sines": "sine_waves", "text": "lines"}[self.sequence]

    @property
    def noise_shape(self):
        """[steps, noise_size]: noise of its own for each step."""
        return (self.image_shape[0], self.noise_size)

    @property
    def weights_per_noise(self):
        """Weights of the generator's four gates for each of their inputs."""
        return 4 * self.hidden_units
