"""A trained model over its catalogue: latents of products, named factors, paths, decoded pictures."""
