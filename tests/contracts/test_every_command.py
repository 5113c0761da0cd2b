"""Every command explains itself, quickly; errors are one sentence and an exit code."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from lookscape import parts
from lookscape.interfaces.cli.app import COMMANDS
from lookscape.tools._tool import TOP_LEVEL, groups, tools
from terminal import lookscape


def own_process(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "lookscape", *words], capture_output=True, text=True, timeout=120)


OWN_GROUPS = [name for name in groups() if name != TOP_LEVEL]


@pytest.mark.parametrize("name", [*parts.names(COMMANDS), *(tool.command for tool in tools(TOP_LEVEL)), *OWN_GROUPS])
def test_it_is_listed_and_explains_itself(name: str) -> None:
    assert f"\n  {name} " in lookscape("--help").stdout
    helped = lookscape(name, "--help")
    assert helped.returncode == 0
    assert "Usage:" in helped.stdout


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys; sys.argv = ['lookscape', '--help']\n"
        "from lookscape.interfaces.cli.app import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'torch', 'numpy', 'sqlalchemy', 'fastapi', 'cv2', 'sklearn'} & set(sys.modules)\n"
        "print(sorted(heavy), file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stderr.strip() == "[]"


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["info"], 1, "there is no catalogue in"),
        (["ingest", "nowhere"], 2, "'nowhere' is not there"),
        (["ingest", "rendered:many"], 2, "rendered:many is not like"),
        (["search", "by-photo"], 2, "Missing argument"),
        (["search", "by-foto", "x.jpg"], 2, "No such command"),
        (["nonsense"], 2, "No such command"),
        (["search", "by-photo", "x.jpg", "--limit", "0"], 2, "limit: input should be greater"),
        (["search", "by-photo", "x.jpg", "--limit", "three"], 2, "limit"),
    ],
)
def test_a_wrong_call_gets_one_sentence(words: list[str], code: int, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "x.jpg").write_bytes(b"not a photo")
    words = [str(tmp_path / word) if word == "x.jpg" else word for word in words]
    needs_catalogue = words[0] in {"info", "ingest"} or (words[0] == "search" and words[1] == "by-photo")
    ran = lookscape(*words, *(["-C", str(tmp_path / "none")] if needs_catalogue else []))
    assert ran.returncode == code
    assert sentence in ran.stderr
    assert "Traceback" not in ran.stderr
    assert ran.stdout == ""


def test_a_process_of_its_own_says_the_same() -> None:
    for words in (["--help"], ["search", "by-photo", "--help"], ["nonsense"]):
        here, there = lookscape(*words), own_process(*words)
        assert there.returncode == here.returncode
        assert there.stdout == here.stdout.replace("Usage: lookscape", "Usage: python -m lookscape")
        assert there.stderr.splitlines()[-1:] == here.stderr.splitlines()[-1:]


def test_version() -> None:
    assert own_process("--version").stdout.startswith("lookscape ")


def test_json_is_one_document_on_stdout(tmp_path: Path) -> None:
    made = own_process("ingest", "rendered:3,size=48", "-C", str(tmp_path / "c"), "--json")
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["added"] == 3
    info = json.loads(own_process("info", "-C", str(tmp_path / "c"), "--json").stdout)
    assert set(info) >= {"files", "photos", "products", "duplicates", "rejected", "spaces", "models", "indexes"}
    assert (info["files"], info["photos"], info["products"], info["rejected"]) == (3, 3, 3, [])
