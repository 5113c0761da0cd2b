"""How high a shoe stands: overall, around the ankle, over the toes; from its outline seen from the side."""

from collections.abc import Mapping

import numpy as np

from lookscape.catalogue.measuring import Outline, Subject

SIDE_VIEW = True

UNITS: Mapping[str, str] = {
    "shape.height_to_width": "highest point above the ground, in shoe lengths",
    "shape.ankle_height": "height of the opening's rim above the ground, in shoe lengths",
    "shape.heel_height": "height of the back of the heel above the ground, in shoe lengths",
    "shape.toe_height": "height of the toe box above the ground, a tenth of the length behind the tip, in shoe lengths",
}

# Stretches of the length, from heel (0) to toe (1). The tongue and laces stand in front of the rim.
_RIM, _HEEL, _TOE = (0.08, 0.30), (0.03, 0.10), (0.87, 0.93)


def measure(subject: Subject) -> dict[str, float | str]:
    """Heights of the upper edge above the ground."""
    outline = subject.outline
    return {
        "shape.height_to_width": float(outline.top.max()),
        "shape.ankle_height": ankle_height(outline),
        "shape.heel_height": _height(outline, _HEEL),
        "shape.toe_height": _height(outline, _TOE),
    }


def ankle_height(outline: Outline) -> float:
    """Of the opening's rim, in shoe lengths above the ground."""
    return _height(outline, _RIM)


def _height(outline: Outline, stretch: tuple[float, float]) -> float:
    """The median over a stretch, so that a loop or a lace end does not count."""
    return float(np.median(outline.top[outline.stretch(*stretch)]))
