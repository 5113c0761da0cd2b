"""Agreement of models that are equal, rotated or collapsed."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import spearmanr
from sklearn.linear_model import Lasso

from lookscape.errors import UsageError
from lookscape.representation.metrics.disentanglement.udr import Similarity, agreement, udr

Matrix = NDArray[np.float64]


def rotated(z: Matrix, seed: int) -> Matrix:
    width = z.shape[1]
    return np.asarray(z @ np.linalg.qr(np.random.default_rng(seed).normal(size=(width, width)))[0])


def shuffled(z: Matrix, seed: int) -> Matrix:
    rng = np.random.default_rng(seed)
    return np.asarray(z[:, rng.permutation(z.shape[1])] * rng.choice([-2.0, 0.5], z.shape[1]))


def plain_agreement(r: Matrix) -> float:
    """Duan et al., equation 3, one latent at a time."""
    total = 0.0
    for b in range(r.shape[1]):
        total += max(r[:, b]) ** 2 / sum(r[:, b])
    for a in range(r.shape[0]):
        total += max(r[a, :]) ** 2 / sum(r[a, :])
    return total / sum(r.shape)


def test_agreement_of_known_matrices() -> None:
    assert agreement(np.eye(4)[:, [2, 0, 3, 1]]) == pytest.approx(1)
    assert agreement(np.full((4, 4), 0.5)) == pytest.approx(0.5 / 4)
    assert agreement(np.diag([1.0, 0.0])) == pytest.approx(0.5)
    r = np.random.default_rng(0).uniform(size=(3, 5))
    assert agreement(r) == pytest.approx(plain_agreement(r))


@pytest.mark.parametrize("similarity", list(Similarity))
def test_equal_models_agree_up_to_order_sign_and_scale(similarity: Similarity) -> None:
    z = np.random.default_rng(0).normal(size=(20_000, 6))
    same = {"a": z, "b": shuffled(z, 1), "c": shuffled(z, 2)}
    turned = {"a": rotated(z, 1), "b": rotated(z, 2), "c": rotated(z, 3)}
    high, low = udr(same, similarity=similarity), udr(turned, similarity=similarity)
    assert [model.name for model in high.models] == ["a", "b", "c"]
    # Lasso takes alpha off every coefficient.
    assert min(model.value for model in high.models) > (0.94 if similarity is Similarity.SPEARMAN else 0.89)
    assert max(model.value for model in low.models) < 0.4
    assert high.similarity is similarity
    assert high.num_items == 20_000


def test_spearman_and_lasso_against_one_fit_a_pair() -> None:
    rng = np.random.default_rng(0)
    one = rng.normal(size=(300, 3))
    other = np.exp(one @ rng.normal(size=(3, 4))) + rng.normal(size=(300, 4))
    ranks = np.array([[abs(spearmanr(one[:, a], other[:, b]).statistic) for b in range(4)] for a in range(3)])
    models = {"one": one, "other": other}
    found = udr(models, similarity=Similarity.SPEARMAN)
    assert found.models[0].value == pytest.approx(plain_agreement(ranks))

    x, y = ((z - z.mean(axis=0)) / z.std(axis=0) for z in (one, other))
    both = []
    for given, wanted in ((x, y), (y, x)):
        rows = [np.abs(Lasso(alpha=0.1).fit(given, column).coef_) for column in wanted.T]
        both.append(plain_agreement(np.array(rows)))
    assert udr(models).models[0].value == pytest.approx(np.mean(both), rel=1e-3)


def test_a_model_apart_from_the_others_ranks_last() -> None:
    z = np.random.default_rng(0).normal(size=(3000, 5))
    models = {"one": z, "two": shuffled(z, 1), "apart": rotated(z, 1), "three": shuffled(z, 2)}
    found = udr(models)
    assert min(found.models, key=lambda model: model.value).name == "apart"
    np.testing.assert_array_equal(found.pairs_MM, found.pairs_MM.T)
    assert np.isnan(np.diag(found.pairs_MM)).all()
    assert found.models[0].value == np.median(found.pairs_MM[0, 1:])


def test_inactive_latents_take_no_part() -> None:
    rng = np.random.default_rng(0)
    z = rng.normal(size=(3000, 3))
    padded = np.concatenate([z, np.zeros((3000, 2)), 1e-3 * rotated(z, 1)[:, :1]], axis=1)
    active = {"a": np.array([True] * 5 + [False]), "b": np.ones(3, bool)}
    with_mask = udr({"a": padded, "b": shuffled(z, 1)}, active=active)
    assert [model.num_active for model in with_mask.models] == [3, 3]
    assert with_mask.models[0].value > 0.88
    assert udr({"a": padded, "b": shuffled(z, 1)}).models[0].value < 0.85


def test_what_cannot_be_compared_is_refused() -> None:
    z = np.random.default_rng(0).normal(size=(100, 3))
    with pytest.raises(UsageError, match="at least 2 trained models"):
        udr({"a": z})
    with pytest.raises(UsageError, match="same items"):
        udr({"a": z, "b": z[:90]})
    with pytest.raises(UsageError, match="collapsed"):
        udr({"a": z, "b": np.zeros((100, 3))})
