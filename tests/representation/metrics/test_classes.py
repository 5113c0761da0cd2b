"""Figures of classes against scikit-learn and by hand; temperatures against known ones."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score, log_loss

from lookscape.errors import UsageError
from lookscape.representation.metrics.classes import best_temperature, cross_entropy, judge, macro_f1, softmax

NAMES = ("boot", "court", "runner")


def drawn(count: int = 400, *, seed: int = 0, sharpness: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Logits whose softmax is the truth's distribution, and the truth drawn from it."""
    rng = np.random.default_rng(seed)
    logits_NK = rng.normal(size=(count, 3)).astype(np.float32) * 2
    chances_NK = softmax(logits_NK)
    codes_N = np.array([rng.choice(3, p=row) for row in chances_NK])
    return logits_NK * np.float32(sharpness), codes_N


def test_figures_are_scikit_learns() -> None:
    logits_NK, codes_N = drawn()
    found = judge(logits_NK, codes_N, names=NAMES, groups_N=np.arange(400) // 2)
    predicted_N = logits_NK.argmax(1)
    assert found.accuracy.value == pytest.approx(accuracy_score(codes_N, predicted_N))
    assert found.macro_f1.value == pytest.approx(f1_score(codes_N, predicted_N, average="macro"))
    assert found.loss == pytest.approx(log_loss(codes_N, softmax(logits_NK)))
    assert found.accuracy.low < found.accuracy.value < found.accuracy.high
    assert found.accuracy.num_groups == 200
    assert found.confusion_KK.sum() == 400
    assert np.diag(found.confusion_KK).sum() / 400 == pytest.approx(found.accuracy.value)
    boot = found.classes[0]
    assert boot.recall == pytest.approx((predicted_N[codes_N == 0] == 0).mean())
    assert boot.precision == pytest.approx((codes_N[predicted_N == 0] == 0).mean())
    assert boot.support == (codes_N == 0).sum()
    assert found.top5 is None


def test_classes_that_are_not_there_do_not_count() -> None:
    logits_NK, codes_N = drawn()
    there = codes_N != 2
    logits_NK, codes_N = logits_NK[there], codes_N[there]
    found = judge(logits_NK, codes_N, names=NAMES, groups_N=np.arange(len(codes_N)))
    expected = f1_score(codes_N, logits_NK.argmax(1), average="macro", labels=[0, 1])
    assert found.macro_f1.value == pytest.approx(expected)
    assert found.classes[2].support == 0
    assert found.classes[2].roc_auc is None
    assert found.macro_recall == pytest.approx(np.mean([found.classes[k].recall for k in (0, 1)]))


def test_one_group_tells_nothing_of_others() -> None:
    logits_NK, codes_N = drawn(20)
    with pytest.raises(UsageError, match="at least 2 products"):
        judge(logits_NK, codes_N, names=NAMES, groups_N=np.zeros(20))


def test_macro_f1_by_hand() -> None:
    predicted_N, codes_N = np.array([0, 0, 1, 1, 2]), np.array([0, 1, 1, 1, 0])
    # class 0: one hit, 2 there, 2 told: .5; class 1: two hits, 3 there, 2 told: .8; class 2 is not there
    assert macro_f1(predicted_N, codes_N) == pytest.approx((0.5 + 0.8) / 2)


@pytest.mark.parametrize("sharpness", [0.5, 1.0, 3.0])
def test_the_temperature_undoes_what_was_sharpened(sharpness: float) -> None:
    logits_NK, codes_N = drawn(20_000, sharpness=sharpness)
    found = best_temperature(logits_NK, codes_N)
    assert found == pytest.approx(sharpness, rel=0.06)
    assert cross_entropy(logits_NK, codes_N, temperature=found) <= cross_entropy(logits_NK, codes_N) + 1e-9


def test_a_few_photos_told_right_make_nobody_certain() -> None:
    logits_NK = np.tile(np.array([[3.0, 0, 0]], np.float32), (8, 1))
    assert 0.4 < best_temperature(logits_NK, np.zeros(8, np.intp)) < 1


def test_no_photos_leave_chances_as_they_are() -> None:
    nothing = np.empty((0, 3), np.float32)
    assert best_temperature(nothing, np.empty(0, np.intp)) == 1.0
    assert cross_entropy(nothing, np.empty(0, np.intp)) == 0.0
