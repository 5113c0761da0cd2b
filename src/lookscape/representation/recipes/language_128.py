"""The visual language at 128 pixels: laces, logos and blocks of colour, for which it takes 256 latents and 600 nats."""

from dataclasses import replace

from lookscape.representation.recipes import language
from lookscape.representation.training.recipe import Recipe


def recipe() -> Recipe:
    """About ten minutes on two cores for 6,000 photos."""
    wider = language.recipe().varied(side=128, dim=256, width=48, capacity=600.0)
    return replace(wider, num_steps=3000)
