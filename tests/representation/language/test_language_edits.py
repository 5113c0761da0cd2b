"""What people make of a language can be undone and never touches the fit."""

from pathlib import Path

import numpy as np
import pytest

from lookscape.errors import NotFoundError, UsageError
from lookscape.representation.language.edits import Edits
from lookscape.representation.language.language import Language, fit


def language(seed: int = 0) -> Language:
    return fit(np.random.default_rng(seed).standard_normal((100, 4)))


def test_acts_are_shown_and_undone_in_turn() -> None:
    nothing = Edits.of(language())
    renamed = nothing.rename(1, name="  low ...  boot ", by="ana", at=1.0)
    merged = renamed.merge(1, 3, name="height", by="ana", at=2.0)
    hidden = merged.hide(0, by="ben", at=3.0)
    assert [(entry.factors, entry.name, entry.is_hidden) for entry in hidden.entries()] == [
        ((0,), "", True),
        ((1, 3), "height", False),
        ((2,), "", False),
    ]
    assert hidden.undo() == merged
    assert hidden.undo().undo() == renamed
    assert [entry.name for entry in renamed.entries()] == ["", "low ... boot", "", ""]
    assert hidden.show(0, by="ben", at=4.0).entries() == merged.entries()
    with pytest.raises(UsageError, match="nothing"):
        nothing.undo()


def test_a_merged_factor_moves_its_parts_and_is_read_from_them() -> None:
    entry = Edits.of(language()).merge(3, 1, 1, name="both", by="ana", at=0.0).entries()[-1]
    assert entry.factors == (3, 1)
    f_NF = np.random.default_rng(1).standard_normal((1000, 4))
    assert entry.values(f_NF).std() == pytest.approx(1, abs=0.1)
    moved_NF = entry.moved(f_NF, by=2.0)
    np.testing.assert_allclose(entry.values(moved_NF) - entry.values(f_NF), 2.0)
    np.testing.assert_array_equal(moved_NF[:, [0, 2]], f_NF[:, [0, 2]])


def test_what_is_not_there_cannot_be_edited() -> None:
    edits = Edits.of(language()).merge(0, 1, name="both", by="ana", at=0.0)
    with pytest.raises(UsageError, match="no factor 1 to rename"):
        edits.rename(1, name="x", by="ana", at=0.0)
    with pytest.raises(UsageError, match="no factor 9"):
        edits.hide(9, by="ana", at=0.0)
    with pytest.raises(UsageError, match="two different"):
        edits.merge(2, 2, name="x", by="ana", at=0.0)
    with pytest.raises(UsageError, match="1 to 80 characters"):
        edits.rename(2, name="   ", by="ana", at=0.0)


def test_edits_are_kept_for_their_own_fit(tmp_path: Path) -> None:
    path, mine = tmp_path / "edits.json", language()
    edits = Edits.of(mine).rename(0, name="height", by="ana", at=1.5).hide(2, by="ana", at=2.5)
    assert Edits.load(path, language=mine) == Edits.of(mine)
    edits.save(path)
    assert Edits.load(path, language=mine) == edits
    assert Edits.load(path, language=language(seed=7)).acts == ()
    path.write_text("{")
    with pytest.raises(NotFoundError, match="damaged"):
        Edits.load(path, language=mine)
