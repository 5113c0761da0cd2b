"""Draws the house from its imports: docs/rooms.svg, and the table of rooms in docs/architecture.md; --check compares.

python docs/rooms.py            write
python docs/rooms.py --check    exit 1 and name what is not as the imports say

Floors and their order are those of the import contract in pyproject.toml. A room is a folder of a floor, or a floor
that has no folders. In each floor rooms are dealt out by who imports whom, so an import leads to the right or down;
files beside the rooms are left out of that.
"""

import argparse
import ast
import re
import sys
import textwrap
import tomllib
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

import grimp

import lookscape

DOCS = Path(__file__).parent
PICTURE = DOCS / "rooms.svg"
PAGE = DOCS / "architecture.md"
BEGIN, END = "<!-- rooms: made by docs/rooms.py -->", "<!-- /rooms -->"
PACKAGE = Path(lookscape.__file__).parent
CONTRACT = "Layers"
OPENED = 40
"""A room with more files than this is shown by its own rooms."""

NOT_DRAWN = frozenset({"", "__main__"})
"""The front door, which any room may name (`lookscape.__version__`), and `python -m`."""

WIDTH, COLUMNS, MARGIN, GAP = 1000, 5, 12, 8
ROOM_HEIGHT, HEAD = 96, 30
LINE = 15.0
"""Between lines of a room's text."""

LETTER = 6.7
"""A letter's mean width at 12 pixels, wide fonts included."""

STYLE = """
  svg { color-scheme: light dark; --paper: #ffffff; --ink: #1f2328; --soft: #59636e; --room: #ffffff; --line: #c4ccd4;
        --floor: #eef2f6; --name: #0550ae; }
  @media (prefers-color-scheme: dark) {
    svg { --paper: #0d1117; --ink: #e6edf3; --soft: #9aa4af; --room: #161b22; --line: #3d444d; --floor: #1b222c;
          --name: #79c0ff; } }
  text { font: 12px system-ui, "Segoe UI", Helvetica, Arial, sans-serif; fill: var(--ink); }
  .paper { fill: var(--paper); } .floor { fill: var(--floor); } .room { fill: var(--room); stroke: var(--line); }
  .title { font-size: 17px; font-weight: 700; } .name { font-size: 14px; font-weight: 650; fill: var(--name); }
  .soft { fill: var(--soft); } .end { text-anchor: end; } .imports { font-size: 11px; fill: var(--soft); }
"""


@dataclass(frozen=True, kw_only=True)
class Room:
    """A folder with the files that lie in it or deeper, or a floor's own files."""

    floor: str
    name: str
    """Below the floor; empty for the floor's own files."""
    files: tuple[str, ...]
    """Their modules, the package's own included."""
    sentence: str
    imports: frozenset[str]
    """Paths of other rooms."""

    @property
    def path(self) -> str:
        """How other rooms and people call it."""
        return f"{self.floor}/{self.name}" if self.name else self.floor


@dataclass(frozen=True, kw_only=True)
class Floor:
    """A layer: its own files and its rooms, those first that nobody of the floor imports."""

    name: str
    own: Room
    rooms: tuple[Room, ...]

    @property
    def num_files(self) -> int:
        """Of all rooms."""
        return sum(len(room.files) for room in (self.own, *self.rooms))

    @property
    def imports(self) -> frozenset[str]:
        """Other floors."""
        return frozenset(
            {path.split("/")[0] for room in (self.own, *self.rooms) for path in room.imports} - {self.name}
        )


Storey = tuple[Floor, ...]
"""Floors side by side, which do not import one another."""


