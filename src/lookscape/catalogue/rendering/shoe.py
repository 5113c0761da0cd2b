"""A shoe put together from its factors: paints every part onto a canvas, back to front."""

import numpy as np

from lookscape.catalogue.rendering import lacing
from lookscape.catalogue.rendering.brands import BRANDS
from lookscape.catalogue.rendering.canvas import Canvas, Finish, Paint
from lookscape.catalogue.rendering.curves import Curve, dashes, disc, lengths, offset, part, ribbon
from lookscape.catalogue.rendering.factors import Construction, Factors, Material, Pattern, SoleShape
from lookscape.catalogue.rendering.last import Last, build_last
from lookscape.catalogue.rendering.marks import MARKS
from lookscape.catalogue.rendering.panels import Block, Panel, cut
from lookscape.catalogue.rendering.sole import Sole, build_sole

RGB = tuple[float, float, float]

_LEATHER = Finish(leather=1.0, sheen=0.35)
_SUEDE = Finish(suede=1.0)
_CLOTH = Finish(knit=0.35, sheen=0.08)
_RUBBER = Finish(sheen=0.22)
_METAL = Finish(gloss=0.7, sheen=0.6)

BODY: dict[Material, Finish] = {
    Material.LEATHER: _LEATHER,
    Material.SUEDE: _SUEDE,
    Material.MESH: Finish(mesh=1.0, sheen=0.06),
    Material.KNIT: Finish(knit=1.0),
    Material.PATENT: Finish(gloss=1.0, sheen=0.55),
}
# Mesh and knit are too soft for the parts that hold the shoe together.
OVERLAY: dict[Material, Finish] = {**BODY, Material.MESH: _SUEDE, Material.KNIT: Finish(sheen=0.3)}

_LOOPED = {Construction.CHELSEA, Construction.WORK, Construction.RUNNER}
_LINING, _TONGUE, _BODY, _LAYER, _SOLE = 44.0, 70.0, 96.0, 9.0, 112.0


def shade(rgb: RGB, factor: float) -> RGB:
    """Towards black for factors under 1, towards white above."""
    if factor <= 1:
        return (rgb[0] * factor, rgb[1] * factor, rgb[2] * factor)
    lift = factor - 1
    return (rgb[0] + lift * (255 - rgb[0]), rgb[1] + lift * (255 - rgb[1]), rgb[2] + lift * (255 - rgb[2]))


def contrast(rgb: RGB) -> RGB:
    """The thread a maker would choose for a seam that should just show."""
    light = 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]
    return shade(rgb, 0.80) if light > 110 else shade(rgb, 1.16)


