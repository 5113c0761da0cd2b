"""Score-CAM: each channel counts as much as the class's chance when the photo is shown only where it is strong.

Wang et al., "Score-CAM: Score-weighted visual explanations for convolutional neural networks" (CVPR Workshops 2020).
No gradient is used. The paper asks the network once for each channel; here the NUM_CHANNELS channels that differ most
over the photo are asked, in batches: a channel that is the same everywhere shows the photo everywhere or nowhere.
"""

import torch
from torch import Tensor
from torch.nn import functional

from lookscape.classifiers.explaining.heat_map import SaliencyInput

TITLE = "Score-CAM"
WHAT = "Parts of the photo that are enough, shown alone, for the class; slower, and without gradients."

NUM_CHANNELS = 128
BATCH = 64


def explain(inputs: SaliencyInput) -> Tensor:
    """B x h x w."""
    return scored(inputs, num_channels=NUM_CHANNELS)


@torch.no_grad()
def scored(inputs: SaliencyInput, *, num_channels: int) -> Tensor:
    """The same with at most so many channels, 1 to C; all of them is the paper's."""
    found = [
        _one(inputs, place, num_channels=min(num_channels, inputs.maps_BCHW.shape[1]))
        for place in range(len(inputs.x_BCHW))
    ]
    return torch.stack(found)


def _one(inputs: SaliencyInput, place: int, *, num_channels: int) -> Tensor:
    maps_CHW, photo_CHW = inputs.maps_BCHW[place].float(), inputs.x_BCHW[place]
    lowest_C, highest_C = maps_CHW.flatten(1).amin(1), maps_CHW.flatten(1).amax(1)
    chosen_C = maps_CHW.flatten(1).std(1).topk(num_channels).indices
    chosen_C = chosen_C[highest_C[chosen_C] > lowest_C[chosen_C]]
    weights = []
    for part_C in torch.split(chosen_C, BATCH):
        range_C = (highest_C - lowest_C)[part_C, None, None]
        masks_CHW = (maps_CHW[part_C] - lowest_C[part_C, None, None]) / range_C
        large_C1HW = functional.interpolate(
            masks_CHW[:, None], size=photo_CHW.shape[1:], mode="bilinear", align_corners=False
        )
        chances_CK = inputs.logits(large_C1HW * photo_CHW).softmax(1)
        weights.append(chances_CK[:, inputs.target_B[place]])
    if not weights:
        return maps_CHW.new_zeros(maps_CHW.shape[1:])
    return (torch.cat(weights)[:, None, None] * maps_CHW[chosen_C]).sum(0).clamp(min=0)
