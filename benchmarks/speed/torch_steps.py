"""The older models in PyTorch, eager or compiled, with the optimisers that PyTorch fuses."""

import functools
import importlib
import os
import tempfile

import torch

from benchmarks.speed.torch_models import layers


def optimizer(parameters, hparams):
    """The optimiser of a network; RMSprop is not fused, its updates are grouped."""
    rate = hparams["learning_rate"]
    if hparams["optimizer"] == "adam":
        return torch.optim.Adam(parameters, rate, betas=(hparams["beta1"], hparams["beta2"]),
                                eps=hparams["epsilon"], fused=True)
    if hparams["optimizer"] == "sgd":
        return torch.optim.SGD(parameters, rate, fused=True)
    made = torch.optim.RMSprop(
        parameters, rate, alpha=hparams["decay"], eps=hparams["epsilon"], foreach=True)
    for parameter in parameters:  # from one, as `tf.train` has it
        made.state[parameter] = {"step": torch.zeros(()), "square_avg": torch.ones_like(parameter)}
    return made


def gradients(losses, networks, phase, inputs):
    """Losses and gradients of one phase from one pass, `[(network, loss, gradients)]`."""
    found = []
    for name, loss in losses(networks, phase, inputs).items():
        given = torch.autograd.grad(loss, list(networks[name].parameters()), retain_graph=True)
        found.append((name, loss.detach(), given))
    return found


class Steps:
    """Training steps of a model on `{"<phase>": {input: tensor}}`."""

    def __init__(self, hparams, compiled, seed=1):
        """Args:
          hparams: dictionary of the hyper-parameters.
          compiled: whether forward and backward passes are compiled, by `torch.compile`.
        """
        model = importlib.import_module("benchmarks.speed.torch_models." + hparams["model"])
        self._networks = model.networks(hparams)
        layers.initialize(self._networks, seed)
        self._optimizers = {name: optimizer(list(network.parameters()), hparams)
                            for name, network in self._networks.items()}
        self._clip = hparams.get("weight_clip")
        self._gradients = functools.partial(gradients, model.losses, self._networks)
        if compiled:  # both passes as one graph, in which nothing is computed twice or for nobody
            torch._dynamo.config.trace_autograd_ops = True
            self._gradients = torch.compile(self._gradients, fullgraph=True)

    def __call__(self, batch):
        """Takes one step; `{(phase, network): loss}`."""
        losses = {}
        for phase, inputs in batch.items():
            for name, loss, given in self._gradients(phase.split("/")[0], inputs):
                self._update(name, given)
                losses[phase, name] = loss.item()
        return losses

    def _update(self, name, given):
        parameters = list(self._networks[name].parameters())
        for parameter, gradient in zip(parameters, given):
            parameter.grad = gradient
        self._optimizers[name].step()
        if name == "discriminator" and self._clip:
            with torch.no_grad():
                torch._foreach_clamp_min_(parameters, -self._clip)
                torch._foreach_clamp_max_(parameters, self._clip)


class Batches:
    """Random rows of as many images as the data set has, and draws of all else.

    The images are noise, as PyTorch's interpreter need not be able to read the data set: what
    images show changes no time.
    """

    def __init__(self, settings):
        """Args:
          settings: as `settings.of` makes them.
        """
        self._inputs = settings["inputs"]
        self._rows = settings["batch_size"]
        shape = next(inputs["images"] for inputs in self._inputs.values() if "images" in inputs)
        self._images = 2 * torch.rand(settings["images"], *shape) - 1

    def __call__(self):
        """The next `{"<phase>": {input: tensor}}`."""
        return {phase: {name: self._draw(name, shape) for name, shape in inputs.items()
                        if name != "mask_seed"}
                for phase, inputs in self._inputs.items()}

    def _draw(self, name, shape):
        if name != "images":
            return torch.randn(self._rows, *shape)
        if self._rows == len(self._images):
            return arranged(self._images)
        return arranged(self._images[torch.randint(len(self._images), (self._rows,))])


def arranged(images):
    """Images [batch, height, width, channels] with channels first, all others flat; views."""
    return images.permute(0, 3, 1, 2) if images.ndim == 4 else images.flatten(1)


def run(kind, settings, pace):
    """Trains until the pace ends it; `kind` is "torch_eager" or "torch_compile"."""
    with tempfile.TemporaryDirectory() as folder:
        # What an earlier run compiled would make a first step of this one too short.
        os.environ["TORCHINDUCTOR_CACHE_DIR"] = folder
        steps = Steps(settings["hparams"], compiled=kind == "torch_compile")
        batches = Batches(settings)
        pace.run(lambda unused_step: steps(batches()))
