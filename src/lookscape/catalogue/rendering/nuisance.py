"""How a product was photographed: what changes the pixels but not the product."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Strength = Literal["none", "mild", "wild"]


class Backdrop(StrEnum):
    """What stands behind the product."""

    WHITE = "white"
    TINT = "tint"
    GRADIENT = "gradient"
    CLUTTER = "clutter"


@dataclass(frozen=True, kw_only=True)
class Nuisance:
    """The view, the backdrop, the light and the file.

    `rotation` in degrees, counter-clockwise before mirroring; `scale` 1 fills 0.93 of the frame's width; `shift_x` and
    `shift_y` in frame widths; `background` is the hex of the backdrop, `scene` the seed of its clutter; `light_angle`
    in degrees from straight above, positive from the toe side; `light` multiplies exposure; `warmth` runs from -1
    (blue) to 1 (amber); `quality` is the JPEG quality.
    """

    facing: Literal["right", "left"] = "right"
    rotation: float = 0.0
    scale: float = 1.0
    shift_x: float = 0.0
    shift_y: float = 0.0
    backdrop: Backdrop = Backdrop.WHITE
    background: str = "#ffffff"
    scene: int = 0
    light_angle: float = -12.0
    light: float = 1.0
    warmth: float = 0.0
    quality: int = 95

    def attributes(self) -> dict[str, str]:
        """As strings, with names that start with `view_`."""
        return {
            "view_facing": self.facing,
            "view_rotation": f"{self.rotation:.2f}",
            "view_scale": f"{self.scale:.3f}",
            "view_shift_x": f"{self.shift_x:.4f}",
            "view_shift_y": f"{self.shift_y:.4f}",
            "view_backdrop": str(self.backdrop),
            "view_background": self.background,
            "view_scene": str(self.scene),
            "view_light_angle": f"{self.light_angle:.1f}",
            "view_light": f"{self.light:.3f}",
            "view_warmth": f"{self.warmth:.3f}",
            "view_quality": str(self.quality),
        }


def draw_nuisance(rng: np.random.Generator, *, strength: Strength) -> Nuisance:
    """One photographer's day: "none" is the canonical pose, "mild" a real catalogue, "wild" a flea market."""
    if strength == "none":
        return Nuisance()
    return _mild(rng) if strength == "mild" else _wild(rng)


def _hex(rgb: NDArray[np.float64]) -> str:
    return "#" + "".join(f"{int(part):02x}" for part in np.clip(np.round(rgb), 0, 255))


def _mild(rng: np.random.Generator) -> Nuisance:
    tint = rng.random() < 0.2
    grey = rng.uniform(243, 252) + rng.uniform(-1.0, 1.0, 3) if tint else np.full(3, 255.0)
    return Nuisance(
        facing="left" if rng.random() < 0.03 else "right",
        rotation=round(float(rng.normal(0.0, 0.8)), 2),
        scale=round(float(rng.uniform(0.94, 1.04)), 3),
        shift_x=round(float(rng.normal(0.0, 0.006)), 4),
        shift_y=round(float(rng.normal(0.0, 0.010)), 4),
        backdrop=Backdrop.TINT if tint else Backdrop.WHITE,
        background=_hex(grey),
        light_angle=round(float(rng.normal(-12.0, 10.0)), 1),
        light=round(float(rng.normal(1.0, 0.025)), 3),
        warmth=round(float(rng.normal(0.0, 0.12)), 3),
        quality=int(rng.integers(80, 97)),
    )


def _wild(rng: np.random.Generator) -> Nuisance:
    kinds = (Backdrop.TINT, Backdrop.GRADIENT, Backdrop.CLUTTER)
    # Painted walls and fabrics: most are nearer to grey than to a pure colour.
    grey, wall = rng.uniform(60, 235), rng.uniform(50, 245, 3)
    wall += rng.uniform(0.2, 0.9) * (grey - wall)
    return Nuisance(
        facing="left" if rng.random() < 0.5 else "right",
        rotation=round(float(rng.normal(0.0, 12.0)), 2),
        scale=round(float(rng.uniform(0.60, 1.08)), 3),
        shift_x=round(float(rng.normal(0.0, 0.035)), 4),
        shift_y=round(float(rng.normal(0.0, 0.05)), 4),
        backdrop=kinds[int(rng.choice(3, p=[0.25, 0.3, 0.45]))],
        background=_hex(wall),
        scene=int(rng.integers(1, 2**31)),
        light_angle=round(float(rng.normal(0.0, 40.0)), 1),
        light=round(float(rng.uniform(0.7, 1.15)), 3),
        warmth=round(float(rng.normal(0.0, 0.7)), 3),
        quality=int(rng.integers(30, 92)),
    )
