"""An opened model: any photos in, photos out, safe under threads, whole also while it is replaced."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch

from lookscape.errors import NotFoundError, UsageError
from lookscape.representation import checkpoint
from lookscape.representation.checkpoint import Checkpoint
from lookscape.representation.inference.samples import pictures
from lookscape.representation.latents import codec
from lookscape.representation.latents.codec import Codec
from lookscape.representation.training.run import write_model
from tiny_runs import FULL, order


@pytest.fixture
def opened(tmp_path: Path) -> Codec:
    torch.manual_seed(0)
    wanted = order(tmp_path, recipe=FULL)
    write_model(wanted, FULL.new_model(), folder=wanted.folder)
    return Codec.open(wanted.folder)


def test_latents_of_any_sizes_and_back(opened: Codec) -> None:
    photos = [pictures(1, side=side)[0] for side in (8, 16, 90)]
    latents = opened.latents(photos)
    assert latents.means_ND.shape == latents.variances_ND.shape == (3, 4)
    assert (latents.variances_ND > 0).all()
    rebuilt = opened.decode(latents.means_ND)
    assert (rebuilt.shape, rebuilt.dtype) == ((3, 16, 16, 3), np.uint8)
    assert opened.decode(np.empty((0, 4), np.float32)).shape == (0, 16, 16, 3)


def test_more_than_a_batch_comes_in_order(opened: Codec) -> None:
    photos = pictures(codec.BATCH + 5, side=16)
    together = opened.encode(photos)
    np.testing.assert_array_equal(together[codec.BATCH :], opened.encode(photos[codec.BATCH :]))


def test_threads_may_use_it_at_once(opened: Codec) -> None:
    photos = pictures(5, side=16)
    expected = opened.encode(photos)
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(lambda _: opened.encode(photos), range(8)):
            np.testing.assert_array_equal(found, expected)


def test_another_number_of_latents_is_refused(opened: Codec) -> None:
    with pytest.raises(UsageError, match="tiny has 4 latents, not 3"):
        opened.decode(np.zeros((1, 3), np.float32))


def test_a_folder_without_a_trained_model_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        Codec.open(tmp_path)
    checkpoint.save(tmp_path / "fitted", Checkpoint(config={"network": "x"}, tensors={}))
    with pytest.raises(NotFoundError, match="lookscape train RECIPE"):
        Codec.open(tmp_path / "fitted")


def test_a_model_replaced_while_it_is_read_is_read_again(
    opened: Codec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = checkpoint.load, []

    def torn_once(folder: Path) -> Checkpoint:
        calls.append(folder)
        if len(calls) == 1:
            raise NotFoundError("weights of another save")
        return real(folder)

    monkeypatch.setattr(checkpoint, "load", torn_once)
    assert Codec.open(tmp_path / "models" / "tiny").key == opened.key
    assert len(calls) == 2


def test_its_tensors_are_copies(opened: Codec) -> None:
    photos = pictures(2, side=16)
    before = opened.encode(photos)
    for tensor in opened.tensors().values():
        tensor.zero_()
    np.testing.assert_array_equal(opened.encode(photos), before)
