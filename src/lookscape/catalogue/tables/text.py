"""Text that any database stores."""

from functools import lru_cache


@lru_cache(maxsize=4096)
def clean(text: str) -> str:
    """Without space around it, NUL and halves of surrogate pairs, which JSON can write."""
    return storable(text).strip()


def storable(text: str) -> str:
    """Without NUL and halves of surrogate pairs."""
    plain = text if text.isascii() else text.encode("utf-8", "replace").decode()
    return plain.replace("\0", "")
