"""Working with a trained model's latents: rebuild, blend, vary, sample and steer products."""
