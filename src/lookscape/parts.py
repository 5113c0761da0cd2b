"""A folder is a registry: every public module in a package is one part, named by its file.

There is no central list to edit. Listing reads file names and docstrings and imports nothing, so
`lookscape --help` stays fast; a part's heavy libraries load when that part is asked for.
"""

import ast
import importlib
import pkgutil
from functools import cache
from importlib.util import find_spec
from types import ModuleType

from lookscape.errors import UnknownNameError


@cache
def names(package: str) -> tuple[str, ...]:
    """The parts in a package (a dotted name), sorted; files starting with an underscore are plumbing."""
    spec = find_spec(package)
    if spec is None or spec.submodule_search_locations is None:
        return ()
    found = pkgutil.iter_modules(spec.submodule_search_locations)
    return tuple(sorted(module.name for module in found if not module.name.startswith("_")))


def listed(package: str) -> str:
    """The parts' names in words: `exact or faiss`."""
    *others, last = names(package)
    return f"{', '.join(others)} or {last}" if others else last


def load(package: str, name: str) -> ModuleType:
    """Import one part. Dashes are read as underscores. Raises UnknownNameError with the closest names."""
    module = name.replace("-", "_")
    if module not in names(package):
        kind = package.rsplit(".", 1)[-1].removesuffix("s")
        raise UnknownNameError(kind, name, names(package))
    return importlib.import_module(f"{package}.{module}")


def load_module(name: str) -> ModuleType:
    """Import a module by its full dotted name: how a lower layer hands over to a higher one that it must not import."""
    return importlib.import_module(name)


@cache
def summary(package: str, name: str) -> str:
    """The first sentence of a part's docstring, read from its source without importing it."""
    return docstring(package, name).split("\n", 1)[0].rstrip(".")


@cache
def docstring(package: str, name: str) -> str:
    """A part's whole docstring, read from its source without importing it; empty if it has none."""
    module = name.replace("-", "_")
    if module not in names(package):
        raise UnknownNameError(package.rsplit(".", 1)[-1].removesuffix("s"), name, names(package))
    spec = find_spec(f"{package}.{module}")
    if spec is None or spec.origin is None:
        return ""
    with open(spec.origin, encoding="utf-8") as source:
        return ast.get_docstring(ast.parse(source.read())) or ""
