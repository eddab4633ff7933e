"""The models: one file and one dataclass of hyper-parameters each.

A default comes from the model's document; what that leaves open is chosen here and marked "our
choice". Flags, `--help`, start-up and tests are made from this table.
"""

from groundwork.models.attention_gan import AttentionGan
from groundwork.models.bgd_gan import BgdGan
from groundwork.models.conditional_gan import ConditionalGan
from groundwork.models.cycle_gan import CycleGan
from groundwork.models.dcgan import Dcgan
from groundwork.models.dense_gan import DenseGan
from groundwork.models.info_gan import InfoGan
from groundwork.models.mlp_gan import MlpGan
from groundwork.models.multimodal_gan import MultimodalGan
from groundwork.models.recurrent_gan import RecurrentGan
from groundwork.models.vae import Vae
from groundwork.models.wgan import Wgan

MODELS = {
    "mlp_gan": MlpGan,
    "vae": Vae,
    "bgd_gan": BgdGan,
    "dense_gan": DenseGan,
    "wgan": Wgan,
    "dcgan": Dcgan,
    "conditional_gan": ConditionalGan,
    "info_gan": InfoGan,
    "recurrent_gan": RecurrentGan,
    "attention_gan": AttentionGan,
    "cycle_gan": CycleGan,
    "multimodal_gan": MultimodalGan,
}
