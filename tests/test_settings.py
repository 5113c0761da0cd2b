"""Settings: the environment wins over lookscape.toml, which wins over the defaults; mistakes are named."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from lookscape.errors import UnknownNameError, UsageError
from lookscape.settings import Settings


def write(folder: Path, text: str) -> Path:
    (folder / "lookscape.toml").write_text(text)
    return folder


def test_defaults_live_in_the_folder(tmp_path: Path) -> None:
    settings = Settings.for_catalogue(tmp_path)
    assert settings.database_url == f"sqlite:///{tmp_path}/catalogue.db"
    assert settings.blobs_url == str(tmp_path / "blobs")
    assert settings.num_workers >= 1
    assert Settings.for_catalogue().catalogue == Path("catalogue")


def test_the_file_wins_over_defaults_and_the_environment_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, 'photo_side = 256\nworkers = 3\ndatabase = "postgresql://db/shop"\nblobs = "s3://bucket/shop"\n')
    monkeypatch.setenv("LOOKSCAPE_WORKERS", "7")
    settings = Settings.for_catalogue(tmp_path)
    assert (settings.photo_side, settings.num_workers) == (256, 7)
    assert (settings.database_url, settings.blobs_url) == ("postgresql://db/shop", "s3://bucket/shop")


def test_the_environment_names_the_catalogue_unless_the_caller_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOOKSCAPE_CATALOGUE", str(write(tmp_path, "workers = 2")))
    assert Settings.for_catalogue().num_workers == 2
    assert Settings.for_catalogue(tmp_path / "other").catalogue == tmp_path / "other"


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("photo_side = 8", UsageError, "setting photo_side: .* greater than or equal to 32"),
        ("workers = -1", UsageError, "setting workers"),
        ("photo_sid = 256", UnknownNameError, "no setting named 'photo_sid'; did you mean photo_side"),
        ("workers = ", UsageError, "is not valid TOML"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, text: str, error: type[UsageError], message: str) -> None:
    with pytest.raises(error, match=message):
        Settings.for_catalogue(write(tmp_path, text))


def test_a_mistake_in_the_environment_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOOKSCAPE_PHOTO_SIDE", "large")
    with pytest.raises(UsageError, match="setting photo_side"):
        Settings.for_catalogue(tmp_path)


def test_settings_cannot_be_changed(tmp_path: Path) -> None:
    with pytest.raises(ValidationError):
        Settings.for_catalogue(tmp_path).workers = 5
