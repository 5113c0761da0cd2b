"""Runs every benchmark, one after another, and keeps what each prints in benchmarks/results/.

    python -m benchmarks --data FOLDER [--trained FOLDER] [--only NAME ...]

The first FOLDER holds the photo folders sneakers, models50, fashion and phone; a benchmark whose photos are not there
is left out. The second holds catalogues with trained models, sneakers, models50 and rendered, without which those that
judge models are left out; TRAINED says which models. Sneakers: for seed in 0 1 2; do lookscape train language --name
language-$seed --seed $seed; done, and lookscape train language. Models50: lookscape predict train model. Rendered
(rendered:10000,size=128): as sneakers with the recipe measured, and one each of autoencoder and pca.
"""

import argparse
import platform
import subprocess
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
RESULTS = HERE / "results"
LIBRARIES = ("torch", "openvino", "faiss-cpu", "hnswlib", "numpy", "pillow")
PHOTOS: dict[str, dict[str, str]] = {
    "background": {"--sneakers": "sneakers", "--fashion": "fashion", "--phone": "phone", "--models50": "models50"},
    "board": {"--data": "sneakers"},
    "decode": {"--data": "sneakers"},
    "duplicates": {"--sneakers": "sneakers", "--models50": "models50"},
    "embedding": {"--data": "sneakers"},
    "framing": {"--data": "sneakers", "--others": "fashion"},
    "http_latency": {"--data": "sneakers"},
    "impute": {"--data": "fashion"},
    "ingest": {"--data": "sneakers"},
    "kill": {"--data": "sneakers"},
    "leaks": {"--data": "sneakers"},
    "map": {"--data": "sneakers"},
    "match": {"--fashion": "fashion", "--models50": "models50"},
    "measures": {"--data": "sneakers"},
    "nothing_like_this": {"--data": "sneakers", "--others": "fashion"},
    "off_subject": {"--sneakers": "sneakers", "--fashion": "fashion", "--phone": "phone"},
    "orientation": {"--data": "sneakers", "--others": "fashion", "--models50": "models50"},
    "report": {"--data": "sneakers"},
    "quality": {"--data": "sneakers", "--others": "fashion", "--models50": "models50"},
    "pair": {"--sneakers": "sneakers", "--models50": "models50", "--phone": "phone"},
    "search_quality": {"--data": "sneakers"},
    "training": {"--data": "sneakers"},
    "tuning": {"--data": "models50"},
    "index_fashion_mnist": {"--data": "/usr/share/datasets/fashion-mnist"},
}
"""The photos that a benchmark wants, by option; those not named here make their own."""

BY_HAND = {"builds"}
"""Those that need another build beside this one."""

TRAINED: dict[str, list[str]] = {
    "classify": ["--catalogue", "{trained}/models50", "model", "--linear", "--space"],
    "disentanglement": ["{trained}/rendered", "measured", "autoencoder", "pca"],
    "explain": ["--catalogue", "{trained}/models50", "--name", "model"],
    "interpolation": ["--catalogue", "{trained}/sneakers", "--model", "language-0", "language-1", "language-2"],
    "language": ["{trained}/sneakers", "language-0", "language-1", "language-2"],
    "mixture": ["--catalogue", "{trained}/sneakers", "--models", "language-0", "language-1", "language-2"],
    "reconstruction": ["{trained}/sneakers", "language"],
    "slider": ["--catalogue", "{trained}/sneakers", "--model", "language"],
    "steer": ["--catalogue", "{trained}/sneakers", "--model", "language"],
}
"""What a benchmark of trained models is called with."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of photo folders")
    parser.add_argument("--trained", type=Path, help="folder of catalogues with trained models")
    parser.add_argument("--only", nargs="*", help="benchmarks to run, by file name without .py")
    arguments = parser.parse_args()
    names = sorted(path.stem for path in HERE.glob("[!_]*.py") if path.stem not in BY_HAND)
    RESULTS.mkdir(exist_ok=True)
    failed = [name for name in arguments.only or names if not _run(name, arguments.data, arguments.trained)]
    sys.exit(f"failed: {', '.join(failed)}" if failed else 0)


def _run(name: str, data: Path, trained: Path | None) -> bool:
    """Run one and keep its output; true if it ended well or what it needs is not here."""
    if name in TRAINED and trained is None:
        print(f"{name}: left out, --trained is not given")
        return True
    wanted = PHOTOS.get(name, {})
    folders = {option: data / folder for option, folder in wanted.items()}
    if missing := [str(folder) for folder in folders.values() if not folder.is_dir()]:
        print(f"{name}: left out, {', '.join(missing)} is not there")
        return True
    words = [word for option, folder in folders.items() for word in (option, str(folder))]
    words += [word.format(trained=trained) for word in TRAINED.get(name, [])]
    print(f"{name} ...", flush=True)
    started = time.perf_counter()
    ran = subprocess.run([sys.executable, str(HERE / f"{name}.py"), *words], stdout=subprocess.PIPE, text=True)
    print(ran.stdout)
    if ran.returncode == 0:
        models = [word.format(trained="CATALOGUES") for word in TRAINED.get(name, [])]
        options = [f"{option} {folder}" for option, folder in wanted.items()]
        shown = " ".join([f"python benchmarks/{name}.py", *options, *models])
        took = f"{time.perf_counter() - started:.0f} s in all"
        printed = ran.stdout.replace(f"{data}/", "").replace(
            f"{trained}/", ""
        )  # where the photos lie is nobody's business
        text = f"# {name}\n\n    {shown}\n\n{_machine()}, {took}\n\n```\n{printed}```\n"
        (RESULTS / f"{name}.md").write_text(text, encoding="utf-8")
    return ran.returncode == 0


def _machine() -> str:
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {libraries}, {_processor()}"


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.is_file() else []
    model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "processor")
    return f"{model}, {sum(line.startswith('processor') for line in lines)} cores"


if __name__ == "__main__":
    main()
