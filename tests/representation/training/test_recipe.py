"""Recipes: variants, mistakes in words, precision."""

from dataclasses import replace

import pytest
import torch

from lookscape.errors import UnknownNameError, UsageError
from lookscape.representation.training.devices import check_devices, resolved
from lookscape.representation.training.recipe import Precision, Recipe, open_recipe
from tiny_runs import FULL, RECIPE


def test_an_unknown_one_is_named_with_what_is_close() -> None:
    with pytest.raises(UnknownNameError, match="language"):
        open_recipe("langage")


def test_a_wrong_field_is_said_with_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"beta_vae: side: .*multiple of 16.*; there are side, dim, width"):
        RECIPE.varied(side=70).checked_config()
    with pytest.raises(UsageError, match="nonsense"):
        RECIPE.varied(nonsense=1).checked_config()


def test_text_is_read_as_the_field_wants_it() -> None:
    config = RECIPE.varied(capacity="80", dim="6").checked_config()
    assert (config.capacity, config.dim) == (80.0, 6)


def test_weights_come_from_torchs_generator() -> None:
    made = []
    for seed in (0, 0, 1):
        torch.manual_seed(seed)
        made.append(next(FULL.new_model().parameters()))
    assert torch.equal(made[0], made[1])
    assert not torch.equal(made[0], made[2])


def test_a_precision_that_was_asked_for_is_taken() -> None:
    assert resolved(Precision.FULL) is Precision.FULL
    assert resolved(Precision.BF16) is Precision.BF16
    assert resolved(Precision.AUTO) in {Precision.FULL, Precision.BF16}


def test_devices_that_are_not_there_are_refused() -> None:
    check_devices(1, batch_size=7)
    with pytest.raises(UsageError, match="64 devices were asked for and this machine has"):
        check_devices(64, batch_size=64)


def test_records_are_compared_by_what_they_hold() -> None:
    assert replace(RECIPE) == RECIPE
    assert Recipe(model="pca", num_steps=0) != RECIPE
