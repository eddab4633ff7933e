"""Models on the networks of `mlp_gan` or of `dcgan`."""

from groundwork import accepted
from groundwork.fields import hyperparameter
from groundwork.models.dcgan import Dcgan
from groundwork.models.mlp_gan import MlpGan

_OWNERS = {"mlp": MlpGan, "dcgan": Dcgan}


class OtherNetworks:
    """A model whose hyper-parameters hold `networks`: images and sizes are those of the owner."""

    @property
    def image_shape(self):
        """Shape of the owner's images."""
        return _OWNERS[self.networks].image_shape

    @property
    def weights_per_noise(self):
        """Those of the owner."""
        return _OWNERS[self.networks]().weights_per_noise


def networks():
    """The field --networks."""
    return hyperparameter("mlp", "networks: those of mlp_gan (mlp) or of dcgan (dcgan)",
                          accepted.one_of(tuple(_OWNERS)))
