"""The shared pair of networks: shapes at every side, the straight path against an exact oracle, gradients, memory."""

import pytest
import torch
from torch import Tensor

from lookscape.representation.networks.photo_networks import LEAK, PhotoDecoder, PhotoEncoder, start_from_components

DIM = 6


def _photos(count: int, *, side: int) -> Tensor:
    """Boxes of random place, size and colour on white, float32 in [0, 1], channels last."""
    generator = torch.Generator().manual_seed(3)
    x_BCHW = torch.ones(count, 3, side, side)
    for photo in x_BCHW:
        top, left, height = (torch.rand(3, generator=generator) * side / 3 + 2).int().tolist()
        photo[:, top : top + height, left : left + side // 2] = torch.rand(3, 1, 1, generator=generator)
    return x_BCHW.contiguous(memory_format=torch.channels_last)


def _pair(*, side: int = 32, num_outputs: int = DIM) -> tuple[PhotoEncoder, PhotoDecoder]:
    torch.manual_seed(0)
    encoder = PhotoEncoder(side=side, width=4, num_outputs=num_outputs)
    return encoder, PhotoDecoder(side=side, width=4, dim=DIM)


def _silence_curved(encoder: PhotoEncoder, decoder: PhotoDecoder) -> None:
    for head in (encoder.head, decoder.head):
        torch.nn.init.zeros_(head.weight)


@pytest.mark.parametrize("side", [16, 48, 64, 80, 112, 128, 256])
def test_every_side_goes_there_and_back(side: int) -> None:
    encoder, decoder = _pair(side=side)
    x_BCHW = _photos(2, side=side)
    z_BD = encoder(x_BCHW)
    assert z_BD.shape == (2, DIM)
    assert decoder(z_BD).shape == x_BCHW.shape
    assert encoder.features(x_BCHW).ndim == 4


def test_outputs_are_float32_under_bfloat16() -> None:
    encoder, decoder = _pair()
    with torch.autocast("cpu", torch.bfloat16):
        z_BD = encoder(_photos(2, side=32))
        rebuilt_BCHW = decoder(z_BD)
    assert z_BD.dtype == rebuilt_BCHW.dtype == torch.float32


def test_straight_paths_begin_as_exact_principal_components() -> None:
    x_BCHW = _photos(80, side=32)
    encoder, decoder = _pair()
    _silence_curved(encoder, decoder)
    start_from_components(encoder, decoder.eval(), x_BCHW)
    z_BD = encoder(x_BCHW)
    x_BN = x_BCHW.flatten(1)
    mean_N = x_BN.mean(0)
    _, _, directions = torch.linalg.svd(x_BN - mean_N, full_matrices=False)
    exact_BN = mean_N + (x_BN - mean_N) @ directions[:DIM].T @ directions[:DIM]
    torch.testing.assert_close(decoder(z_BD).flatten(1), exact_BN.clamp(0, 1), atol=5e-3, rtol=0)
    torch.testing.assert_close(z_BD.T @ z_BD / len(z_BD), torch.eye(DIM), atol=1e-2, rtol=0)


@pytest.mark.parametrize("nats", [4.0, 20.0, 60.0])
def test_a_posterior_begins_with_about_the_nats_it_was_given(nats: float) -> None:
    x_BCHW = _photos(200, side=32)
    encoder, decoder = _pair(num_outputs=2 * DIM)
    _silence_curved(encoder, decoder)
    start_from_components(encoder, decoder, x_BCHW, nats=nats)
    mean_BD, log_variance_BD = encoder(x_BCHW).chunk(2, dim=1)
    spent = 0.5 * (mean_BD.square() + log_variance_BD.exp() - 1 - log_variance_BD).sum(1).mean()
    assert spent.item() == pytest.approx(nats, rel=0.1, abs=0.5)
    assert log_variance_BD.max() < 0
    spread_D = mean_BD.square().mean(0) + log_variance_BD.exp().mean(0)
    torch.testing.assert_close(spread_D, torch.ones(DIM), atol=0.02, rtol=0)


def test_fewer_photos_than_latents_leave_the_other_latents_silent() -> None:
    x_BCHW = _photos(3, side=32)
    encoder, decoder = _pair()
    _silence_curved(encoder, decoder)
    start_from_components(encoder, decoder, x_BCHW)
    z_BD = encoder(x_BCHW)
    assert torch.isfinite(z_BD).all()
    assert z_BD[:, 2:].abs().max() == 0


def test_the_start_is_the_same_for_the_same_seed() -> None:
    x_BCHW = _photos(40, side=32)
    weights = []
    for _ in range(2):
        encoder, decoder = _pair()
        start_from_components(encoder, decoder, x_BCHW)
        weights.append(encoder.straight.weight.clone())
    assert torch.equal(*weights)


def test_pixels_stay_in_range_after_training_and_can_come_back_in_it() -> None:
    _, decoder = _pair()
    torch.nn.init.constant_(decoder.straight.bias, -100.0)
    z_BD = torch.zeros(1, DIM)
    assert decoder.eval()(z_BD).max() == 1
    beyond_BCHW = decoder.train()(z_BD)
    assert beyond_BCHW.min() > 1
    beyond_BCHW.sum().backward()
    bias = decoder.straight.bias
    assert bias.grad is not None
    torch.testing.assert_close(bias.grad, torch.full_like(bias, -LEAK * decoder.straight.gain))


def test_every_weight_learns() -> None:
    encoder, decoder = _pair(side=128)
    decoder(encoder(_photos(2, side=128))).square().mean().backward()
    for name, weight in [*encoder.named_parameters(), *decoder.named_parameters()]:
        assert weight.grad is not None, name
        assert weight.grad.abs().sum() > 0, name


def test_a_step_of_adam_moves_the_straight_path_gently() -> None:
    encoder, _ = _pair(side=64)
    x_BCHW = _photos(4, side=64)
    straight = encoder.straight
    before = straight.gain * straight.weight.detach().clone()
    optimizer = torch.optim.Adam(encoder.parameters(), lr=1e-3)
    encoder(x_BCHW).sum().backward()
    optimizer.step()
    moved = (straight.gain * straight.weight.detach() - before).abs().max().item()
    assert moved == pytest.approx(1e-3 * straight.gain, rel=0.01)
