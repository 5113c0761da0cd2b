"""The last match board of each sample, on disk for the studio's page: boards/match/SAMPLE.json."""

from pathlib import Path

from lookscape.files import write_atomically

FOLDER = "boards", "match"


def write_board(folder: Path, sample: str, content: bytes) -> None:
    """Keep a board under its sample's name."""
    path = _path(folder, sample)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, content)


def board_names(folder: Path) -> list[str]:
    """Samples with a board, the newest first."""
    found = _path(folder, "").parent.glob("*.json")
    return [path.stem for path in sorted(found, key=lambda path: (-path.stat().st_mtime_ns, path.stem))]


def read_board(folder: Path, sample: str) -> bytes | None:
    """The board of a sample, if any."""
    return _path(folder, sample).read_bytes() if sample in board_names(folder) else None


def _path(folder: Path, sample: str) -> Path:
    return folder.joinpath(*FOLDER, f"{sample}.json")
