"""The tree that is drawn is the tree there is."""

import inspect
import re

import pytest

from lookscape import errors
from lookscape.errors import LookscapeError, UnknownNameError

KINDS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, Exception)]


def test_the_docstring_draws_every_error_below_its_parent() -> None:
    parents: dict[str, str] = {}
    levels: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        if found := re.match(r"    ([│├└─ ]*)(\w+Error)", line):
            level = len(found[1]) // 4
            levels[level:] = [found[2]]
            parents[found[2]] = levels[level - 1] if level else "Exception"
    assert parents == {kind.__name__: kind.__base__.__name__ for kind in KINDS}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("name", "known", "message"),
    [
        ("fais", ["exact", "faiss"], "no backend named 'fais'; did you mean faiss?"),
        ("zzz", ["exact", "faiss"], "no backend named 'zzz'; there are: exact, faiss"),
        ("zzz", [], "no backend named 'zzz'; there are: none yet"),
    ],
)
def test_an_unknown_name_offers_what_there_is(name: str, known: list[str], message: str) -> None:
    error = UnknownNameError("backend", name, known)
    assert isinstance(error, LookscapeError)
    assert str(error) == message
