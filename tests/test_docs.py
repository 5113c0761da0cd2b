"""What README and guide say is so: commands exist with their options, Python runs, links lead somewhere."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from lookscape.engine import Engine
from lookscape.settings import Settings
from lookscape.tools._tool import every_tool
from terminal import lookscape

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]
PATH = re.compile(
    r"(?<![\w./*-])(?:(?:src|tests|docs|benchmarks|lab)/[\w./-]*\w|(?:\w+/)+[\w-]+\.(?:py|js|css|html|svg))"
)
"""A file or folder of the tree, or a file of some room: `src/lookscape/parts.py`, `checks/pair.py`."""

NEW_FILE = re.compile(r"^`([^`]+)`\n\n```", re.MULTILINE)
"""A file that a recipe tells to write."""

OPTION = re.compile(r"--[a-z][a-z-]+")
OTHER_OPTIONS = {"--catalogue", "--check", "--help", "--host", "--json", "--no-serve", "--photos", "--port"}
"""Options of commands that are no tools, and of the scripts of docs/."""
COMMAND = re.compile(r"^\$ lookscape (.*?)(?:\s+#.*)?$", re.MULTILINE)


def commands() -> list[str]:
    found = {match[1].strip() for page in PAGES for match in COMMAND.finditer(page.read_text(encoding="utf-8"))}
    return sorted(found)


@pytest.mark.parametrize("command", commands())
def test_the_command_and_its_options_exist(command: str) -> None:
    words = command.split()
    names = [word for word in words if not word.startswith("-")]
    for depth in (2, 1):
        ran = lookscape(*names[:depth], "--help")
        if ran.returncode == 0 and f"lookscape {' '.join(names[:depth])}" in ran.stdout:
            break
    assert ran.returncode == 0, command
    for option in (word for word in words if word.startswith("--")):
        assert option in ran.stdout, f"{option} of {command}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_options_that_are_named_exist_and_are_not_old_names(page: Path) -> None:
    """Those in backticks, wherever they stand; commands of other programs are not written so."""
    shown = {
        option
        for code in re.findall(r"`([^`\n]+)`", page.read_text(encoding="utf-8"))
        for option in OPTION.findall(code)
    }
    fields = {name for tool in every_tool() for name in tool.params.model_fields}
    known = {f"--{name.replace('_', '-')}" for name in fields} | {f"--no-{name.replace('_', '-')}" for name in fields}
    assert shown - known <= OTHER_OPTIONS


def test_there_are_commands_to_check() -> None:
    assert len(commands()) >= 8


def test_the_python_in_the_readme_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, photo_bytes: Callable[..., bytes], capsys: pytest.CaptureFixture
) -> None:
    code = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert code
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "metadata.csv").write_text("file_name,colour,name\n0.jpg,black,Terrace\n1.jpg,red,Varsity\n")
    for number in range(2):
        (tmp_path / "photos" / f"{number}.jpg").write_bytes(photo_bytes(number))
    shutil.copy(tmp_path / "photos" / "0.jpg", tmp_path / "shoe.jpg")
    monkeypatch.chdir(tmp_path)
    exec(compile(code[1], "README.md", "exec"), {})
    assert re.fullmatch(r"\d\.\d\d Terrace .*0\.jpg\n", capsys.readouterr().out)


def test_the_python_in_the_guide_reads_a_space(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = re.search(r"```python\n(.*?)```", (ROOT / "docs" / "guide.md").read_text(encoding="utf-8"), re.DOTALL)
    assert code
    (tmp_path / "try").symlink_to(engine.folder)
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    exec(compile(code[1], "guide.md", "exec"), names)
    assert set(names["vectors"].column_names) >= {"photo_id", "vector"}
    assert names["vectors"].num_rows == len(engine.space().ids)


def test_every_setting_is_in_the_guide() -> None:
    guide = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
    wanted = {f"LOOKSCAPE_{name.upper()}" for name in Settings.model_fields}
    assert wanted == set(re.findall(r"LOOKSCAPE_[A-Z_]+", guide))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_and_folders_that_it_names_are_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = {match[0] for match in PATH.finditer(text)} - set(NEW_FILE.findall(text))
    rooms = [ROOT / room for room in ("src", "tests", "benchmarks")]
    missing = [
        path for path in named if not (ROOT / path).exists() and not any(any(room.rglob(path)) for room in rooms)
    ]
    assert sorted(missing) == []


def test_what_contributing_calls_is_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(re.findall(r"make (\w+) {2}|`make (\w+)`", text)) <= {
        pair for name in targets for pair in ((name, ""), ("", name))
    }
    settings = {f"LOOKSCAPE_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"LOOKSCAPE_[A-Z_]+", text)) <= settings
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))
    code += (ROOT / "tests" / "contracts" / "test_every_source.py").read_text(encoding="utf-8")
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    shouted = set(re.findall(r"\b[A-Z_]{4,}\b(?!\.md)", prose)) - {
        "DATA",
        "LOG",
        "NNNN",
        "NAME",
        "JSON",
        "ONNX",
        "HTTP",
        "PRODUCT",
    }
    assert {name for name in shouted - settings if not re.search(rf"^ *{name}\b", code, re.MULTILINE)} == set()


def test_the_reference_is_up_to_date() -> None:
    command = [sys.executable, str(ROOT / "docs" / "generate.py"), "--check"]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


def test_the_picture_of_the_rooms_is_up_to_date() -> None:
    ran = subprocess.run([sys.executable, str(ROOT / "docs" / "rooms.py"), "--check"], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("stale", ["rooms.svg", "architecture.md"])
def test_a_stale_picture_or_table_is_noticed_and_drawn_anew(tmp_path: Path, stale: str) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name in ("rooms.py", "rooms.svg", "architecture.md"):
        shutil.copy(ROOT / "docs" / name, docs)
    right = (docs / stale).read_bytes()
    (docs / stale).write_bytes(right.replace(b"The one training loop", b"Another training loop"))
    check = [sys.executable, str(docs / "rooms.py"), "--check"]
    ran = subprocess.run(check, capture_output=True, text=True)
    assert ran.returncode == 1
    assert ran.stderr == f"not as the imports say: docs/{stale}; run: python docs/rooms.py\n"
    subprocess.run(check[:-1], check=True)
    assert (docs / stale).read_bytes() == right
    assert subprocess.run(check).returncode == 0


def test_the_picture_is_one_that_browsers_draw() -> None:
    drawn = ElementTree.parse(ROOT / "docs" / "rooms.svg")
    words = {"".join(text.itertext()) for text in drawn.iter("{http://www.w3.org/2000/svg}text")}
    assert {"interfaces", "tools", "services", "store", "errors"} <= words
    assert "http" not in drawn.findtext("{http://www.w3.org/2000/svg}style", "")
