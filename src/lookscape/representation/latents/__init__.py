"""Latents there and back: a trained model opened, its mixture, codes for addresses, decoded image files."""
