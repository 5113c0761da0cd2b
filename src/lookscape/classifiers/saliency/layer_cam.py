"""LayerCAM: each place of each channel counts as much as its own gradient says, so that early layers work too.

Jiang et al., "LayerCAM: Exploring hierarchical class activation maps for localization" (TIP 2021), equations 5 and 6.
"""

from torch import Tensor

from lookscape.classifiers.explaining.heat_map import SaliencyInput, gradient_of_maps

TITLE = "LayerCAM"
WHAT = "Places where a stronger channel raises the class, finer than Grad-CAM in early layers."


def explain(inputs: SaliencyInput) -> Tensor:
    """B x h x w."""
    found_Bhw: Tensor = (gradient_of_maps(inputs).clamp(min=0) * inputs.maps_BCHW).sum(1).clamp(min=0)
    return found_Bhw
