"""The house stays in order: small rooms that say what they are, no room in disguise, nothing circular."""

import ast
import re
from collections import Counter, defaultdict
from pathlib import Path

import grimp
import pytest

PACKAGE = Path(__file__).parents[2] / "src" / "lookscape"
FILES = frozenset({".py", ".js", ".css", ".html", ".svg"})
LARGEST = 22
"""Files of a room's own."""

REGISTRIES = (
    *(PACKAGE / "tools").glob("[!_]*/"),
    *(
        PACKAGE / folder
        for folder in (
            "catalogue/checks",
            "catalogue/gates",
            "catalogue/measures",
            "catalogue/sources",
            "classifiers/saliency",
            "index/backends",
            "index/layouts",
            "interfaces/cli/commands",
            "interfaces/http/pages",
            "interfaces/http/templates",
            "representation/inference/runtimes",
            "representation/models",
            "representation/networks/backbones",
            "representation/recipes",
            "services/labels/formats",
        )
    ),
)
"""Folders whose public files are parts that people name: there may be any number of those."""

FAMILY = 3
"""Files of one room that share the first word of their names are a room themselves."""


def rooms() -> list[Path]:
    """Every folder that holds a file of ours."""
    return sorted({path.parent for path in PACKAGE.rglob("*") if path.suffix in FILES})


def own_files(room: Path) -> list[Path]:
    """A room's files; of a registry those that are not its public parts."""
    files = sorted(path for path in room.iterdir() if path.suffix in FILES)
    return [path for path in files if path.name.startswith("_")] if room in REGISTRIES else files


def name_of(room: Path) -> str:
    return str(room.relative_to(PACKAGE.parent))


def families(names: list[str]) -> dict[str, list[str]]:
    """First words of names that several have: `_board_run` and `board-page` begin with `board`."""
    found: dict[str, list[str]] = defaultdict(list)
    for name in names:
        if words := re.fullmatch(r"_?([a-z0-9]+)[-_].*", name):
            found[words[1]].append(name)
    return {word: sharing for word, sharing in found.items() if len(sharing) >= FAMILY}


def test_every_registry_is_there() -> None:
    assert [name_of(folder) for folder in REGISTRIES if not folder.is_dir()] == []


@pytest.mark.parametrize("room", rooms(), ids=name_of)
def test_a_room_is_small_and_holds_no_room_in_disguise(room: Path) -> None:
    files = own_files(room)
    assert len(files) <= LARGEST
    assert families([path.stem for path in files]) == {}


def test_a_family_is_noticed() -> None:
    assert families(["map-card", "map-grid", "map-points", "map", "mapping"]) == {
        "map": ["map-card", "map-grid", "map-points"]
    }
    assert set(families(["_board_run", "_board_words", "_board_cache", "board"])) == {"board"}
    assert families(["latent", "latents", "late_start"]) == {}


@pytest.mark.parametrize("room", [room for room in rooms() if list(room.glob("*.py"))], ids=name_of)
def test_a_package_says_what_lives_there(room: Path) -> None:
    if "migrations" in room.parts:
        return  # Alembic's own layout: no packages
    said = ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8"))) or ""
    assert len(said) > len("a short sentence")


def test_no_two_files_import_each_other() -> None:
    graph = grimp.build_graph("lookscape")
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert circles(imports) == []


def test_a_circle_is_noticed() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": set()}) == [["b", "c"]]
    assert circles({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


def circles(imports: dict[str, set[str]]) -> list[list[str]]:
    """Modules that reach one another, as strongly connected components: what is left when leaves are taken away.

    A component is found by walking forwards and backwards from each module that is left.
    """
    left = dict(imports)
    while leaves := [module for module, wanted in left.items() if not wanted & left.keys()]:
        for module in leaves:
            del left[module]
    forward = {module: _reached(module, left) for module in left}
    found = {
        tuple(sorted(other for other in reached if module in forward.get(other, ())))
        for module, reached in forward.items()
        if module in reached
    }
    return sorted(list(component) for component in found)


def _reached(start: str, imports: dict[str, set[str]]) -> set[str]:
    reached, waiting = set[str](), [start]
    while waiting:
        for module in imports.get(waiting.pop(), set()) & imports.keys():
            if module not in reached:
                reached.add(module)
                waiting.append(module)
    return reached


def test_files_are_of_a_size_to_be_read() -> None:
    sizes = sorted(
        len(path.read_text(encoding="utf-8").splitlines())
        for path in PACKAGE.rglob("*.py")
        if path.name != "__init__.py"
    )
    assert 80 <= sizes[len(sizes) // 2] <= 200
    assert Counter(size > 400 for size in sizes)[True] == 0
