"""The end of a training: figures on photos never seen, the mixture, the report."""

from pathlib import Path

import numpy as np
import pytest

import runs
from lookscape.representation.latents.codec import Codec
from lookscape.representation.latents.mixture import open_mixture
from lookscape.representation.metrics.intervals import bootstrap_mean
from lookscape.representation.metrics.pixels import psnr, ssim
from lookscape.representation.spaces.pixels import Pixels
from lookscape.representation.splits.split import Split
from lookscape.representation.training.finish import Finished, finish, read_report


def apart(pixels: Pixels) -> list[str]:
    """Every photo a group of its own."""
    return list(pixels.ids)


Whole = tuple[Finished, Codec, Pixels, Split, Path]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    folder = tmp_path_factory.mktemp("models")
    run = runs.trained(folder)
    codec = Codec(run.model, name="run", kind="beta_vae", recipe="small", key="0" * 16)
    pixels, parts_of = runs.squares(200), runs.split(200)
    found = finish(codec, pixels=pixels, split=parts_of, groups=apart(pixels), folder=folder / "run")
    return found, codec, pixels, parts_of, folder / "run"


def test_figures_are_those_of_the_test_photos(whole: Whole) -> None:
    found, codec, pixels, parts_of, _ = whole
    photos = np.asarray(pixels.array_NHWC[parts_of.test])
    rebuilt = codec.decode(codec.encode(iter(photos)))
    assert (found.judged_on, found.photos, found.dim) == ("test", 20, 4)
    assert found.psnr_db == pytest.approx(psnr(photos, reconstructions_NHWC=rebuilt).mean())
    assert found.ssim == pytest.approx(ssim(photos, reconstructions_NHWC=rebuilt).mean())
    assert found.psnr_low_db < found.psnr_db < found.psnr_high_db
    assert found.kl_nats > 0
    assert 0 < found.active_units <= 4


def test_mixture_and_report_are_kept(whole: Whole) -> None:
    found, codec, pixels, parts_of, folder = whole
    assert read_report(folder) == found
    mixture = open_mixture(folder)
    assert mixture is not None
    assert mixture.num_components == found.mixture_components
    latents = codec.encode(iter(pixels.array_NHWC[parts_of.test]))
    far = np.full((1, 4), 30.0)
    assert mixture.log_density(latents).mean() > mixture.log_density(far)[0]


def test_alarms_are_told_in_words(whole: Whole) -> None:
    found = whole[0]
    assert "few_photos" in [alarm.name for alarm in found.alarms]
    assert any(words.startswith("Only 160 photos to train on.") for words in found.words)


def test_too_few_photos_are_judged_on_what_was_learned(whole: Whole, tmp_path: Path) -> None:
    _, codec, pixels, _, _ = whole
    rows = np.arange(len(pixels))
    all_learned = Split(train=rows[:3], validation=rows[:0], test=rows[:0])
    staged = tmp_path / ".run.new"
    staged.mkdir()
    found = finish(codec, pixels=pixels, split=all_learned, groups=apart(pixels), folder=staged)
    assert found.alarms == ()
    assert (found.judged_on, found.photos) == ("train", 3)
    one = Split(train=rows[:1], validation=rows[:0], test=rows[:0])
    lone = finish(codec, pixels=pixels, split=one, groups=apart(pixels), folder=staged)
    assert (lone.mixture_components, lone.groups) == (0, 1)
    assert lone.psnr_low_db == lone.psnr_db == lone.psnr_high_db


def test_the_interval_redraws_groups_of_near_duplicates(whole: Whole, tmp_path: Path) -> None:
    single, codec, pixels, parts_of, _ = whole
    assert single.groups == single.photos == 20
    test = parts_of.test
    pairs = np.arange(len(pixels))
    pairs[test[1::2]] = test[::2]
    groups = [pixels.ids[row] for row in pairs]
    twice = pixels.array_NHWC.copy()
    twice[test[1::2]] = twice[test[::2]]  # ten photos, each there twice
    copied = Pixels(ids=pixels.ids, array_NHWC=twice)
    staged = tmp_path / ".run.new"
    staged.mkdir()
    found = finish(codec, pixels=copied, split=parts_of, groups=groups, folder=staged)
    naive = finish(codec, pixels=copied, split=parts_of, groups=apart(copied), folder=staged)
    once = psnr(twice[test[::2]], reconstructions_NHWC=codec.decode(codec.encode(iter(twice[test[::2]]))))
    expected = bootstrap_mean(once)  # copies add nothing: the interval is that of the ten
    assert (found.photos, found.groups) == (20, 10)
    assert (found.psnr_low_db, found.psnr_high_db) == pytest.approx((expected.low, expected.high), abs=1e-6)
    assert naive.psnr_high_db - naive.psnr_low_db < 0.85 * (found.psnr_high_db - found.psnr_low_db)


def test_there_is_no_report_without_a_training(tmp_path: Path) -> None:
    assert read_report(tmp_path) is None
