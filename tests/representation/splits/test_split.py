"""Groups stay whole, copies stay together, different shoes stay apart; the pairs are those of brute force."""

import cv2
import numpy as np
import pytest

from lookscape.representation.inference.samples import pictures
from lookscape.representation.spaces.pixels import Pixels
from lookscape.representation.splits import split as splitting
from lookscape.representation.splits.split import details, find_groups, largest_group, near_pairs, split_by_group


def pixels(*photos: np.ndarray) -> Pixels:
    return Pixels(ids=tuple(f"{number:05d}" for number in range(len(photos))), array_NHWC=np.stack(photos))


def shoe(*, colour: int = 40, at: int = 30, tall: int = 16) -> np.ndarray:
    """A dark ellipse on white."""
    canvas = np.full((64, 64, 3), 255, np.uint8)
    cv2.ellipse(canvas, (32, at), (26, tall), 0, 0, 360, (colour,) * 3, -1, cv2.LINE_AA)
    return canvas


def scenes_and_copies(count: int) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Pictures at 64 pixels, and the same made from a smaller, darker JPEG of the large picture."""
    large = pictures(count, side=256)
    return [_small(picture) for picture in large], [_small(_altered(picture)) for picture in large]


def _altered(picture: np.ndarray) -> np.ndarray:
    _, coded = cv2.imencode(".jpg", cv2.resize(picture, (200, 200)), [cv2.IMWRITE_JPEG_QUALITY, 70])
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR) * 0.95, np.uint8)


def _small(picture: np.ndarray) -> np.ndarray:
    return cv2.resize(picture, (64, 64), interpolation=cv2.INTER_AREA)


def test_altered_copies_are_one_group_and_others_are_not() -> None:
    scenes, copies = scenes_and_copies(6)
    groups = find_groups(pixels(*scenes, *copies), products_of={})
    assert groups == [f"{number:05d}" for number in range(6)] * 2


def test_white_shoes_on_white_are_not_one_group() -> None:
    faint = [shoe(colour=245, at=at, tall=tall) for at, tall in ((30, 10), (30, 20), (40, 14), (24, 12))]
    assert len(set(find_groups(pixels(*faint, *pictures(4, side=64)), products_of={}))) == 8


def test_one_products_photos_are_one_group_and_chains_are_followed() -> None:
    scenes, copies = scenes_and_copies(5)
    shop = {"00000": ["p"], "00001": ["p", "q"], "00002": ["q"]}
    groups = find_groups(pixels(*scenes, copies[2]), products_of=shop)
    assert groups == ["00000", "00000", "00000", "00003", "00004", "00000"]
    assert largest_group(groups) == 4
    assert largest_group([]) == 0


def test_photos_without_any_detail_do_not_stick_together() -> None:
    blank = np.full((64, 64, 3), 255, np.uint8)
    assert len(set(find_groups(pixels(blank, blank, shoe()), products_of={}))) == 3


@pytest.mark.parametrize("above", [0.5, 0.8, 0.95])
def test_no_pair_is_missed(above: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(splitting, "CHUNK", 7)
    scenes, copies = scenes_and_copies(20)
    details_NV = details(pixels(*scenes, *copies, *[shoe(tall=tall) for tall in range(8, 24)]))
    found = {(int(one), int(other)) for part in near_pairs(details_NV, above=above) for one, other in part}
    cosines = np.tril(details_NV.astype(np.float64) @ details_NV.astype(np.float64).T, k=-1)
    sure = {tuple(pair) for pair in np.argwhere(cosines > above + 1e-5).tolist()}
    maybe = {tuple(pair) for pair in np.argwhere(cosines > above - 1e-5).tolist()}
    assert len(sure) >= 20
    assert sure <= found <= maybe


def test_a_cancelled_comparison_stops() -> None:
    def progress(done: int, total: int, stage: str) -> None:
        raise InterruptedError(stage)

    with pytest.raises(InterruptedError, match="comparing photos"):
        find_groups(pixels(*pictures(3, side=64)), products_of={}, progress=progress)


def test_every_group_is_on_one_side_and_shares_are_kept() -> None:
    groups = [f"group {number // 3}" for number in range(6000)]
    split = split_by_group(groups)
    parts = [split.train, split.validation, split.test]
    assert sorted(np.concatenate(parts).tolist()) == list(range(6000))
    sides = [{groups[row] for row in part} for part in parts]
    assert not (sides[0] & sides[1] | sides[0] & sides[2] | sides[1] & sides[2])
    assert [len(part) / 6000 for part in parts] == pytest.approx([0.85, 0.05, 0.10], abs=0.02)


def test_new_photos_move_no_old_ones_and_another_seed_does() -> None:
    groups = [f"group {number}" for number in range(500)]
    before, after = split_by_group(groups), split_by_group([*groups, *(f"new {number}" for number in range(100))])
    np.testing.assert_array_equal(before.test, after.test[after.test < 500])
    assert before.test.tolist() != split_by_group(groups, seed=1).test.tolist()


def test_when_nothing_would_train_everything_does() -> None:
    names = (f"group {number}" for number in range(1000))
    judged = next(
        name for name in names if len(split_by_group([name, "x", "y"]).test) and 0 in split_by_group([name]).train
    )
    assert split_by_group([judged]).train.tolist() == [0]
