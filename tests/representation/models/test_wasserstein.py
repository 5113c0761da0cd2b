"""The Wasserstein autoencoders: their losses by hand, who moves which weights, and that latents reach the prior."""

import pytest
import torch
from torch import Tensor

from lookscape.errors import UsageError
from lookscape.representation.models import wae_gan, wae_mmd
from lookscape.representation.networks.losses import Error, fooling_loss, mmd, reconstruction_error
from lookscape.representation.trainable import Prior, StepContext, Trainable
from lookscape.representation.training.recipe import Recipe

START = StepContext(step=0, num_steps=1)
TINY = {"side": 16, "dim": 4, "width": 4}


def photos(count: int = 32, *, seed: int = 0) -> Tensor:
    """Light squares of two sizes on grey: two clusters."""
    torch.manual_seed(seed)
    x_BCHW = 0.3 + 0.02 * torch.randn(count, 3, 16, 16)
    x_BCHW[::2, :, 4:12, 4:12] += 0.5
    x_BCHW[1::2, :, 7:9, 2:14] += 0.4
    return (x_BCHW + 0.2 * torch.rand(count, 3, 1, 1)).clamp(0, 1).contiguous(memory_format=torch.channels_last)


def train(model: Trainable, x_BCHW: Tensor, *, num_steps: int, learning_rate: float) -> None:
    torch.manual_seed(1)
    optimizers = {player: model.optimizer(player, learning_rate=learning_rate) for player in model.players}
    for step in range(num_steps):
        for player, optimizer in optimizers.items():
            losses = model(x_BCHW, StepContext(step=step, num_steps=num_steps, player=player))
            optimizer.zero_grad()
            losses.total.backward()
            optimizer.step()


def discrepancy(model: Trainable, x_BCHW: Tensor) -> float:
    torch.manual_seed(2)
    with torch.inference_mode():
        return float(mmd(model.posterior(x_BCHW).mean_BD, prior_ND=model.draw(2000)))


def test_the_kernels_loss_is_error_and_weighted_discrepancy() -> None:
    torch.manual_seed(0)
    model, x = wae_mmd.Model(wae_mmd.Config(**TINY, weight=7.0, error=Error.L1)), photos()
    torch.manual_seed(5)
    losses = model(x, START)
    torch.manual_seed(5)
    z = model.posterior(x).mean_BD
    error = reconstruction_error(x, rebuilt_BCHW=model.decode(z), error=Error.L1)
    expected = error + 7 * mmd(z, prior_ND=model.draw(1024))
    assert losses.total.detach() == pytest.approx(float(expected.detach()), rel=1e-5)
    assert set(losses.measured) == {"reconstruction", "discrepancy"}


def test_the_critics_opponent_pays_error_and_weighted_surprise() -> None:
    torch.manual_seed(0)
    model, x = wae_gan.Model(wae_gan.Config(**TINY, weight=7.0)).eval(), photos()
    z = model.posterior(x).mean_BD
    expected = reconstruction_error(x, rebuilt_BCHW=model.decode(z)) + 7 * fooling_loss(model.critic(z))
    assert model(x, START).total.detach() == pytest.approx(float(expected.detach()), rel=1e-5)


def test_each_player_moves_its_own_weights_and_no_others() -> None:
    model, x = wae_gan.Model(wae_gan.Config(**TINY)), photos()
    owned = {player: {id(weight) for weight in model.parameters_of(player)} for player in model.players}
    assert owned["autoencoder"].isdisjoint(owned["critic"])
    assert owned["autoencoder"] | owned["critic"] == {id(weight) for weight in model.parameters()}
    for player in model.players:
        model.zero_grad()
        model(x, START._replace(player=player)).total.backward()
        moved = {id(weight) for weight in model.parameters() if weight.grad is not None}
        assert moved == owned[player]


@pytest.mark.parametrize("prior", [Prior.NORMAL, Prior.SPHERE, Prior.MIXTURE])
def test_a_kernel_brings_latents_to_the_prior(prior: Prior) -> None:
    torch.manual_seed(0)
    model = wae_mmd.Model(wae_mmd.Config(**TINY, weight=100.0, draws=64, prior=prior))
    _reaches_the_prior(model, num_steps=60)


def test_a_critic_brings_latents_to_the_prior() -> None:
    torch.manual_seed(0)
    _reaches_the_prior(wae_gan.Model(wae_gan.Config(**TINY, weight=30.0, draws=64)), num_steps=150)


def _reaches_the_prior(model: Trainable, *, num_steps: int) -> None:
    x = photos()
    before, error_before = discrepancy(model, x), float(error(model, x))
    train(model, x, num_steps=num_steps, learning_rate=3e-3)
    model.eval()
    assert discrepancy(model, x) < 0.6 * before
    assert error(model, x) < 0.5 * error_before


def error(model: Trainable, x_BCHW: Tensor) -> Tensor:
    with torch.inference_mode():
        return reconstruction_error(x_BCHW, rebuilt_BCHW=model.decode(model.posterior(x_BCHW).mean_BD))


def test_on_the_sphere_all_latents_have_one_length() -> None:
    for model in (
        wae_mmd.Model(wae_mmd.Config(**TINY, prior=Prior.SPHERE)),
        wae_gan.Model(wae_gan.Config(**TINY, prior=Prior.SPHERE)),
    ):
        assert model.prior is Prior.SPHERE
        for z_BD in (model.posterior(photos()).mean_BD, model.draw(10)):
            assert z_BD.detach().norm(dim=1).numpy() == pytest.approx(2, rel=1e-4)


@pytest.mark.parametrize(("model", "prior"), [("wae_mmd", "none"), ("wae_gan", "mixture"), ("wae_gan", "cube")])
def test_a_prior_that_the_model_cannot_take_is_named(model: str, prior: str) -> None:
    with pytest.raises(UsageError, match="prior"):
        Recipe(model=model, config={"prior": prior}, num_steps=1).checked_config()


def test_settings_survive_the_way_through_json() -> None:
    config = wae_mmd.Config(prior=Prior.MIXTURE, error=Error.PERCEPTUAL)
    assert wae_mmd.Config(**config.model_dump(mode="json")) == config


def test_it_begins_as_principal_components() -> None:
    torch.manual_seed(0)
    model, x = wae_mmd.Model(wae_mmd.Config(**TINY)), photos(64)
    model.start_from(x)
    z_BD = model.eval().posterior(x).mean_BD.detach()
    assert z_BD.var(0)[0] == pytest.approx(1, abs=0.2)
    assert error(model, x) < 0.3 * reconstruction_error(x, rebuilt_BCHW=x.mean(0, keepdim=True))
