"""A photo must be large enough to show a product: tracking pixels and spacers are turned away."""

MIN_SIDE = 8


def check(width: int, height: int) -> str | None:
    """The reason to turn a photo away, or None; width and height in pixels."""
    if min(width, height) < MIN_SIDE:
        return f"{width} x {height} pixels is too small for a product photo (at least {MIN_SIDE} on each side)"
    return None
