"""The hype label: a logistic model of the factors, so that its Bayes rate is known exactly."""

import numpy as np

from lookscape.catalogue.rendering.brands import BRANDS
from lookscape.catalogue.rendering.colours import saturation
from lookscape.catalogue.rendering.factors import Factors, Pattern, Silhouette, SoleShape

_PATTERNS = {
    Pattern.PLAIN: 0.0,
    Pattern.STRIPES: 0.2,
    Pattern.DOTS: 0.3,
    Pattern.COLOUR_BLOCK: 0.9,
    Pattern.ZEBRA: 1.1,
    Pattern.CAMOUFLAGE: 0.8,
}
_SILHOUETTES = {Silhouette.LOW: 0.0, Silhouette.MID: 0.4, Silhouette.HIGH: 1.2, Silhouette.BOOT: -0.6}
_SOLES = {SoleShape.CHUNKY: 0.8, SoleShape.WEDGE: -0.4}


def hype_probability(factors: Factors) -> float:
    """The probability that a product with these factors is labelled "hyped".

    p = 1 / (1 + exp(-z)) with z = 1.6 (-2.6 + brand standing + pattern + silhouette + sole shape + 2 s), where s in
    [0, 1] is the HSV saturation of the accent colour, the standing is `Brand.standing`, and the other terms are the
    tables in this file.
    """
    score = (
        -2.6
        + BRANDS[factors.brand].standing
        + _PATTERNS[factors.pattern]
        + _SILHOUETTES[factors.silhouette]
        + _SOLES.get(factors.sole_shape, 0.0)
        + 2.0 * saturation(factors.accent)
    )
    return float(1 / (1 + np.exp(-1.6 * score)))
