"""The rendered catalogue: convincing side-view product shots of invented footwear, with their true factors.

It is the demo, the test fixture, and the ground truth for measurements of what a representation has learned.
"""

from lookscape.catalogue.rendering.factors import Colour, Factors
from lookscape.catalogue.rendering.hype import hype_probability
from lookscape.catalogue.rendering.nuisance import Nuisance
from lookscape.catalogue.rendering.products import RenderedProduct, bayes_accuracy, product_at, products, with_factors
from lookscape.catalogue.rendering.render import jpeg, render

__all__ = [
    "Colour",
    "Factors",
    "Nuisance",
    "RenderedProduct",
    "bayes_accuracy",
    "hype_probability",
    "jpeg",
    "product_at",
    "products",
    "render",
    "with_factors",
]
