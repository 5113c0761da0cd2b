"""A folder is a registry: listing finds files and imports nothing, unknown names get the closest ones."""

import subprocess
import sys
from pathlib import Path

import pytest

from lookscape import parts
from lookscape.errors import UnknownNameError


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package with two parts, plumbing and a sub-package; importing `broken` fails."""
    folder = tmp_path / "shelf_of_parts"
    for room in ("deeper", "lone"):
        (folder / room).mkdir(parents=True)
    for name, text in {
        "__init__.py": "",
        "two_words.py": '"""Does one thing. And says more.\n\nMuch more.\n"""\nVALUE = 5\n',
        "broken.py": '"""Never to be imported."""\nraise RuntimeError\n',
        "silent.py": "",
        "_plumbing.py": "",
        "deeper/__init__.py": "",
        "lone/__init__.py": "",
        "lone/only.py": "",
        "notes.txt": "",
    }.items():
        (folder / name).write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    for cached in (parts.names, parts.summary, parts.docstring):
        cached.cache_clear()
    return folder.name


def test_names_are_the_public_files_sorted(shelf: str) -> None:
    assert parts.names(shelf) == ("broken", "deeper", "lone", "silent", "two_words")
    assert parts.names("no_such_package") == ()
    assert parts.listed(shelf) == "broken, deeper, lone, silent or two_words"
    assert parts.listed(f"{shelf}.lone") == "only"
    assert f"{shelf}.broken" not in sys.modules


def test_loading_takes_dashes_for_underscores(shelf: str) -> None:
    assert parts.load(shelf, "two-words").VALUE == 5
    assert parts.load(shelf, "two_words") is parts.load_module(f"{shelf}.two_words")


def test_docstrings_are_read_without_importing(shelf: str) -> None:
    assert parts.summary(shelf, "two-words") == "Does one thing. And says more"
    assert parts.docstring(shelf, "two_words").endswith("Much more.")
    assert parts.summary(shelf, "broken") == "Never to be imported"
    assert parts.docstring(shelf, "silent") == ""
    assert f"{shelf}.broken" not in sys.modules


@pytest.mark.parametrize("reach", [parts.load, parts.docstring, parts.summary])
def test_unknown_names_offer_the_closest(shelf: str, reach: object) -> None:
    with pytest.raises(UnknownNameError, match="no shelf_of_part named 'two-word'; did you mean two_words"):
        reach(shelf, "two-word")  # type: ignore[operator]
    with pytest.raises(UnknownNameError):
        reach(shelf, "_plumbing")  # type: ignore[operator]


def test_listing_every_part_of_the_project_imports_nothing_heavy() -> None:
    code = (
        "import sys; from lookscape import parts\n"
        "for package in ('tools', 'catalogue.sources', 'index.backends', 'representation.models'):\n"
        "    [parts.summary(f'lookscape.{package}', name) for name in parts.names(f'lookscape.{package}')]\n"
        "print(sorted({'torch', 'numpy', 'sqlalchemy', 'cv2', 'faiss'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
