"""How light, colourful, contrasting and warm a product is as a whole: moments of its pixels in CIELAB."""

from collections.abc import Mapping

import numpy as np

from lookscape.catalogue.measuring import Subject

UNITS: Mapping[str, str] = {
    "tone.lightness": "mean CIELAB L*, 0 (black) to 100 (white)",
    "tone.saturation": "mean CIELAB chroma C*ab, 0 (grey) to about 100 (vivid)",
    "tone.contrast": "standard deviation of CIELAB L*, 0 (even) to 50",
    "tone.warmth": "mean CIELAB b*, below 0 blue, above 0 yellow",
    "tone.redness": "mean CIELAB a*, below 0 green, above 0 red",
}


def measure(subject: Subject) -> dict[str, float | str]:
    """Means and one deviation; contrast is the RMS contrast of Peli (1990), on L*."""
    light, red, yellow = (subject.colours[:, channel].astype(np.float64) for channel in range(3))
    return {
        "tone.lightness": float(light.mean()),
        "tone.saturation": float(np.hypot(red, yellow).mean()),
        "tone.contrast": float(light.std()),
        "tone.warmth": float(yellow.mean()),
        "tone.redness": float(red.mean()),
    }
