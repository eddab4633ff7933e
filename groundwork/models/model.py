"""Base of the models' declarations: hyper-parameters, document, variants, inputs of a batch.

A model is one frozen dataclass in a file of its own; `groundwork.models` lists them. Its batches
are declared here because they are made where no TensorFlow runs.
"""

from typing import Union

from groundwork import accepted
from groundwork import optimizers
from groundwork import schedules
from groundwork.errors import UsageError
from groundwork.fields import hyperparameter

Optimizer = Union[tuple(optimizers.OPTIMIZERS.values())]
Schedule = Union[tuple(schedules.SCHEDULES.values())]

# The input from which dropout masks are drawn: two int32, one pair a batch.
MASK_SEED = "mask_seed"
# The inputs by which image pools choose, as `groundwork.data.pools` draws them, of each domain.
POOL_INPUTS = ("pool_reads_a", "pool_writes_a", "pool_reads_b", "pool_writes_b")

# Kinds of examples, by which samples are drawn.
IMAGES, NUMBERS, CURVES, TEXT = "images", "numbers", "curves", "text"


class Model:
    """Base of the models' hyper-parameters.

    Attributes:
      document: where the model is described.
      variant_defaults: `{variant: {flag: default}}` where a variant has other defaults.
      replaced_flags: `{flag: the flag that replaces it}`, of which one only may be given.
      image_shape: [height, width] or [height, width, channels]; () of a model of numbers;
        [steps, features] of curves and of text.
      sample_count: images, or numbers, of a grid of samples.
      second_domain: --dataset_b unless it is given; "" of a model of one domain.
      paired: True where an image of the second domain belongs to each of the first.
      grid_columns: images a row of that grid; None for a grid as near to square as can be.
      weights_per_noise: weights for each number of the noise, of the code, or of the class.
      weights_of_filters: weights that the number of filters asks for, at least.
      kept_images: generated images that are a state of the program.
      discriminator_learning_rate: of a model with two rates, the discriminator's.
    """

    document = ""
    variant_defaults = {}
    replaced_flags = {}
    image_shape = (28, 28)
    sample_count = 64
    second_domain = ""
    paired = False
    grid_columns = None
    weights_per_noise = 0
    weights_of_filters = 0
    kept_images = 0
    discriminator_learning_rate = None

    def learning_rate(self, loss):
        """The rate, in step 0, of the update that follows a loss."""
        own = self.discriminator_learning_rate if loss == "discriminator" else None
        return own or self.optimizer.learning_rate

    @property
    def kind(self):
        """One of `IMAGES`, `NUMBERS`, `CURVES` and `TEXT`."""
        return IMAGES if self.image_shape else NUMBERS

    @property
    def alphabet(self):
        """The characters of a model of text by their numbers; "" of other models."""
        return ""

    @property
    def only_dataset(self):
        """The one data set that has this model's examples, or None where several have."""
        return None

    def repeats(self, phase):
        """Times that a phase, or the update that bears its name, is run in one training step."""
        return 1

    def phase_inputs(self):
        """`{phase: {input: shape of one example}}`, in the order of the updates."""
        raise NotImplementedError

    def sample_inputs(self):
        """`{input: shape of one example}` of what images are generated from."""
        raise NotImplementedError

    def batch_inputs(self):
        """`{"<phase>": {input: shape}}` of all batches of a step, each drawn on its own.

        A phase that takes several, because it is repeated or because their gradients are
        accumulated, has the keys "<phase>/0", "<phase>/1" and so on.
        """
        batches = {}
        for phase, inputs in self.phase_inputs().items():
            count = self.repeats(phase) * self.options.accumulate_steps
            keys = [phase] if count == 1 else ["{}/{}".format(phase, i) for i in range(count)]
            batches.update((key, inputs) for key in keys)
        return batches

    def check(self):
        """Refuses hyper-parameters that do not go together, by a UsageError."""


class ClassGrid:
    """A model that generates images of a wanted class: a grid of samples has a row a class.

    The hyper-parameters hold `class_count`.
    """

    grid_columns = 8

    @property
    def sample_count(self):
        """One row a class."""
        return self.grid_columns * self.class_count


class Gan(Model):
    """A generator fed noise and a discriminator fed images; as written, neither D3 nor D4 shows D a
    real image.

    The hyper-parameters hold `phases` and `noise_size`.
    """

    real_images_as_written = False
    variant = "corrected"  # a model with the document's own mathematics, too, has a flag
    label_smoothing = 0.0  # a model whose losses have smoothed labels has a flag

    @property
    def noise_shape(self):
        """Shape of the noise of one example."""
        return (self.noise_size,)

    def phase_inputs(self):
        generator = {"noise": self.noise_shape}
        discriminator = dict(generator)
        if self.variant == "corrected" or self.real_images_as_written:
            discriminator["images"] = self.image_shape or (1,)
        if self.phases == "simultaneous":
            return {"joint": discriminator}
        return {"generator": generator, "discriminator": discriminator}

    def sample_inputs(self):
        return {"noise": self.noise_shape}

    def check(self):
        self.refuse_smoothing("variant", "as_written", "whose losses are the document's")

    def refuse_smoothing(self, flag, value, why):
        """Refuses smoothed labels where the losses with --flag=value have none."""
        if self.label_smoothing and getattr(self, flag) == value:
            raise UsageError("--label_smoothing={}: expected none with --{}={}, {}".format(
                self.label_smoothing, flag, value, why))


def variant():
    """The field --variant."""
    return hyperparameter("corrected", "corrected, or as_written: the document's own mathematics",
                          accepted.one_of(("corrected", "as_written")))


def phases(default):
    """The field --phases."""
    return hyperparameter(
        default, "simultaneous: both gradients from one pass; alternating: generator, then "
        "discriminator", accepted.one_of(("simultaneous", "alternating")))


def batch_size(default):
    """The field --batch_size; None: the whole data set."""
    return hyperparameter(default, "images a phase, or full for the whole data set (D0 §3.3)",
                          accepted.BATCH_SIZE)


def noise_size(default=100):
    """The field --noise_size."""
    return hyperparameter(
        default, "width of a GAN generator's noise (D0, D1, D4)", accepted.COUNT)


def class_count():
    """The field --class_count."""
    return hyperparameter(
        10, "classes of the labels, or of InfoGAN's categorical code", accepted.COUNT)


def label_smoothing():
    """The field --label_smoothing."""
    return hyperparameter(
        0.0, "D's label of real images is 1 minus this (Salimans et al. 2016)", accepted.FRACTION)


def discriminator_learning_rate(default):
    """The field --discriminator_learning_rate; --learning_rate is the generator's then."""
    return hyperparameter(
        default, "step size of D, where it is not G's (Heusel et al. 2017: two time scales)",
        accepted.POSITIVE)


def weight_clip(default):
    """The field --weight_clip; None: no bound."""
    return hyperparameter(
        default, "bound of D's kernels and biases after each of its updates (D1 §3.3)",
        accepted.POSITIVE)
