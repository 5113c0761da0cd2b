"""A person's taste from few answers: recovered, honest where there is none, and learned from duels too."""

import numpy as np
import pytest

from lookscape.ranking.liking import Answers, Axes, learn, left_out_chances


def answered(rng: np.random.Generator, likes: np.ndarray, num: int, *, duels: int = 0) -> Answers:
    dim = len(likes)
    singles = rng.normal(size=(num, dim))
    liked = rng.random(num) < 1 / (1 + np.exp(-singles @ likes))
    pairs = rng.normal(size=(duels, dim)) - rng.normal(size=(duels, dim))
    first = rng.random(duels) < 1 / (1 + np.exp(-pairs @ likes))
    return Answers(
        features_ND=np.vstack([singles, pairs]),
        liked_N=np.concatenate([liked, first]),
        single_N=np.arange(num + duels) < num,
        groups_N=np.arange(num + duels),
    )


LIKES = np.array([2.5, -2.0, 0, 0, 0, 0, 0, 0])


@pytest.mark.parametrize(("num", "duels"), [(60, 0), (12, 60)])
def test_what_a_person_likes_is_found(num: int, duels: int) -> None:
    rng = np.random.default_rng(0)
    liking = learn(answered(rng, LIKES, num, duels=duels))
    new = rng.normal(size=(2000, 8))
    best = np.argsort(-liking.chance(new))[:500]
    truth = 1 / (1 + np.exp(-new @ LIKES))
    assert truth[best].mean() > truth.mean() + 0.25


def test_left_out_answers_of_somebody_without_taste_are_not_foretold() -> None:
    gains = []
    for seed in range(6):
        answers = answered(np.random.default_rng(seed), np.zeros(8), 60)
        shown = np.argsort(-left_out_chances(answers))[:30]
        gains.append(answers.liked_N[shown].mean() - answers.liked_N.mean())
    assert abs(np.mean(gains)) < 0.06


def test_which_side_came_first_says_nothing() -> None:
    answers = answered(np.random.default_rng(1), LIKES, 20, duels=40)
    signs = np.where(answers.single_N, 1, -1)
    turned = Answers(
        features_ND=answers.features_ND * signs[:, None],
        liked_N=answers.liked_N ^ ~answers.single_N,
        single_N=answers.single_N,
        groups_N=answers.groups_N,
    )
    assert learn(turned).weights_D == pytest.approx(learn(answers).weights_D, abs=1e-3)


def test_too_few_answers_or_all_alike_are_not_enough() -> None:
    few = answered(np.random.default_rng(2), LIKES, 8)
    assert not few.are_enough
    many = answered(np.random.default_rng(2), LIKES, 40)
    assert many.are_enough
    alike = Answers(
        features_ND=many.features_ND, liked_N=np.ones(40, bool), single_N=many.single_N, groups_N=many.groups_N
    )
    assert not alike.are_enough


def test_axes_are_scaled_together() -> None:
    rng = np.random.default_rng(3)
    vectors = (rng.normal(size=(500, 6)) * [9, 3, 1, 1, 1, 1] + 5).astype(np.float32)
    axes = Axes.of(vectors, num=4)
    turned = axes.of_vectors(vectors)
    assert turned.shape == (500, 4)
    assert turned.mean(axis=0) == pytest.approx(np.zeros(4), abs=1e-4)
    variance = turned.var(axis=0)
    assert variance.mean() == pytest.approx(1, rel=1e-3)
    assert variance[0] / variance[1] == pytest.approx(9, rel=0.3)
