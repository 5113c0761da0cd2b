"""Latents as text short enough for a URL: float16, little-endian, base64url without padding.

Half precision keeps 11 bits of every number: for latents of the size of the prior's, steps of a thousandth, far below
what a decoder can show.
"""

import base64
import binascii

import numpy as np

from lookscape.errors import UsageError
from lookscape.representation.protocol import Vectors

MAX_NUMBERS = 4500
"""Numbers in one code: 12,000 characters, which servers and browsers still take in an address."""

LARGEST = 65504.0
"""The largest number of half precision."""


def to_code(latents_ND: Vectors) -> str:
    """N x D latents as text, row after row. Raises UsageError beyond MAX_NUMBERS."""
    if latents_ND.size > MAX_NUMBERS:
        raise UsageError(f"{latents_ND.size} numbers do not fit an address; at most {MAX_NUMBERS} do")
    halves = np.clip(latents_ND, -LARGEST, LARGEST).astype("<f2")
    return base64.urlsafe_b64encode(halves.tobytes()).rstrip(b"=").decode()


def from_code(code: str, *, dim: int) -> Vectors:
    """What `to_code` was given, at half precision: N x dim. Raises UsageError for anything else."""
    try:
        halves = np.frombuffer(base64.b64decode(code + "=" * (-len(code) % 4), altchars=b"-_", validate=True), "<f2")
    except (binascii.Error, ValueError) as error:
        raise UsageError("these latents are not base64url of half-precision numbers") from error
    if not halves.size or halves.size % dim or halves.size > MAX_NUMBERS:
        raise UsageError(f"{halves.size} numbers are given; a multiple of {dim}, up to {MAX_NUMBERS}, is needed")
    latents_ND = halves.astype(np.float32).reshape(-1, dim)
    if not np.isfinite(latents_ND).all():
        raise UsageError("a latent is not a finite number")
    return latents_ND


def fits(latents_ND: Vectors) -> bool:
    """Are these few enough for one code?"""
    return latents_ND.size <= MAX_NUMBERS
