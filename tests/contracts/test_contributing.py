"""CONTRIBUTING.md is true: its recipes, followed to the letter in a copy, give parts that work everywhere."""

import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from test_rooms import PACKAGE, REGISTRIES

from lookscape.catalogue.rendering import jpeg, product_at

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
HELPERS = ROOT / "tests" / "helpers"
FILE = re.compile(r"^`(src/[^`]+)`\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NUM_PHOTOS = 14


def recipes() -> dict[str, dict[str, str]]:
    """Title of each section that shows files -> path -> text."""
    sections = re.split(r"^## ", TEXT, flags=re.MULTILINE)[1:]
    found = {section.split("\n", 1)[0]: dict(FILE.findall(section)) for section in sections}
    return {title: files for title, files in found.items() if files}


FILES = {path: text for files in recipes().values() for path, text in files.items()}
NAMES = sorted({Path(path).stem for path in FILES})


def test_every_block_of_code_is_a_file_of_a_recipe() -> None:
    assert len(FILES) == TEXT.count("```") // 2
    assert sum(map(len, recipes().values())) == len(FILES)
    several = {title: len(files) for title, files in recipes().items() if len(files) > 1}
    assert several == {"Add a model": 2, "Add a page": 2}, "one new file each; a page has a template"
    assert [path for path in FILES if (ROOT / path).exists()] == []


def test_every_registry_has_a_recipe() -> None:
    kinds = {Path(path).parent for path in FILES} | {Path("src/lookscape/representation/networks/backbones")}
    assert {folder.relative_to(ROOT) for folder in REGISTRIES if folder.parent != PACKAGE / "tools"} < kinds
    assert kinds - {folder.relative_to(ROOT) for folder in REGISTRIES} == set()


@dataclass(frozen=True, kw_only=True)
class Copy:
    """The copy of the code with the new parts, a catalogue in it, and how to run things there."""

    folder: Path

    @property
    def catalogue(self) -> str:
        return str(self.folder / "catalogue")

    def python(self, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("LOOKSCAPE_")},
            "PYTHONPATH": str(self.folder / "src"),
            "LOOKSCAPE_WORKERS": "1",
            "COLUMNS": "200",
        }
        return subprocess.run(
            [sys.executable, *words], input=given, capture_output=True, text=True, cwd=self.folder, env=environment
        )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    folder = tmp_path_factory.mktemp("copy")
    for name in ("src", "tests"):
        shutil.copytree(ROOT / name, folder / name)
    (folder / "docs").mkdir()
    for name in ("docs/generate.py", "docs/rooms.py", "docs/architecture.md", "pyproject.toml"):
        shutil.copy2(ROOT / name, folder / name)
    for path, text in FILES.items():
        (folder / path).write_text(text, encoding="utf-8")
    write_photos(folder / "photos.zip")
    return Copy(folder=folder)


def write_photos(path: Path) -> None:
    """Drawn shoes, one photo without colour, and a ribbon."""
    grey, ribbon = io.BytesIO(), io.BytesIO()
    Image.linear_gradient("L").resize((96, 96)).convert("RGB").save(grey, "PNG")
    Image.new("RGB", (400, 10), "red").save(ribbon, "PNG")
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(NUM_PHOTOS):
            archive.writestr(f"{number}.jpg", jpeg(product_at(number), size=96))
        archive.writestr("more/grey.png", grey.getvalue())
        archive.writestr("more/ribbon.png", ribbon.getvalue())


