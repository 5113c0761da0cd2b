"""The metric learning loss against its definition, and that it does what it is for."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from lookscape.representation.networks.metric_loss import normalised_softmax

B, K, D = 12, 4, 6


def drawn(*shape: int, seed: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def test_it_is_the_cross_entropy_of_cosines_over_the_temperature() -> None:
    features, proxies, labels = drawn(B, D, seed=0), drawn(K, D, seed=1), torch.arange(B) % K
    rows, ways = features.double().numpy(), proxies.double().numpy()
    cosines = (rows / np.linalg.norm(rows, axis=1)[:, None]) @ (ways / np.linalg.norm(ways, axis=1)[:, None]).T
    scaled = cosines / 0.05
    expected = np.mean(np.log(np.exp(scaled).sum(axis=1)) - scaled[np.arange(B), labels])
    assert normalised_softmax(features, proxies, labels).item() == pytest.approx(expected, rel=1e-5)


def test_lengths_play_no_part_and_weights_do() -> None:
    features, proxies, labels = drawn(B, D, seed=0), drawn(K, D, seed=1), torch.arange(B) % K
    plain = normalised_softmax(features, proxies, labels)
    assert torch.allclose(normalised_softmax(7 * features, proxies / 3, labels), plain)
    only_first = normalised_softmax(features, proxies, labels, weights_K=torch.tensor([1.0, 0, 0, 0]))
    assert torch.allclose(only_first, normalised_softmax(features[::K], proxies, labels[::K]))


def test_going_down_it_brings_a_class_together_and_parts_it_from_others() -> None:
    features = drawn(B, D, seed=0).requires_grad_()
    proxies, labels = drawn(K, D, seed=1).requires_grad_(), torch.arange(B) % K

    def apart() -> float:
        """How much nearer photos of one class are than others, by cosine."""
        rows = functional.normalize(features.detach())
        same = labels[:, None] == labels
        cosines = rows @ rows.T
        return float(cosines[same & ~torch.eye(B, dtype=torch.bool)].mean() - cosines[~same].mean())

    before = apart()
    optimizer = torch.optim.Adam([features, proxies], lr=0.1)
    for _ in range(60):
        optimizer.zero_grad()
        normalised_softmax(features, proxies, labels).backward()
        optimizer.step()
    assert before < 0.2
    assert apart() > 0.5
