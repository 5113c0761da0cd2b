"""The visual language: latents into factors that a person can name, suggested names, people's edits."""
