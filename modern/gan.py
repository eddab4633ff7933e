"""A generator and a discriminator that are trained against each other."""

from modern import losses
from modern.phased_model import PhasedModel
from modern.program import gan_phases


class Gan(PhasedModel):
    """Base of the GANs: `make_networks` sets `generator` and `discriminator`.

    A phase is fed the inputs that its losses need, so that a generator's phase has no real images.
    """

    def call(self, noise):
        return self.generator(noise, training=False)

    def judge(self, images):
        """D's logits [batch, 1] on images [batch, ...]."""
        return self.discriminator(images)

    def logits(self, inputs):
        """`{kind: D's logits}` of the real images, where they are fed, and of generated ones."""
        logits = {"real": self.judge(inputs["images"])} if "images" in inputs else {}
        logits["generated"] = self.judge(self.generator(inputs["noise"], training=True))
        return logits

    def adversarial_losses(self, logits):
        """`{name: scalar}` of the losses that follow from D's logits."""
        return losses.adversarial_losses(logits, self.hparams.label_smoothing)

    def phase_losses(self, inputs):
        return self.adversarial_losses(self.logits(inputs))

    def display_metrics(self, inputs):
        return losses.mean_outputs(self.logits(inputs))

    def trained_variables(self):
        return {"generator": self.generator.trainable_variables,
                "discriminator": self.discriminator.trainable_variables}

    def post_update(self):
        """Follows each phase's assignments."""

    def phases(self):
        return gan_phases(self, self.post_update)
