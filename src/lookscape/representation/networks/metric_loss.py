"""A loss that pulls photos of one class together and away from others, where they are compared by angle.

Normalised softmax: features and one proxy a class, both of length 1, and the cross entropy of their cosines over a
temperature (Zhai & Wu, "Classification is a strong baseline for deep metric learning", BMVC 2019; Wang et al.,
"NormFace", ACM MM 2017). On equal terms it does as well as losses of pairs and triplets (Musgrave, Belongie & Lim, "A
metric learning reality check", ECCV 2020), and it asks for no particular classes in a batch. A classifier's last layer
has a row for each class, which serve as the proxies.
"""

import torch
from torch import Tensor
from torch.nn import functional

TEMPERATURE = 0.05
"""As in the paper."""


def normalised_softmax(
    features_BD: Tensor,
    proxies_KD: Tensor,
    labels_B: Tensor,
    *,
    weights_K: Tensor | None = None,
    temperature: float = TEMPERATURE,
) -> Tensor:
    """The mean loss, a scalar in float32; `weights_K` lets classes count as in a weighted cross entropy."""
    with torch.autocast(features_BD.device.type, enabled=False):
        cosines_BK = functional.normalize(features_BD.float()) @ functional.normalize(proxies_KD.float()).T
        return functional.cross_entropy(cosines_BK / temperature, labels_B, weight=weights_K)
