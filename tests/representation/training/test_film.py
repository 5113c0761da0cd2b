"""The film of a training: which steps it shows, what stands in a frame, and what comes of them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import runs
from lookscape.representation.training import filmstrip
from lookscape.representation.training.hooks.film import frame_steps


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    runs.trained(folder)
    return folder / "run" / "film"


def test_frames_lie_ever_farther_apart() -> None:
    steps = sorted(frame_steps(3000))
    assert steps[:5] == [0, 1, 2, 3, 4]
    assert steps[-1] == 3000
    assert 24 <= len(steps) <= 31
    late = np.array(steps[10:])
    np.testing.assert_allclose(late[1:] / late[:-1], late[-1] / late[-2], rtol=0.1)
    assert sorted(frame_steps(1)) == [0, 1]


def test_a_frame_holds_photos_rebuilt_ones_and_draws(film: Path) -> None:
    frames = filmstrip.frames(film)
    assert sorted(frames) == sorted(frame_steps(60))
    pictures = {step: np.asarray(Image.open(path).convert("RGB"), int) for step, path in frames.items()}
    assert {picture.shape for picture in pictures.values()} == {(64, 128, 3)}
    photos = pictures[0][:16]
    assert all(np.abs(picture[:16] - photos).mean() < 3 for picture in pictures.values())
    errors = [((picture[16:32] - photos) ** 2).mean() for picture in pictures.values()]
    assert errors[-1] < 0.8 * errors[0]


def test_a_run_that_starts_again_leaves_no_old_frames(film: Path) -> None:
    (film / "0000059.webp").write_bytes(b"of another run")
    runs.trained(film.parent.parent, replace(runs.SMALL, num_steps=5))
    assert sorted(filmstrip.frames(film)) == sorted(frame_steps(5))
    runs.trained(film.parent.parent)


def test_strip_and_animations_show_every_step(film: Path) -> None:
    for name in ("film.webp", "film.gif"):
        with Image.open(film / name) as opened:
            assert opened.n_frames == len(filmstrip.frames(film))
    with Image.open(film / "strip.png") as strip:
        columns = len(filmstrip.spread(list(filmstrip.frames(film)), count=filmstrip.STRIP_COLUMNS)) + 1
        assert strip.width == columns * (filmstrip.CELL + filmstrip.GAP) + filmstrip.GAP


def test_a_model_without_a_prior_has_a_film_too(tmp_path: Path) -> None:
    recipe = replace(runs.SMALL, model="autoencoder", config={"side": 16, "dim": 4, "width": 4}, num_steps=8)
    runs.trained(tmp_path, recipe, photos=20)
    assert len(filmstrip.frames(tmp_path / "run" / "film")) == len(frame_steps(8))


def test_no_frames_make_no_film(tmp_path: Path) -> None:
    filmstrip.assemble(tmp_path)
    assert list(tmp_path.iterdir()) == []
