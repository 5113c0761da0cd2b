import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from lookscape.errors import CancelledError, ConflictError
from lookscape.representation import checkpoint
from lookscape.representation.spaces import embed as embedding
from lookscape.representation.spaces.embed import EmbedReport, PhotoSet, embed, sample
from lookscape.representation.spaces.space import Space, Spaces
from mean_colour import MeanColour, ScaledColour
from photo_sets import photo_set

HELPERS = Path(__file__).parents[2] / "helpers"


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "PART", 20)
    monkeypatch.setattr(embedding, "REPORT_EVERY", 2)


def silent(done: int, total: int, stage: str) -> None:
    pass


def run(encoder: MeanColour, photos: PhotoSet, folder: Path) -> tuple[Space, EmbedReport]:
    space = Spaces(folder / "spaces").ensure("colour", model="colour", encoder=encoder)
    report = embed(encoder, photos, space, fitted=folder / "fitted", progress=silent)
    return Space(space.folder), report


def test_every_photo_gets_its_own_vector(tmp_path: Path) -> None:
    photos = photo_set(50)
    space, report = run(MeanColour(), photos, tmp_path)
    assert space.ids == tuple(sorted(photos.ids))
    by_id = dict(zip(space.ids, space.vectors, strict=True))
    for number, photo_id in enumerate(photos.ids):
        np.testing.assert_allclose(by_id[photo_id], [number, 250, 3 * number % 250], atol=3)
    assert report == EmbedReport(num_photos=50, num_added=50, num_removed=0, fitted=False, rebuilt=False)


def test_only_what_is_new_is_computed_and_what_is_gone_is_removed(tmp_path: Path) -> None:
    run(MeanColour(), photo_set(50), tmp_path)
    again = MeanColour()
    _, report = run(again, photo_set(50), tmp_path)
    assert (again.num_encoded, report.num_added, report.num_removed) == (0, 0, 0)
    larger, smaller = photo_set(53), photo_set(40)
    space, report = run(again, larger, tmp_path)
    assert (again.num_encoded, report.num_added, len(space)) == (3, 3, 53)
    space, report = run(again, smaller, tmp_path)
    assert (again.num_encoded, report.num_removed) == (3, 13)
    assert space.ids == tuple(sorted(smaller.ids))


def test_another_key_rebuilds_the_space(tmp_path: Path) -> None:
    run(MeanColour("one"), photo_set(30), tmp_path)
    other = MeanColour("two")
    space, report = run(other, photo_set(30), tmp_path)
    assert (other.num_encoded, report.rebuilt, space.key, len(space)) == (30, True, "two", 30)


def test_photos_that_cannot_be_read_are_reported_and_left_out(tmp_path: Path) -> None:
    photos = photo_set(30, damaged=(3, 17))
    space, report = run(MeanColour(), photos, tmp_path)
    assert {failure.photo_id for failure in report.failures} == {photos.ids[3], photos.ids[17]}
    assert {failure.reason for failure in report.failures} == {"the stored photo is damaged; ingest it again"}
    assert (len(space), report.num_added) == (28, 28)


def test_progress_counts_every_photo_and_can_stop_the_run(tmp_path: Path) -> None:
    encoder, seen = MeanColour(), []
    space = Spaces(tmp_path).ensure("colour", model="colour", encoder=encoder)

    def stop_at_half(done: int, total: int, stage: str) -> None:
        seen.append((done, total, stage))
        if done >= 25:
            raise CancelledError("stopped")

    with pytest.raises(CancelledError):
        embed(encoder, photo_set(50), space, fitted=tmp_path / "fitted", progress=stop_at_half)
    assert seen[-1] == (25, 50, "embedding")
    assert len(Space(space.folder)) == 20, "whole parts are kept"


def test_killed_anywhere_and_run_again_gives_the_same_space(tmp_path: Path) -> None:
    expected, _ = run(MeanColour(), photo_set(200), tmp_path / "undisturbed")
    for _ in range(3):
        command = [sys.executable, str(HELPERS / "embed_forever.py"), str(tmp_path / "killed")]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for line in process.stdout:
                if int(line) >= 30:
                    process.send_signal(signal.SIGKILL)
                    break
    space, report = run(MeanColour(), photo_set(200), tmp_path / "killed")
    assert 0 < report.num_added < 200, "the killed runs did some of the work, not all"
    assert space.ids == expected.ids
    np.testing.assert_array_equal(space.vectors, expected.vectors)


def test_an_encoder_is_fitted_once_and_what_it_learned_is_kept(tmp_path: Path) -> None:
    first = ScaledColour()
    space, report = run(first, photo_set(30), tmp_path)
    assert (report.fitted, first.num_fitted, space.key) == (True, 10, first.key)
    saved = checkpoint.load(tmp_path / "fitted")
    assert saved.config["network"] == "scaled"
    np.testing.assert_array_equal(saved.tensors["brightest"], first.state()["brightest"])
    _, report = run(first, photo_set(40), tmp_path)
    assert (report.fitted, report.rebuilt, report.num_added) == (False, False, 10)


def test_an_encoder_fitted_on_few_photos_is_fitted_again_on_more(tmp_path: Path) -> None:
    encoder = ScaledColour()
    for count, fitted, num_fitted in ((3, True, 3), (5, False, 3), (6, True, 6), (30, False, 6)):
        space, report = run(encoder, photo_set(count), tmp_path)
        assert (report.fitted, encoder.num_fitted, len(space)) == (fitted, num_fitted, count)


def test_an_empty_catalogue_is_no_error(tmp_path: Path) -> None:
    space, report = run(ScaledColour(), photo_set(0), tmp_path)
    assert (len(space), report.fitted, report.num_added) == (0, False, 0)


def test_the_sample_depends_on_the_set_alone() -> None:
    ids = [f"photo {number}" for number in range(100)]
    assert sample(ids, 10) == sample(reversed(ids), 10)
    assert len(set(sample(ids, 10))) == 10
    assert sample(ids, 10) != sorted(ids)[:10]


def test_a_space_being_written_is_left_alone(tmp_path: Path) -> None:
    encoder = MeanColour()
    space = Spaces(tmp_path).ensure("colour", model="colour", encoder=encoder)
    with Space(space.folder).writing(), pytest.raises(ConflictError):
        embed(encoder, photo_set(3), space, fitted=tmp_path / "fitted", progress=silent)
