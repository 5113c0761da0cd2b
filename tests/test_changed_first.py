"""What a change reaches: by imports, through others, by the names of parts; and the order that pytest gets."""

import subprocess
import sys
from pathlib import Path

import pytest

from reached import Nearness, Reach, changed_files, in_order

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("changed", "test", "near"),
    [
        ("tests/tools/test_match.py", "tests/tools/test_match.py", Nearness.CHANGED),
        ("src/lookscape/services/match/sample.py", "tests/tools/test_match.py", Nearness.DIRECTLY),
        ("src/lookscape/services/match/rows.py", "tests/tools/test_match.py", Nearness.THROUGH_OTHERS),
        ("src/lookscape/tools/measure/match.py", "tests/tools/test_match.py", Nearness.DIRECTLY),
        ("tests/helpers/match_catalogue.py", "tests/tools/test_match.py", Nearness.DIRECTLY),
        ("tests/helpers/photo_sets.py", "tests/tools/test_match.py", Nearness.NOT),
        ("tests/pages/conftest.py", "tests/pages/test_board_page.py", Nearness.DIRECTLY),
        ("src/lookscape/interfaces/http/templates/board.html", "tests/pages/test_board_page.py", Nearness.DIRECTLY),
        ("src/lookscape/index/layouts/umap.py", "tests/index/test_metrics.py", Nearness.NOT),
        ("src/lookscape/errors.py", "tests/test_errors.py", Nearness.DIRECTLY),
        ("src/lookscape/errors.py", "tests/tools/test_match.py", Nearness.DIRECTLY),
        ("pyproject.toml", "tests/index/test_metrics.py", Nearness.THROUGH_OTHERS),
        ("README.md", "tests/tools/test_match.py", Nearness.NOT),
    ],
)
def test_a_change_reaches_what_stands_on_it(changed: str, test: str, near: Nearness) -> None:
    assert (ROOT / changed).is_file()
    assert Reach(root=ROOT, changed=(changed,)).of(test) is near


def test_the_nearest_come_first_and_long_files_before_short_ones() -> None:
    reach = Reach(root=ROOT, changed=("src/lookscape/services/match/sample.py", "tests/test_parts.py"))
    tests = ["tests/index/test_metrics.py", "tests/test_errors.py", "tests/tools/test_match.py", "tests/test_parts.py"]
    order = in_order(reach, tests, {"tests/test_errors.py": 2.0, "tests/index/test_metrics.py": 1.0})
    assert [test for test, _ in order] == [tests[3], tests[2], tests[1], tests[0]]
    assert [near for _, near in order] == [Nearness.CHANGED, Nearness.DIRECTLY, Nearness.NOT, Nearness.NOT]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A small repository with three test files, and this plugin."""
    tests = tmp_path / "tests"
    tests.mkdir()
    for name in ("one", "two", "three"):
        (tests / f"test_{name}.py").write_text(f"def test_{name}():\n    pass\n")
    (tests / "conftest.py").write_text('pytest_plugins = ["changed_first"]\n')
    helpers = ROOT / "tests" / "helpers"
    (tmp_path / "pyproject.toml").write_text(f"[tool.pytest.ini_options]\npythonpath = ['{helpers}']\n")
    (tmp_path / ".gitignore").write_text("__pycache__/\n.pytest_cache/\n")
    for words in (["init", "-b", "main"], ["add", "."], ["commit", "-m", "begin"]):
        who = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.org"]
        subprocess.run(["git", *who, *words], cwd=tmp_path, check=True, capture_output=True)
    return tmp_path


def ran(folder: Path, *words: str) -> list[str]:
    """The tests in the order in which they ran."""
    command = [sys.executable, "-m", "pytest", "-v", *words]
    said = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout
    passed = (line.partition("::")[2] for line in said.splitlines() if "PASSED" in line)
    return [line.split()[0] for line in passed]


def test_pytest_begins_with_what_was_changed(checkout: Path) -> None:
    assert changed_files(checkout) == []
    (checkout / "tests" / "test_two.py").write_text("def test_two():\n    assert True\n")
    (checkout / "tests" / "test_new.py").write_text("def test_new():\n    pass\n")
    assert changed_files(checkout) == ["tests/test_new.py", "tests/test_two.py"]
    order = ran(checkout, "--changed-first")
    assert sorted(order[:2]) == ["test_new", "test_two"]
    assert order[2:] == ["test_one", "test_three"]
    assert sorted(ran(checkout, "--changed-only")) == ["test_new", "test_two"]


def test_workers_share_it(checkout: Path) -> None:
    (checkout / "tests" / "test_two.py").write_text("def test_two():\n    assert True\n")
    words = ["-n", "1", "--dist", "loadfile", "--no-loadscope-reorder", "--changed-first"]
    shown = subprocess.run(
        [sys.executable, "-m", "pytest", "-v", *words], cwd=checkout, capture_output=True, text=True, check=True
    ).stdout
    passed = [line for line in shown.splitlines() if "PASSED" in line]
    assert "test_two" in passed[0]
    assert len(passed) == 3
