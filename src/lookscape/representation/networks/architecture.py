"""What a backbone is, whichever library it comes from."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Architecture:
    """A network by its full name, with what it expects.

    `side` is its usual input in pixels; `mean` and `std` normalise red, green and blue in [0, 1]; `weights` names its
    published weights.
    """

    name: str
    side: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    weights: str
