"""The renames that the changelog lists, for tests that hold what is now beside what was before.

They stand in CHANGELOG.md under "### Renamed" as a table of three columns, names in backticks:

    | kind | old | new |
    |---|---|---|
    | path | `/api/v1/predict/guess` | `/api/v1/predict/tell` |
    | field | `speed` | `pace` |
    | field | `predict/guess.speed` | `pace` |
    | value | `quick` | `fast` |
    | value | `mode=quick` | `fast` |

A field with a tool's old name before it was renamed there alone, in what it is asked and in what it answers; a value
with a field's old name before it only in that field. Other kinds (command, option, file, class ...) are for people.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

CHANGELOG = Path(__file__).parents[2] / "CHANGELOG.md"
API = "/api/v1/"
PATH, FIELD, VALUE = "path", "field", "value"


@dataclass(frozen=True)
class Renames:
    """What is called otherwise now: `rows` are kind, old name, new name."""

    rows: tuple[tuple[str, str, str], ...] = ()

    @classmethod
    def read(cls, text: str | None = None) -> Self:
        """Of a changelog's text; of the project's own without one. Raises ValueError for a row that is not of three."""
        lines = (CHANGELOG.read_text(encoding="utf-8") if text is None else text).splitlines()
        return cls(tuple(_rows(lines)))

    def path(self, old: str) -> str:
        """The present path of an endpoint: `/api/v1/...` as it was."""
        return self._pick(PATH, [old]) or old

    def tool(self, old: str) -> str:
        """The present name of a tool, `group/name`."""
        return self.path(API + old).removeprefix(API)

    def names(self, path: str, old: str) -> list[str]:
        """What a field may be called now: as it was, or as the changelog says, first for this very tool."""
        tool = path.removeprefix(API)
        return [old, *(new for key in (f"{tool}.{old}", old) if (new := self._pick(FIELD, [key])) is not None)]

    def values(self, field_name: str, old: object) -> list[object]:
        """What a value of a field may be now."""
        if not isinstance(old, str):
            return [old]
        new = self._pick(VALUE, [f"{field_name}={old}", old])
        return [old] if new is None else [old, new]

    def _pick(self, kind: str, keys: Sequence[str]) -> str | None:
        return next((new for key in keys for found, old, new in self.rows if (found, old) == (kind, key)), None)


def _rows(lines: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    inside = False
    for line in lines:
        if line.startswith("#"):
            inside = line.strip("# ").lower() == "renamed"
        elif inside and line.startswith("|") and not re.fullmatch(r"[|:\- ]+", line):
            cells = [cell.strip().strip("`") for cell in line.strip().strip("|").split("|")]
            if len(cells) != 3 or not all(cells):
                raise ValueError(f"the changelog's table of renames has a row that is not | kind | old | new |: {line}")
            if cells[0] != "kind":
                kind, old, new = cells
                yield kind, old, new
