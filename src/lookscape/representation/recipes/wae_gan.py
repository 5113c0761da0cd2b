"""A Wasserstein autoencoder with a critic of latents."""

from lookscape.representation.training.recipe import Recipe


def recipe() -> Recipe:
    """About three minutes on two cores for 6,000 photos."""
    return Recipe(model="wae_gan", config={"width": 64}, num_steps=2000, ema_decay=0.995, jitter=True)
