"""Which test files a change reaches: through imports, by the names of parts, and by standing in the same place.

Modules are followed with grimp's graph of imports; parts that a registry loads by name are found by their names in the
text of a test. A change of what all tests stand on (pyproject.toml, tests/conftest.py) reaches all of them.
"""

import ast
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from pathlib import Path

import grimp

MAIN = ("origin/main", "main", "HEAD")
"""What a branch is compared with: the first of these that there is."""

FOUNDATIONS = ("pyproject.toml", "constraints.txt", "tests/conftest.py")
PACKAGE = "src/lookscape/"
HELPERS = "tests/helpers/"


class Nearness(IntEnum):
    """How a change reaches a test file."""

    CHANGED = 0
    DIRECTLY = 1
    THROUGH_OTHERS = 2
    NOT = 3


def changed_files(root: Path) -> list[str]:
    """Paths that differ from where this branch left main, and those that git does not know yet."""
    base = next((found for name in MAIN if (found := _git(root, "merge-base", name, "HEAD"))), ["HEAD"])[0]
    changed = _git(root, "diff", "--name-only", "--no-renames", base)
    return sorted({*changed, *_git(root, "ls-files", "--others", "--exclude-standard")})


def _git(root: Path, *words: str) -> list[str]:
    ran = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=False)
    return ran.stdout.splitlines() if ran.returncode == 0 else []


@dataclass(frozen=True, kw_only=True)
class Reach:
    """What a change reaches among the tests below a folder that holds src/ and tests/."""

    root: Path
    changed: tuple[str, ...]

    def of(self, test: str) -> Nearness:
        """`test` is a path below the root."""
        if test in self.changed:
            return Nearness.CHANGED
        text = (self.root / test).read_text(encoding="utf-8")
        imported = self._imported(text)
        if imported & self._modules or self._mirrors(test) or self._named(text, self._modules | self._others):
            return Nearness.DIRECTLY
        if self._changed_support(test, imported):
            return Nearness.DIRECTLY
        if imported & self._downstream or self._named(text, self._downstream) or self._shaken:
            return Nearness.THROUGH_OTHERS
        return Nearness.NOT

    @cached_property
    def _shaken(self) -> bool:
        return any(path in FOUNDATIONS for path in self.changed)

    @cached_property
    def _modules(self) -> frozenset[str]:
        """Modules that were changed."""
        return frozenset(map(module_of, filter(is_module, self.changed)))

    @cached_property
    def _others(self) -> frozenset[str]:
        """Templates, scripts, styles and pictures that were changed, spelled as if they were modules."""
        mine = (path for path in self.changed if path.startswith(PACKAGE) and not is_module(path))
        return frozenset(module_of(path) for path in mine)

    @cached_property
    def _downstream(self) -> frozenset[str]:
        """Modules that import changed ones, however far away."""
        if not self._modules:
            return frozenset()
        graph = grimp.build_graph("lookscape", cache_dir=None)
        known = self._modules & graph.modules
        return frozenset().union(*(graph.find_downstream_modules(one) for one in known))

    def _imported(self, text: str) -> frozenset[str]:
        """Modules that a test names in its imports, and those that its helpers do."""
        found, waiting = set[str](), set(imports_in(text))
        while waiting:
            name = waiting.pop()
            found.add(name)
            helper = self.root / HELPERS / f"{name}.py"
            if helper.is_file():
                waiting |= set(imports_in(helper.read_text(encoding="utf-8"))) - found
        return frozenset(found)

    def _mirrors(self, test: str) -> bool:
        """Whether it stands where a changed file's own test does, and is called like it."""
        stem = Path(test).stem.removeprefix("test_")
        return any(stem == Path(path).stem for path in self.changed if path.startswith(PACKAGE))

    def _changed_support(self, test: str, imported: frozenset[str]) -> bool:
        """Whether its helpers, or the conftest.py of its folder, were changed."""
        helpers = {Path(path).stem for path in self.changed if path.startswith(HELPERS)}
        rooms = {str(Path(path).parent) for path in self.changed if path.endswith("/conftest.py")} - {"tests"}
        return bool(helpers & imported) or any(test.startswith(f"{room}/") for room in rooms)

    def _named(self, text: str, modules: Iterable[str]) -> bool:
        """Whether a part is spoken of: a tool with its group (`engine.search.find`, search/find), others in quotes."""
        return any(re.search(pattern, text) for pattern in filter(None, map(_spoken_of, modules)))


def _spoken_of(module: str) -> str:
    *rooms, name = module.split(".")
    if not rooms or name.startswith("_"):
        return ""
    words = "[_-]".join(map(re.escape, re.split("[_-]", name)))
    if rooms[:2] == ["lookscape", "tools"]:
        group = rf"\b{rooms[-1]}" + r"""(?:[./ ]|["'], ["'])"""
        return rf"(?:{group}){words}\b"
    return rf"""["'/]{words}["'/?.]"""


def is_module(path: str) -> bool:
    """Whether it is Python of the package."""
    return path.startswith(PACKAGE) and path.endswith(".py")


def module_of(path: str) -> str:
    """src/lookscape/index/rows/__init__.py -> lookscape.index.rows."""
    return ".".join(Path(path).with_suffix("").parts[1:]).removesuffix(".__init__")


def imports_in(text: str) -> Iterator[str]:
    """Every module that may be meant: `from a.b import c` names a.b, and a.b.c if c is a module."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def in_order(reach: Reach, tests: Iterable[str], seconds: Mapping[str, float]) -> list[tuple[str, Nearness]]:
    """The nearest first; of equally near ones what took longest last time, so that no worker ends with a long file."""
    near = {test: reach.of(test) for test in tests}
    order = sorted(near, key=lambda test: (near[test], -seconds.get(test, 0.0), test))
    return [(test, near[test]) for test in order]
