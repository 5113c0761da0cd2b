"""Critics: the bound that is put on them, what they can learn, and whose turn it is."""

import copy

import numpy as np
import pytest
import torch
from torch import nn

from lookscape.representation.networks.critics import Judgement, LatentCritic, PhotoCritic, UnitNorm, held_still, others
from lookscape.representation.networks.losses import critic_accuracy, critic_loss


@pytest.mark.parametrize("shape", [(5, 9), (9, 5), (1, 7), (8, 3, 4, 4)])
def test_the_largest_singular_value_is_one(shape: tuple[int, ...]) -> None:
    torch.manual_seed(0)
    weight = 3 * torch.randn(shape)
    norm = UnitNorm(weight)
    for _ in range(300):
        found = norm(weight)
    largest = torch.linalg.svdvals(found.flatten(1))[0]
    assert float(largest) == pytest.approx(1, abs=1e-3)
    np.testing.assert_allclose(found * torch.linalg.svdvals(weight.flatten(1))[0], weight, rtol=1e-2, atol=1e-3)


def test_the_gradient_is_that_of_dividing_by_the_singular_value() -> None:
    torch.manual_seed(0)
    weight = torch.randn(4, 6, dtype=torch.float32, requires_grad=True)
    norm, direction = UnitNorm(weight), torch.randn(4, 6)
    for _ in range(100):
        found = norm(weight)
    (slope,) = torch.autograd.grad((found * direction).sum(), weight)
    (wanted,) = torch.autograd.grad((weight / torch.linalg.matrix_norm(weight, ord=2) * direction).sum(), weight)
    np.testing.assert_allclose(slope, wanted, atol=1e-4)


def test_nothing_moves_outside_training() -> None:
    critic = PhotoCritic(width=4).eval()
    x = torch.rand(2, 3, 32, 32)
    before = copy.deepcopy(critic.state_dict())
    first: Judgement = critic(x)
    assert torch.equal(first.logits, critic(x).logits)
    assert all(torch.equal(before[name], tensor) for name, tensor in critic.state_dict().items())


def test_the_norm_is_in_full_precision_under_autocast() -> None:
    weight = torch.randn(16, 32)
    norm = UnitNorm(weight).eval()
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(norm(weight), UnitNorm.forward(norm, weight))
        assert norm(weight).dtype == torch.float32
    critic = LatentCritic(dim=8, width=16).eval()
    z = torch.randn(4, 8)
    with torch.autocast("cpu", torch.bfloat16):
        half = critic(z)
    assert torch.equal(half, critic(z))


def test_a_critic_of_latents_is_no_steeper_than_one() -> None:
    torch.manual_seed(0)
    critic = LatentCritic(dim=8, width=32)
    for _ in range(100):
        critic(torch.randn(4, 8))
    critic.eval()
    one, other = torch.randn(200, 8), torch.randn(200, 8)
    with torch.inference_mode():
        steepness = (critic(one) - critic(other)).abs() / (one - other).norm(dim=1)
    assert float(steepness.max()) < 1.01


def test_a_critic_of_latents_learns_to_tell_and_cannot_where_nothing_differs() -> None:
    torch.manual_seed(0)
    accuracies = []
    for shift in (0.0, 1.0):
        critic = LatentCritic(dim=4, width=32)
        optimizer = torch.optim.Adam(critic.parameters(), lr=1e-2)
        for _ in range(60):
            optimizer.zero_grad()
            critic_loss(critic(torch.randn(64, 4)), made_logits=critic(torch.randn(64, 4) + shift)).backward()
            optimizer.step()
        critic.eval()
        accuracies.append(
            float(critic_accuracy(critic(torch.randn(2000, 4)), made_logits=critic(torch.randn(2000, 4) + shift)))
        )
    assert accuracies[0] == pytest.approx(0.5, abs=0.06)
    assert accuracies[1] > 0.8


@pytest.mark.parametrize("side", [16, 64, 128])
def test_a_critic_of_photos_gives_logits_of_patches_and_its_maps(side: int) -> None:
    judgement: Judgement = PhotoCritic(width=4)(torch.rand(2, 3, side, side))
    assert judgement.logits.shape == (2, 1, side // 8, side // 8)
    assert [tuple(stage.shape) for stage in judgement.maps] == [
        (2, 4 * 2**level, side // 2 ** (level + 1), side // 2 ** (level + 1)) for level in range(3)
    ]


def test_gradients_pass_through_a_critic_that_is_held_still() -> None:
    critic = LatentCritic(dim=4, width=8)
    z = torch.randn(3, 4, requires_grad=True)
    with held_still(critic):
        loss = critic(z).sum()
    loss.backward()
    assert z.grad is not None
    assert z.grad.abs().sum() > 0
    assert all(weight.grad is None and weight.requires_grad for weight in critic.parameters())


def test_held_still_ends_after_an_error_too_and_thaws_nothing_else() -> None:
    layers = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    layers[0].weight.requires_grad = False
    with pytest.raises(ZeroDivisionError), held_still(layers):
        raise ZeroDivisionError
    assert [weight.requires_grad for weight in layers.parameters()] == [False, True, True, True]


def test_the_others_weights_are_all_but_the_critics() -> None:
    model = nn.ModuleDict({"critic": LatentCritic(dim=2, width=4), "rest": nn.Linear(2, 3)})
    assert {id(weight) for weight in others(model, model["critic"])} == {id(w) for w in model["rest"].parameters()}
