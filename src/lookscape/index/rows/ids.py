"""Ids by position, packed: 32 bytes for a SHA-256 in hexadecimal, UTF-8 of one width for anything else.

Packed keys sort as the strings do (byte order is code-point order), so ties between equal distances are
broken on the keys. A sorted list of the live positions finds ids without a dictionary of a million strings.
"""

import re
from collections.abc import Sequence
from typing import Self

import numpy as np
from numpy.typing import NDArray

from lookscape.errors import UsageError

Positions = NDArray[np.int64]
Keys = NDArray[np.bytes_]

_DIGEST = re.compile(r"(?:[0-9a-f]{64})+")


class Ids:
    """Which id stands at which position; positions only grow, a discarded one is never given out again."""

    def __init__(self) -> None:
        self._keys: Keys = np.empty(0, dtype="S32")
        self._order: Positions = np.empty(0, dtype=np.int64)
        self._hex = True

    def __len__(self) -> int:
        """Live ids."""
        return len(self._order)

    @property
    def alive(self) -> NDArray[np.bool_]:
        """One flag per position ever given out: whether an id still stands there."""
        flags = np.zeros(len(self._keys), dtype=np.bool_)
        flags[self._order] = True
        return flags

    def append(self, names: Sequence[str]) -> Positions:
        """Give the next positions to these ids, none of which is live, and return the positions."""
        new = self._pack(names)
        positions = np.arange(len(self._keys), len(self._keys) + len(new))
        by_key = np.argsort(new, kind="stable")
        at = np.searchsorted(self._keys[self._order], new[by_key])
        self._keys = np.concatenate([self._keys, new])
        self._order = np.insert(self._order, at, positions[by_key])
        return positions

    def discard(self, positions: Positions) -> None:
        """Forget the ids at these positions."""
        self._order = self._order[~np.isin(self._order, positions)]

    def find(self, names: Sequence[str]) -> Positions:
        """The position of each id, -1 where it is not live."""
        if not len(self._order) or not names:
            return np.full(len(names), -1, dtype=np.int64)
        wanted = self._pack(names)
        live = self._keys[self._order]
        at = np.minimum(np.searchsorted(live, wanted), len(live) - 1)
        return np.where(live[at] == wanted, self._order[at], -1)

    def names(self, positions: Positions) -> list[str]:
        """The id at each position."""
        keys = self._keys[positions]
        if self._hex:
            digits = keys.tobytes().hex()
            return [digits[start : start + 64] for start in range(0, len(digits), 64)]
        return [key.decode() for key in keys.tolist()]

    def sorted_names(self) -> list[str]:
        """Every live id, in order."""
        return self.names(self._order)

    def keys(self, positions: Positions) -> Keys:
        """Packed ids that sort as the strings do."""
        return self._keys[positions]

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """What to save."""
        width = self._keys.dtype.itemsize
        return {"keys": self._keys.view(np.uint8).reshape(-1, width), "order": self._order}

    @classmethod
    def from_arrays(cls, keys_NB: NDArray[np.uint8], order: Positions, *, is_hex: bool) -> Self:
        """What `arrays` gave."""
        ids = cls()
        ids._keys = keys_NB.reshape(-1).view(f"S{keys_NB.shape[1]}")
        ids._order, ids._hex = order, is_hex
        return ids

    @property
    def is_hex(self) -> bool:
        """Whether every id is 64 lower-case hexadecimal digits, kept as 32 bytes."""
        return self._hex

    def _pack(self, names: Sequence[str]) -> Keys:
        """Keys as wide as those already held; switches to text, or widens, when the new ids ask for it."""
        joined = "".join(names)
        if self._hex and all(len(name) == 64 for name in names) and (not names or _DIGEST.fullmatch(joined)):
            return np.frombuffer(bytes.fromhex(joined), dtype="S32")
        if "\0" in joined or "" in names:
            raise UsageError("an id is empty or holds a NUL character; give each row a printable id")
        encoded = [name.encode() for name in names]
        self._to_text(width=max(map(len, encoded), default=1))
        return np.array(encoded, dtype=self._keys.dtype)

    def _to_text(self, *, width: int) -> None:
        if self._hex:
            held = [name.encode() for name in self.names(np.arange(len(self._keys)))]
            self._keys, self._hex = np.array(held, dtype=f"S{64 if held else width}"), False
        if width > self._keys.dtype.itemsize:
            self._keys = self._keys.astype(f"S{width}")
