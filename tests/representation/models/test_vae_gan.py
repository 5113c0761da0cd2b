"""VAE/GAN: its losses by hand, who moves which weights, and what its critic is shown."""

import pytest
import torch
from torch import Tensor

from lookscape.representation.models.vae_gan import Config, Model
from lookscape.representation.networks.critics import Judgement
from lookscape.representation.networks.losses import fooling_loss, kl_to_normal, reconstruction_error
from lookscape.representation.networks.perceptual import maps_distance
from lookscape.representation.networks.steering import GAIN
from lookscape.representation.trainable import StepContext

START = StepContext(step=0, num_steps=1)
CONFIG = Config(side=16, dim=4, width=4, critic_width=4, capacity=5.0)


def photos(count: int = 7) -> Tensor:
    torch.manual_seed(0)
    return torch.rand(count, 3, 16, 16).contiguous(memory_format=torch.channels_last)


def model(**changes: float | None) -> Model:
    torch.manual_seed(1)
    return Model(CONFIG.model_copy(update=changes))


def test_the_autoencoders_loss_is_its_parts() -> None:
    judged, x = model(similarity=0.3, fooling=2.0, sharpness=10.0, beta=0.7).eval(), photos()
    torch.manual_seed(2)
    found = judged(x, START)
    torch.manual_seed(2)
    posterior = judged.posterior(x)
    rebuilt = judged.decode(posterior.sample())
    drawn = judged.decode(judged.draw(4))
    real: Judgement = judged.critic(x)
    made: Judgement = judged.critic(torch.cat([rebuilt, drawn]))
    distance = maps_distance([stage[:7] for stage in made.maps], others=real.maps).mean()
    errors = reconstruction_error(x, rebuilt_BCHW=rebuilt) + 0.3 * 768 * distance + 2 * fooling_loss(made.logits)
    expected = 10 * errors + 0.7 * kl_to_normal(posterior).sum(1).mean()
    assert found.total.detach() == pytest.approx(float(expected.detach()), rel=1e-4)


def test_each_player_moves_its_own_weights_and_no_others() -> None:
    played, x = model(), photos()
    owned = {player: {id(weight) for weight in played.parameters_of(player)} for player in played.players}
    assert owned["autoencoder"].isdisjoint(owned["critic"])
    assert owned["autoencoder"] | owned["critic"] == {id(weight) for weight in played.parameters()}
    for player in played.players:
        played.zero_grad()
        played(x, START._replace(player=player)).total.backward()
        assert {id(weight) for weight in played.parameters() if weight.grad is not None} == owned[player]


def test_the_critic_learns_to_tell_what_is_made() -> None:
    played, x = model(), photos(32)
    optimizer = played.optimizer("critic", learning_rate=1e-2)
    accuracies = []
    for _ in range(40):
        losses = played(x, START._replace(player="critic"))
        optimizer.zero_grad()
        losses.total.backward()
        optimizer.step()
        accuracies.append(float(losses.measured["critic_accuracy"]))
    assert accuracies[-1] > 0.9


def test_fooling_the_critic_changes_its_mind() -> None:
    played, x = model(similarity=0.0, fooling=50.0), photos(16)
    critic = played.optimizer("critic", learning_rate=1e-2)
    for _ in range(20):
        losses = played(x, START._replace(player="critic"))
        critic.zero_grad()
        losses.total.backward()
        critic.step()
    autoencoder = played.optimizer("autoencoder", learning_rate=3e-3)
    found = []
    for _ in range(30):
        losses = played(x, START)
        autoencoder.zero_grad()
        losses.total.backward()
        autoencoder.step()
        found.append(float(losses.measured["fooling"]))
    assert found[-1] < 0.7 * found[0]


def test_the_weight_of_the_divergence_follows_the_capacity_in_training_only() -> None:
    free, held, x = model(capacity=None), model(capacity=1e-3), photos()
    free(x, START)
    held(x, START)
    assert free.log_beta == 0
    assert 0 < held.log_beta < 1.01 * GAIN
    held.eval()(x, START)
    assert held.log_beta < 1.01 * GAIN


def test_in_half_precision_losses_stay_close() -> None:
    played, x = model().eval(), photos()
    for player in played.players:
        torch.manual_seed(3)
        full = played(x, START._replace(player=player)).total.detach()
        torch.manual_seed(3)
        with torch.autocast("cpu", torch.bfloat16):
            half = played(x, START._replace(player=player)).total.detach()
        assert half.dtype == torch.float32
        assert half == pytest.approx(float(full), rel=0.03)