COMMANDS = (
    ("help", "--help", {}),
    ("help of search", "search --help", {}),
    ("help of lucky", "search lucky --help", {}),
    ("help of explain", "predict explain --help", {}),
    ("help of export", "annotate export --help", {}),
    ("where", "where", {}),
    ("ingest", "ingest zipped:photos.zip --json", {}),
    ("ingest what it claims", "ingest photos.zip --json", {}),
    ("info", "info --json", {}),
    ("lucky", "search lucky 3 --json", {}),
    ("check", "clean check greyscale --json", {}),
    ("findings", "clean findings --json", {}),
    ("gauge", "gauge --json", {}),
    ("facets", "search facets --json", {}),
    ("embed", "embed thumbnail --json", {"LOOKSCAPE_BACKEND": "naive"}),
    ("search", "search by-photo photo.jpg --space thumbnail --json", {"LOOKSCAPE_BACKEND": "naive"}),
    ("train", "train linear --steps 2 --side 16 --dim 4 --json", {}),
    ("map", "atlas map --space linear --method components --json", {}),
    ("set", "annotate set style low --everything --json", {}),
    ("export", "annotate export --format json-lines --attributes style --to labels.jsonl --json", {}),
    ("import", "annotate import labels.jsonl --json", {}),
    ("write docs", "docs/generate.py", {}),
    ("check docs", "docs/generate.py --check", {}),
    ("studio", f"{HELPERS / 'ask_studio.py'} / /sizes /review /training /map", {"LOOKSCAPE_RUNTIME": "channels_last"}),
)
"""Name, words, environment: in this order, in one process."""

WITHOUT_CATALOGUE = ("--help", "docs/generate.py")


@pytest.fixture(scope="module")
def ran(copy: Copy) -> dict[str, dict]:
    (copy.folder / "photo.jpg").write_bytes(jpeg(product_at(3), size=96))
    asked = [
        {
            "name": name,
            "words": [
                *text.split(),
                *([] if any(word in text for word in WITHOUT_CATALOGUE) else ["-C", copy.catalogue]),
            ],
            "environment": environment,
        }
        for name, text, environment in COMMANDS
    ]
    process = copy.python(str(HELPERS / "many_commands.py"), given=json.dumps(asked))
    assert process.returncode == 0, process.stderr
    return json.loads(process.stdout)


@pytest.fixture(scope="module")
def told(ran: dict[str, dict]) -> dict:
    assert ran["studio"]["code"] == 0, ran["studio"]["stderr"]
    return json.loads(ran["studio"]["stdout"])


def answered(ran: dict[str, dict], name: str) -> dict:
    return json.loads(ran[name]["stdout"])


@pytest.mark.parametrize("name", [name for name, _, _ in COMMANDS])
def test_the_command_works(ran: dict[str, dict], name: str) -> None:
    assert ran[name]["code"] == 0, ran[name]["stderr"]


def test_a_tool_is_in_python_terminal_http_and_docs(copy: Copy, ran: dict[str, dict], told: dict) -> None:
    assert told["code"].startswith(str(copy.folder))
    assert told["python"] == told["http"] == answered(ran, "lucky")["products"]
    assert len(set(told["python"])) == 3
    assert "/api/v1/search/lucky" in told["openapi"]
    assert re.search(r"\blucky +Pick products at random", ran["help of search"]["stdout"])
    assert "COUNT" in ran["help of lucky"]["stdout"]
    assert "# search/lucky" in (copy.folder / "docs/reference/tools/search-lucky.md").read_text()


def test_a_source_is_read_by_name_and_by_what_it_claims_and_a_gate_is_asked(ran: dict[str, dict]) -> None:
    first, again = answered(ran, "ingest"), answered(ran, "ingest what it claims")
    assert (first["listed"], first["added"], first["rejected"]) == (NUM_PHOTOS + 2, NUM_PHOTOS + 1, 1)
    assert (again["added"], again["unchanged"]) == (0, NUM_PHOTOS + 2)
    (rejected,) = answered(ran, "info")["rejected"]
    assert rejected["reason"].startswith("400 x 10 pixels is no photo of a product")


def test_a_check_finds_and_is_reviewed(ran: dict[str, dict], told: dict) -> None:
    assert [check["check"] for check in answered(ran, "check")["checks"]] == ["greyscale"]
    (finding,) = answered(ran, "findings")["findings"]
    assert finding["says"] == "there is no colour in it"
    assert "Black and white" in told["pages"]["/review"]


def test_a_measure_is_taken_of_every_product(ran: dict[str, dict]) -> None:
    assert answered(ran, "gauge")["measured"] == NUM_PHOTOS + 1
    assert "balance.mirror" in {facet["name"] for facet in answered(ran, "facets")["facets"]}


