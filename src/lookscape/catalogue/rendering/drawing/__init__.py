"""What shoes are drawn with: curves, a canvas, textures. Knows nothing of shoes."""