def main() -> None:
    """Write or check."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--check", action="store_true", help="change nothing")
    if not options.parse_args().check:
        write()
    elif names := stale():
        sys.exit(f"not as the imports say: {', '.join(names)}; run: python docs/rooms.py")


def write() -> None:
    """The picture and the table."""
    for path, text in _pages().items():
        path.write_text(text, encoding="utf-8")


def stale() -> list[str]:
    """Names of files that are not as they should be."""
    return [
        f"docs/{path.name}"
        for path, text in _pages().items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]


def _pages() -> dict[Path, str]:
    storeys = _without_ground(_storeys())
    before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    return {PICTURE: _picture(storeys), PAGE: f"{before}{BEGIN}\n\n{_table(storeys)}\n{END}{after}"}


# The house


def _storeys() -> list[Storey]:
    rooms = _rooms()
    return [tuple(_floor(name, rooms) for name in names) for names in _contract()]


def _without_ground(storeys: list[Storey]) -> list[Storey]:
    """Single files at the bottom are what any room stands on: said once, not in every room."""
    lowest = max(number for number, storey in enumerate(storeys) if any(floor.rooms for floor in storey))
    ground = {
        floor.name
        for storey in storeys[lowest + 1 :]
        for floor in storey
        if not floor.rooms and len(floor.own.files) == 1
    }
    return [tuple(_lighter(floor, ground) for floor in storey) for storey in storeys]


def _lighter(floor: Floor, ground: Set[str]) -> Floor:
    own, *rooms = (replace(room, imports=room.imports - ground) for room in (floor.own, *floor.rooms))
    return replace(floor, own=own, rooms=tuple(rooms))


def _contract() -> Iterator[list[str]]:
    with (DOCS.parent / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    (layers,) = (contract["layers"] for contract in contracts if contract["name"].startswith(CONTRACT))
    for layer in layers:
        yield [name.strip().removeprefix("lookscape.") for name in layer.split("|")]


def _rooms() -> dict[str, Room]:
    graph = grimp.build_graph("lookscape", cache_dir=None)
    modules = sorted(graph.modules)
    closed = {module: _folders(module)[:2] for module in modules}
    large = {path for path in closed.values() if list(closed.values()).count(path) > OPENED and len(path) > 1}
    paths = {module: "/".join(_folders(module)[:3] if path in large else path) for module, path in closed.items()}
    files: dict[str, list[str]] = {}
    imports: dict[str, set[str]] = {}
    for module, path in paths.items():
        files.setdefault(path, []).append(module)
        imports.setdefault(path, set()).update(
            paths[other] for other in graph.find_modules_directly_imported_by(module)
        )
    return {
        path: Room(
            floor=path.split("/")[0],
            name=path.partition("/")[2],
            files=tuple(files[path]),
            sentence=_sentence(path),
            imports=frozenset(imports[path] - {path} - NOT_DRAWN),
        )
        for path in files.keys() - NOT_DRAWN
    }


def _folders(module: str) -> tuple[str, ...]:
    """Of `lookscape.a.b.c` the folders a and b; a file right in the package is a floor itself."""
    parts = module.split(".")[1:]
    is_folder = PACKAGE.joinpath(*parts).is_dir()
    return tuple(parts if is_folder or len(parts) < 2 else parts[:-1])


def _sentence(path: str) -> str:
    """The first sentence of the docstring."""
    place = PACKAGE / path
    file = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
    said = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    paragraph = " ".join(said.split("\n\n")[0].split())
    return re.split(r"(?<=\.)\s", paragraph)[0].rstrip(".:")


def _floor(name: str, rooms: Mapping[str, Room]) -> Floor:
    """Its rooms in order; the files beside the rooms of an opened room stand before them and count for nobody."""
    inside = {path: room for path, room in rooms.items() if room.floor == name and room.name}
    ordered: list[Room] = []
    while inside:
        wanted = {path for room in inside.values() for path in room.imports if not room.path.startswith(f"{path}/")}
        tops = sorted(inside.keys() - wanted) or sorted(inside)[:1]
        ordered += [inside.pop(path) for path in tops]
    return Floor(name=name, own=rooms[name], rooms=tuple(ordered))


# The picture


def _picture(storeys: list[Storey]) -> str:
    drawn, top = list[str](), float(MARGIN)
    for storey in storeys:
        for floor, left, columns in _side_by_side(storey):
            height = max(_height(other, its_columns) for other, _, its_columns in _side_by_side(storey))
            drawn += _draw_floor(floor, left=left, top=top, columns=columns, height=height)
        top += height + GAP
    height = round(top - GAP + MARGIN)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
    return "\n".join(
        [
            f'{head} role="img" aria-label="Rooms and floors of Lookscape, from interfaces down to errors">',
            f"<style>{STYLE}</style>",
            f'<rect class="paper" width="{WIDTH}" height="{height}"/>',
            *drawn,
            "</svg>\n",
        ]
    )


def _side_by_side(storey: Storey) -> list[tuple[Floor, float, float]]:
    """Each floor, where it begins, and how many columns it has: as many as it has rooms, in proportion."""
    if not any(floor.rooms for floor in storey):
        share = COLUMNS / len(storey)
        return [(floor, MARGIN + place * share * _column(), share) for place, floor in enumerate(storey)]
    weights = [max(1, len(floor.rooms)) for floor in storey]
    placed, taken = list[tuple[Floor, float, float]](), 0
    for position, floor in enumerate(storey):
        left_over = len(storey) - position - 1
        wished = max(1, round(COLUMNS * weights[position] / sum(weights)))
        columns = COLUMNS - taken if not left_over else min(wished, COLUMNS - taken - left_over)
        placed.append((floor, MARGIN + taken * _column(), columns))
        taken += columns
    return placed


def _column() -> float:
    return (WIDTH - 2 * MARGIN + GAP) / COLUMNS


def _beside(floor: Floor, columns: float) -> list[str]:
    """Lines that name a floor's own files, if it has rooms."""
    names = [module.rsplit(".", 1)[-1] for module in floor.own.files if module.count(".") > 1]
    said = f"Beside the rooms: {', '.join(names)}"
    return _wrap(said, columns * _column() - 4 * GAP) if floor.rooms and names else []


