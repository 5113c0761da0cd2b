"""What the parts of a shoe are made of: finishes, levels of relief, and tints of a colour."""

from collections.abc import Mapping

from lookscape.catalogue.rendering.drawing.canvas import RGB, Finish
from lookscape.catalogue.rendering.factors import Material

LEATHER = Finish(leather=1.0, sheen=0.35)
SUEDE = Finish(suede=1.0)
CLOTH = Finish(knit=0.35, sheen=0.08)
RUBBER = Finish(sheen=0.22)
METAL = Finish(gloss=0.7, sheen=0.6)
ELASTIC = Finish(knit=0.8)
MATT = Finish()

BODY: Mapping[Material, Finish] = {
    Material.LEATHER: LEATHER,
    Material.SUEDE: SUEDE,
    Material.MESH: Finish(mesh=1.0, sheen=0.06),
    Material.KNIT: Finish(knit=1.0),
    Material.PATENT: Finish(gloss=1.0, sheen=0.55),
}
# Mesh and knit are too soft for the parts that hold the shoe together.
OVERLAY: Mapping[Material, Finish] = {**BODY, Material.MESH: SUEDE, Material.KNIT: Finish(sheen=0.3)}

# Levels of relief, from the inside of the shoe outwards.
LINING, LOOP, TONGUE, UPPER, LAYER, SOLE, LACE = 44.0, 56.0, 70.0, 96.0, 9.0, 112.0, 124.0


def tint(rgb: RGB, factor: float) -> RGB:
    """Towards black for factors under 1, towards white above."""
    if factor <= 1:
        return (rgb[0] * factor, rgb[1] * factor, rgb[2] * factor)
    lift = factor - 1
    return (rgb[0] + lift * (255 - rgb[0]), rgb[1] + lift * (255 - rgb[1]), rgb[2] + lift * (255 - rgb[2]))


def thread(rgb: RGB, *, share: float) -> RGB:
    """The thread for a seam that should just show, darker on light and lighter on dark, at a share of its strength."""
    light = 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]
    return tint(rgb, 1 - 0.22 * share) if light > 110 else tint(rgb, 1 + 0.18 * share)
