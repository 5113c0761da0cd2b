"""Batches by number, the schedule, and a step that depends on its number alone."""

import math

import numpy as np
import pytest
import torch

from lookscape.representation.inference.samples import pictures
from lookscape.representation.training.devices import Place, open_fabric
from lookscape.representation.training.loop import Batches, Run, set_up, train
from tiny_runs import FULL

ARRAY_NHWC = np.stack(pictures(20, side=16))


def batches(*, rank: int = 0, num_ranks: int = 1, seed: int = 0, rows: int = 20) -> Batches:
    return Batches(array_NHWC=ARRAY_NHWC, rows=np.arange(rows), batch_size=6, seed=seed, rank=rank, num_ranks=num_ranks)


def rows_of(x_BCHW: torch.Tensor) -> list[int]:
    found = [(photo.permute(1, 2, 0).numpy() == ARRAY_NHWC).all((1, 2, 3)).nonzero()[0] for photo in x_BCHW]
    return [int(row) for (row,) in found]


def test_an_epoch_shows_no_photo_twice_and_the_next_is_another() -> None:
    epochs = [[row for step in range(3) for row in rows_of(batches().at(3 * epoch + step))] for epoch in range(2)]
    assert all(len(set(epoch)) == 18 for epoch in epochs)
    assert epochs[0] != epochs[1]
    assert rows_of(batches(seed=1).at(0)) != rows_of(batches().at(0))


def test_a_batch_lies_as_convolutions_want_it() -> None:
    x_BCHW = batches().at(0)
    assert (x_BCHW.shape, x_BCHW.dtype) == ((6, 3, 16, 16), torch.uint8)
    assert x_BCHW.is_contiguous(memory_format=torch.channels_last)


def test_processes_share_a_batch_out() -> None:
    whole = rows_of(batches().at(4))
    shares = [rows_of(batches(rank=rank, num_ranks=2).at(4)) for rank in range(2)]
    assert sorted(shares[0] + shares[1]) == whole
    assert len(shares[0]) == len(shares[1]) == 3


def test_fewer_photos_than_a_batch_are_a_batch() -> None:
    assert sorted(rows_of(batches(rows=4).at(5))) == [0, 1, 2, 3]


@pytest.mark.parametrize(("start", "stop"), [(0, 0), (0, 1), (2, 5), (5, 5)])
def test_what_is_read_ahead_is_what_is_asked_for(start: int, stop: int) -> None:
    found = [rows_of(x_BCHW) for x_BCHW in batches().between(start, stop)]
    assert found == [rows_of(batches().at(step)) for step in range(start, stop)]


def trained(*, start_noise: int = 0) -> tuple[Run, list[float]]:
    """Six steps, and the learning rate of each."""
    rates: list[float] = []
    with open_fabric(FULL.precision, Place(), players=1) as fabric:
        torch.manual_seed(0)
        run = set_up(FULL.new_model(), FULL, fabric=fabric)

        def hook(done: int, measured: object) -> None:
            rates.append(run.optimizers[0].param_groups[0]["lr"])
            torch.rand(start_noise)  # whoever draws between steps changes nothing

        train(run, FULL, batches(), start=0, hooks=[hook])
    return run, rates


def test_the_rate_rises_and_falls_by_a_cosine() -> None:
    _, rates = trained()
    expected = [FULL.learning_rate * 0.5 * (1 + math.cos(math.pi * max(0, step - 1) / 5)) for step in range(6)]
    assert rates == pytest.approx(expected)


def test_two_runs_are_the_same_whatever_is_drawn_between_their_steps() -> None:
    one, other = trained()[0].model.state_dict(), trained(start_noise=7)[0].model.state_dict()
    assert all(torch.equal(tensor, other[name]) for name, tensor in one.items())


def test_the_average_follows_the_weights_with_the_recipes_decay() -> None:
    run, _ = trained()
    assert run.average is not None
    kept = dict(run.average.named_parameters())
    assert all(torch.isfinite(kept[f"module.{name}"]).all() for name, _ in run.model.named_parameters())
    apart = [(kept[f"module.{name}"] - weight).abs().max() for name, weight in run.model.named_parameters()]
    assert 0 < max(apart) < 0.1