def _height(floor: Floor, columns: float) -> float:
    rows = -(-len(floor.rooms) // int(columns))
    return (
        HEAD
        + LINE * (len(_head(floor, columns)) - 0.3)
        + rows * (ROOM_HEIGHT + GAP)
        + LINE * len(_beside(floor, columns))
        + 4
    )


def _head(floor: Floor, columns: float) -> list[tuple[str, str]]:
    """Lines under a floor's name, with their classes."""
    width = columns * _column() - 4 * GAP
    said = [("soft", line) for line in _wrap(floor.own.sentence.replace("`", ""), width)]
    imports = ", ".join(sorted(floor.imports))
    return said + [("imports", line) for line in _wrap(f"↓ {imports}", width) if imports]


def _wrap(text: str, width: float) -> list[str]:
    return textwrap.wrap(text, int(width / LETTER), break_long_words=False, break_on_hyphens=False)


def _draw_floor(floor: Floor, *, left: float, top: float, columns: float, height: float) -> Iterator[str]:
    width = columns * _column() - GAP
    yield f'<g id="{floor.name}">'
    yield f'<rect class="floor" x="{left:g}" y="{top:g}" width="{width:g}" height="{height:g}" rx="8"/>'
    yield _text(left + GAP + 2, top + 22, floor.name, "title")
    yield _text(left + width - GAP, top + 22, _count(floor.num_files), "soft end")
    lines = _head(floor, columns)
    for number, (style, line) in enumerate(lines):
        yield _text(left + GAP + 2, top + HEAD + 9 + number * LINE, line, style)
    begin = top + HEAD + LINE * len(lines) + 3
    room_width = (width - GAP) / columns - GAP
    for number, room in enumerate(floor.rooms):
        row, column = divmod(number, int(columns))
        x, y = left + GAP + column * (room_width + GAP), begin + row * (ROOM_HEIGHT + GAP)
        yield from _draw_room(room, x, y, room_width)
    end = begin - (-len(floor.rooms) // int(columns)) * (ROOM_HEIGHT + GAP)
    for number, line in enumerate(_beside(floor, columns)):
        yield _text(left + GAP + 2, end + 7 + number * LINE, line, "soft")
    yield "</g>"


def _draw_room(room: Room, x: float, y: float, width: float) -> Iterator[str]:
    """Its name, how many files, what lives there and, after an arrow, what it imports of its own floor."""
    inside = width - 2 * GAP
    yield f"<g><title>{escape(_told(room))}</title>"
    yield f'<rect class="room" x="{x:g}" y="{y:g}" width="{width:g}" height="{ROOM_HEIGHT}" rx="5"/>'
    yield _text(x + GAP, y + 19, room.name, "name")
    yield _text(x + width - GAP, y + 19, str(len(room.files)), "soft end")
    neighbours = ", ".join(_neighbours(room))
    below = _shortened(f"↓ {neighbours}", inside * 1.06, 2) if neighbours else []
    text = _shortened(_words(room), inside, 4 - len(below))
    for number, line in enumerate(text):
        yield _text(x + GAP, y + 36 + number * LINE, line, "")
    for number, line in enumerate(below):
        yield _text(x + GAP, y + ROOM_HEIGHT - 9 - (len(below) - 1 - number) * (LINE - 1), line, "imports")
    yield "</g>"


def _words(room: Room) -> str:
    """What a small box has room for: the sentence without asides."""
    said = re.sub(r"^one file each: |[,:] one file each\b", "", room.sentence, flags=re.IGNORECASE)
    said = said.split("; ")[0].replace("`", "")
    return said[:1].upper() + said[1:]


def _shortened(text: str, width: float, num_lines: int) -> list[str]:
    return textwrap.wrap(
        text, int(width / LETTER), max_lines=num_lines, placeholder=" …", break_long_words=False, break_on_hyphens=False
    )


def _neighbours(room: Room) -> list[str]:
    """Rooms of its own floor that it imports."""
    return sorted(path.partition("/")[2] for path in room.imports if path.startswith(f"{room.floor}/"))


def _told(room: Room) -> str:
    imports = ", ".join(sorted(room.imports)) or "nothing"
    return f"{room.path}: {room.sentence}. {_count(len(room.files))}. Imports {imports}."


def _count(number: int) -> str:
    return f"{number} file" if number == 1 else f"{number} files"


def _text(x: float, y: float, text: str, style: str) -> str:
    styled = f' class="{style}"' if style else ""
    return f'<text x="{x:g}" y="{y:g}"{styled}>{escape(text, quote=False)}</text>'


# The table


def _table(storeys: list[Storey]) -> str:
    lines = ["| room | what lives there | imports |", "|---|---|---|"]
    for storey in storeys:
        for floor in storey:
            lines.append(f"| **{floor.name}** | {floor.own.sentence} | {', '.join(sorted(floor.imports))} |")
            lines += [f"| {room.path} | {room.sentence} | {_imports(room)} |" for room in floor.rooms]
    return "\n".join(lines) + "\n"


def _imports(room: Room) -> str:
    """Neighbours by name, other floors as a whole."""
    floors = sorted({path.split("/")[0] for path in room.imports} - {room.floor})
    return ", ".join([*(f"{room.floor}/{name}" for name in _neighbours(room)), *floors])


if __name__ == "__main__":
    main()
