"""Paints a shoe onto a canvas, back to front: opening, upper, mark, panels, laces, sole."""

from dataclasses import replace

import numpy as np

from lookscape.catalogue.rendering.brands import BRANDS
from lookscape.catalogue.rendering.drawing.canvas import Canvas, Paint
from lookscape.catalogue.rendering.drawing.curves import dashes, discs, lengths, offset, part
from lookscape.catalogue.rendering.factors import Construction, Material, Pattern, Silhouette
from lookscape.catalogue.rendering.shoe import lacing
from lookscape.catalogue.rendering.shoe.finishes import (
    BODY,
    CLOTH,
    ELASTIC,
    LACE,
    LAYER,
    LINING,
    LOOP,
    MATT,
    METAL,
    OVERLAY,
    TONGUE,
    UPPER,
    thread,
    tint,
)
from lookscape.catalogue.rendering.shoe.marks import MARKS
from lookscape.catalogue.rendering.shoe.panels import Panel, cut
from lookscape.catalogue.rendering.shoe.shape import Shoe
from lookscape.catalogue.rendering.shoe.underfoot import paint_sole

_STITCH = 0.0028


def paint(shoe: Shoe, canvas: Canvas) -> None:
    """Every part of the shoe."""
    _paint_opening(shoe, canvas)
    _paint_upper(shoe, canvas)
    if shoe.laced:
        _paint_laces(shoe, canvas)
    paint_sole(shoe, canvas)


def _paint_opening(shoe: Shoe, canvas: Canvas) -> None:
    factors = shoe.factors
    canvas.fill(lacing.lining(shoe.last), Paint(tint(factors.tongue.rgb, 0.74), CLOTH, LINING))
    if shoe.loop is not None:
        canvas.fill(shoe.loop, Paint(factors.accent.rgb, CLOTH, LOOP))
    if shoe.tongue is not None:
        finish = (BODY if factors.material is Material.MESH else OVERLAY)[factors.material]
        canvas.fill(shoe.tongue, Paint(factors.tongue.rgb, finish, TONGUE))
        canvas.fill(lacing.label(shoe.last), Paint(factors.accent.rgb, CLOTH, TONGUE + 4))


def _paint_upper(shoe: Shoe, canvas: Canvas) -> None:
    factors = shoe.factors
    cloth = replace(BODY[factors.material], printed=factors.pattern is not Pattern.PLAIN)
    canvas.fill(shoe.last.outline, Paint(factors.upper.rgb, cloth, UPPER))
    _paint_perforation(shoe, canvas)
    panels = sorted(cut(shoe), key=lambda panel: panel.over_mark)
    first_over = sum(not panel.over_mark for panel in panels)
    for level, panel in enumerate(panels):
        if level == first_over:
            _paint_mark(shoe, canvas)
        _paint_panel(shoe, canvas, panel, level=level)


def _paint_panel(shoe: Shoe, canvas: Canvas, panel: Panel, *, level: int) -> None:
    rgb = {"upper": shoe.factors.upper, "panel": shoe.factors.panel, "accent": shoe.factors.accent}[panel.role].rgb
    if panel.elastic:
        canvas.fill(panel.outline, Paint(rgb, ELASTIC, UPPER - 6))
        return
    relief = UPPER + LAYER + 1.5 * level
    canvas.fill(panel.outline, Paint(rgb, OVERLAY[shoe.factors.material], relief))
    stitches = []
    for seam in panel.seams:
        # The thread runs inside the edge and ends short of its ends, where the next piece covers it.
        rest = 0.014 / lengths(seam)[-1]
        line = offset(part(seam, rest, 1 - rest, samples=40), -0.0085)
        stitches.append(dashes(line, length=0.0085, gap=0.0045, width=_STITCH))
    canvas.fill(np.concatenate(stitches), Paint(thread(rgb, share=canvas.share(_STITCH)), MATT, relief))


def _paint_perforation(shoe: Shoe, canvas: Canvas) -> None:
    """Rows of holes punched in the toe box of a court shoe."""
    if shoe.factors.construction is not Construction.COURT or shoe.factors.material is Material.MESH:
        return
    column, row = (index.ravel() for index in np.mgrid[0:6, 0:3])
    x = 0.735 + 0.021 * column
    y = shoe.sole.height(x) + 0.103 + 0.017 * row - 0.05 * (x - 0.735) + 0.008 * (column % 2)
    inside = y < np.interp(x, shoe.last.toe[:, 0], shoe.last.toe[:, 1]) - 0.022
    holes = discs(np.stack([x, y], axis=1)[inside], 0.0042, sides=8)
    canvas.fill(holes, Paint(tint(shoe.factors.upper.rgb, 0.35), MATT, UPPER - 14))


def _paint_mark(shoe: Shoe, canvas: Canvas) -> None:
    """The brand's sign on the side panel; smaller on a boot, where it is a stamp."""
    factors = shoe.factors
    stamp = factors.silhouette is Silhouette.BOOT
    size, x, y, tilt = (0.085, 0.330, 0.165, 0.06) if stamp else (0.135, 0.400, 0.120, 0.10)
    centre = np.array((x, y + shoe.sole.height(np.array([x]))[0]))
    turn = size * np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
    for outline in MARKS[BRANDS[factors.brand].mark]():
        canvas.fill(outline @ turn + centre, Paint(factors.accent.rgb, OVERLAY[factors.material], UPPER + 6))


def _paint_laces(shoe: Shoe, canvas: Canvas) -> None:
    laces = lacing.lace_up(shoe.last)
    canvas.fill(laces.eyelets, Paint(tint(shoe.factors.panel.rgb, 0.45), METAL, UPPER + 14))
    canvas.fill(laces.bars, Paint(shoe.factors.lace.rgb, CLOTH, LACE))
