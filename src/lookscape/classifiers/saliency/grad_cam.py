"""Grad-CAM: each channel counts as much as its gradient, averaged over the photo, says.

Selvaraju et al., "Grad-CAM: Visual explanations from deep networks via gradient-based localization" (ICCV 2017),
equations 1 and 2.
"""

from torch import Tensor

from lookscape.classifiers.explaining.heat_map import SaliencyInput, gradient_of_maps

TITLE = "Grad-CAM"
WHAT = "Channels that raise the class when they are stronger, where they are strong."


def explain(inputs: SaliencyInput) -> Tensor:
    """B x h x w."""
    weights_BC = gradient_of_maps(inputs).mean(dim=(2, 3))
    found_Bhw: Tensor = (weights_BC[:, :, None, None] * inputs.maps_BCHW).sum(1).clamp(min=0)
    return found_Bhw
