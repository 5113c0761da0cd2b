"""Principal components of the photos: the linear baseline, ready in seconds."""

from lookscape.representation.training.recipe import Recipe


def recipe() -> Recipe:
    """No steps: all is learned from a sample."""
    return Recipe(model="pca", num_steps=0)