def test_a_model_embeds_and_a_backend_searches(copy: Copy, ran: dict[str, dict]) -> None:
    made = answered(ran, "embed")
    assert (made["model"], made["space"], made["dim"], made["vectors"]) == ("thumbnail", "thumbnail", 3072, 15)
    assert [path.suffix for path in Path(copy.catalogue, "indexes").glob("thumbnail.cosine.*e")] == [".naive"]
    hit = answered(ran, "search")["hits"][0]
    assert hit["distance"] == pytest.approx(0, abs=1e-3)


def test_an_engine_is_taken_when_it_is_asked_for(told: dict) -> None:
    assert told["engine"] == "channels_last"


def test_a_recipe_trains_a_model(ran: dict[str, dict], told: dict) -> None:
    made = answered(ran, "train")
    assert (made["model"], made["steps"]) == ("trained:linear", 2)
    assert "The linear autoencoder: minutes on a laptop" in told["pages"]["/training"]


def test_a_layout_makes_maps_and_is_offered(ran: dict[str, dict], told: dict) -> None:
    assert answered(ran, "map")["method"] == "components"
    assert '<option value="components">Principal components</option>' in told["pages"]["/map"]


def test_a_saliency_method_is_offered(ran: dict[str, dict]) -> None:
    assert "activity, grad_cam" in ran["help of explain"]["stdout"]


def test_a_label_format_goes_out_and_comes_back(copy: Copy, ran: dict[str, dict], told: dict) -> None:
    assert "json-lines" in re.sub(r"\s", "", ran["help of export"]["stdout"]), "lines may break at a hyphen"
    assert "json-lines" in json.dumps(told["openapi"]["/api/v1/annotate/export"])
    assert (copy.folder / "labels.jsonl").read_text().count('"style": ["low"]') == NUM_PHOTOS + 1
    assert (answered(ran, "import")["unchanged"], answered(ran, "import")["bad_rows"]) == (NUM_PHOTOS + 1, [])


def test_a_page_is_at_its_path_and_in_the_menu(told: dict) -> None:
    assert f"{NUM_PHOTOS + 1} products" in told["pages"]["/sizes"]
    assert 'href="/sizes" aria-current="page"' in told["pages"]["/sizes"]
    assert 'href="/sizes"' in told["pages"]["/"]


def test_a_command_is_listed_and_runs(copy: Copy, ran: dict[str, dict]) -> None:
    assert "\n  where " in ran["help"]["stdout"]
    assert ran["where"]["stdout"].strip() == copy.catalogue


@pytest.mark.parametrize("path", [path for path in FILES if path.endswith(".py")])
def test_the_reference_has_it(copy: Copy, ran: dict[str, dict], path: str) -> None:
    written = "".join(page.read_text() for page in (copy.folder / "docs/reference").rglob("*.md"))
    first = FILES[path].removeprefix('"""').split("\n", 1)[0].removesuffix('"""')
    assert first in written or "/pages/" in path


def test_the_examples_keep_the_style(copy: Copy) -> None:
    files = [path for path in FILES if path.endswith(".py")]
    for words in (["check"], ["format", "--check"]):
        process = copy.python("-m", "ruff", *words, "--no-cache", *files)
        assert process.returncode == 0, process.stdout + process.stderr


def test_the_contract_tests_run_over_new_parts(copy: Copy, ran: dict[str, dict]) -> None:
    tests = [f"tests/contracts/{path.name}" for path in sorted((ROOT / "tests/contracts").glob("test_every_*.py"))]
    tests.remove("tests/contracts/test_every_source.py")  # it asks for an example of each, as the recipe says
    tests += ["tests/classifiers/explaining/test_explaining.py", "tests/representation/inference/test_runtime.py"]
    chosen = " or ".join(NAMES)
    process = copy.python("-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist", "-rA", "-k", chosen, *tests)
    assert process.returncode == 0, process.stdout[-5000:]
    passed = "\n".join(line for line in process.stdout.splitlines() if line.startswith("PASSED"))
    assert [name for name in NAMES if not re.search(rf"\[.*{name.replace('_', '[_-]')}", passed)] == [
        "json_lines",
        "zipped",
    ]