class Shoe:
    """The geometry of one product, and how to paint it."""

    def __init__(self, factors: Factors) -> None:
        self.factors = factors
        self.sole: Sole = build_sole(factors)
        self.last: Last = build_last(factors, self.sole)
        self.laced = factors.construction is not Construction.CHELSEA
        self.tongue = lacing.tongue(self.last) if self.laced else None

    def bounds(self) -> tuple[float, float, float, float]:
        """Left, bottom, right and top in shoe lengths."""
        curves = [self.last.outline, self.sole.midsole, *([self.tongue] if self.tongue is not None else [])]
        points = np.concatenate(curves)
        left, right = points[:, 0].min(), points[:, 0].max()
        return float(left), 0.0, float(right), float(points[:, 1].max()) + 0.004

    def paint(self, canvas: Canvas) -> None:
        """Every part, back to front."""
        self._paint_opening(canvas)
        self._paint_upper(canvas)
        if self.laced:
            self._paint_laces(canvas)
        self._paint_sole(canvas)

    def _paint_opening(self, canvas: Canvas) -> None:
        factors = self.factors
        canvas.fill(lacing.lining(self.last), Paint(shade(factors.tongue.rgb, 0.74), _CLOTH, _LINING))
        if factors.construction in _LOOPED:
            canvas.fill(lacing.pull_loop(self.last), Paint(factors.accent.rgb, _CLOTH, _LINING + 12))
        if self.tongue is None:
            return
        finish = OVERLAY[factors.material] if factors.material is not Material.MESH else BODY[Material.MESH]
        canvas.fill(self.tongue, Paint(factors.tongue.rgb, finish, _TONGUE))

    def _role(self, role: str) -> RGB:
        colour = {"upper": self.factors.upper, "panel": self.factors.panel, "accent": self.factors.accent}[role]
        return colour.rgb

    def _paint_upper(self, canvas: Canvas) -> None:
        factors = self.factors
        body = BODY[factors.material]
        printed = Finish(**{**body.__dict__, "printed": factors.pattern is not Pattern.PLAIN})
        canvas.fill(self.last.outline, Paint(factors.upper.rgb, printed, _BODY))
        self._paint_perforation(canvas)
        panels = cut(Block(factors, self.last, self.sole))
        panels.sort(key=lambda panel: panel.over_mark)
        under = sum(not panel.over_mark for panel in panels)
        for level, panel in enumerate(panels):
            if level == under:
                self._paint_mark(canvas)
            self._paint_panel(canvas, panel, level=level)

    def _paint_panel(self, canvas: Canvas, panel: Panel, *, level: int) -> None:
        rgb = self._role(panel.role)
        relief = _BODY + _LAYER * min(panel.layers, 1) + 1.5 * level + 4 * max(0, panel.layers - 1)
        gore = panel.layers == 0
        canvas.fill(
            panel.outline,
            Paint(rgb, Finish(knit=0.8) if gore else OVERLAY[self.factors.material], relief if not gore else _BODY - 6),
        )
        thread = Paint(contrast(rgb), Finish(), relief)
        for seam in panel.seams:
            run = lengths(seam)[-1]
            inside = offset(part(seam, 0.014 / run, 1 - 0.014 / run, samples=40), -0.0085)
            stitches = dashes(inside, length=0.0085, gap=0.0045, width=0.0028)
            canvas.fill(stitches, thread)

    def _paint_perforation(self, canvas: Canvas) -> None:
        if self.factors.construction is not Construction.COURT or self.factors.material is Material.MESH:
            return
        holes = []
        for row, x in enumerate(np.arange(0.735, 0.845, 0.021)):
            for k in range(3):
                y = self.sole.height(np.array([x]))[0] + 0.103 + 0.017 * k - 0.05 * (x - 0.735) + 0.008 * (row % 2)
                if y < np.interp(x, self.last.toe[:, 0], self.last.toe[:, 1]) - 0.022:
                    holes.append(disc((x, y), 0.0042, sides=8))
        canvas.fill(holes, Paint(shade(self.factors.upper.rgb, 0.35), Finish(), _BODY - 14))

    def _paint_mark(self, canvas: Canvas) -> None:
        mark = MARKS[BRANDS[self.factors.brand].mark]()
        centre = np.array((0.400, 0.128)) + (0.0, self.sole.height(np.array([0.40]))[0])
        size, tilt = 0.135, 0.10
        turn = np.array([[np.cos(tilt), np.sin(tilt)], [-np.sin(tilt), np.cos(tilt)]])
        outlines = [size * outline @ turn.T + centre for outline in mark]
        for outline in outlines:
            canvas.fill(outline, Paint(self.factors.accent.rgb, OVERLAY[self.factors.material], _BODY + 6))

    def _paint_laces(self, canvas: Canvas) -> None:
        laces = lacing.lace_up(self.last)
        rgb = self.factors.lace.rgb
        canvas.fill(laces.eyelets, Paint(shade(self.factors.panel.rgb, 0.45), _METAL, _BODY + 14))
        for bar in laces.bars:
            canvas.fill(bar, Paint(rgb, _CLOTH, 124.0))

    def _paint_sole(self, canvas: Canvas) -> None:
        factors, sole = self.factors, self.sole
        under = Paint(factors.outsole.rgb, _RUBBER, _SOLE - 6)
        if sole.lugs:
            # The far side's tread fills the gaps of the near side's, in the dark.
            canvas.fill(
                np.concatenate([sole.bottom, (sole.bottom - (0, 0.6 * sole.habit.tread))[::-1]]),
                Paint(shade(factors.outsole.rgb, 0.42), Finish(), _SOLE - 30),
            )
            canvas.fill(sole.lugs, under)
        canvas.fill(sole.midsole, Paint(factors.sole.rgb, _RUBBER, _SOLE))
        self._paint_sidewall(canvas)
        canvas.fill(sole.outsole, under)

    def _paint_sidewall(self, canvas: Canvas) -> None:
        """The lines that tell one sole shape from another."""
        factors, sole = self.factors, self.sole
        rgb, shape = factors.sole.rgb, factors.sole_shape
        thick = factors.sole_thickness
        line = Paint(shade(rgb, 0.84), _RUBBER, _SOLE - 7)
        if shape is SoleShape.FLAT:
            stripe = part(sole.top - (0, 0.30 * thick), 0.01, 0.985, samples=48)
            canvas.fill(ribbon(stripe, 0.007), Paint(factors.accent.rgb, _RUBBER, _SOLE + 1))
            bumper = part(sole.top - (0, 0.62 * thick), 0.80, 0.995, samples=18)
            canvas.fill(ribbon(bumper, 0.006), line)
        elif shape is SoleShape.CUPSOLE:
            thread = dashes(
                part(sole.top - (0, 0.20 * thick), 0.02, 0.975, samples=48), length=0.012, gap=0.005, width=0.0034
            )
            canvas.fill(thread, Paint(shade(rgb, 0.80), Finish(), _SOLE - 5))
        elif shape in (SoleShape.RUNNER, SoleShape.CHUNKY):
            canvas.fill(self._grooves(), line)
            canvas.fill(self._heel_wedge(), Paint(factors.accent.rgb, _RUBBER, _SOLE - 4))
        elif shape is SoleShape.LUG:
            welt = ribbon(part(sole.top - (0, 0.010), 0.012, 0.99, samples=48), 0.016)
            canvas.fill(welt, Paint(shade(rgb, 1.06), _LEATHER, _SOLE + 10))
            thread = dashes(part(sole.top - (0, 0.008), 0.02, 0.985, samples=48), length=0.010, gap=0.005, width=0.0034)
            canvas.fill(thread, Paint((222.0, 196.0, 140.0), Finish(), _SOLE + 13))

    def _level(self, share: float | Curve, start: float, stop: float) -> Curve:
        """A line along the sidewall, at a share of the way from seam to top; the share may vary along it."""
        x = np.linspace(start, stop, 32)
        low = np.interp(x, self.sole.seam[:, 0], self.sole.seam[:, 1])
        return np.stack([x, low + share * (self.sole.height(x) - low)], axis=1)

    def _grooves(self) -> list[Curve]:
        """Grooves moulded into a foam midsole: one long sweep, and short cuts around the forefoot."""
        sweep = self._level(np.interp(np.linspace(0, 1, 32), [0, 0.35, 0.7, 1], [0.72, 0.66, 0.34, 0.30]), 0.02, 0.80)
        cuts = [
            np.concatenate([self._level(0.10, x, x + 0.001)[:1], self._level(0.52, x + 0.022, x + 0.023)[:1]])
            for x in np.linspace(0.60, 0.90, 6 if self.factors.sole_shape is SoleShape.CHUNKY else 4)
        ]
        return [ribbon(line, 0.008) for line in (sweep, *cuts)]

    def _heel_wedge(self) -> Curve:
        """A cushion let into the heel of the midsole, tapering under the arch."""
        top = self._level(np.interp(np.linspace(0, 1, 32), [0, 0.5, 1], [0.52, 0.50, 0.16]), 0.045, 0.42)
        return np.concatenate([top, self._level(0.12, 0.045, 0.42)[::-1]])
