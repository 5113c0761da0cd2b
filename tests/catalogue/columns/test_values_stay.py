"""A kind never changes a value: what a column is read as holds the digits that were written, or says what it lacks."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal

from hypothesis import given, reject, settings
from hypothesis import strategies as st

from lookscape.catalogue.columns.kinds import Kind, Reading, Said
from lookscape.catalogue.columns.learning import as_said, learn
from lookscape.services.maps.typed import says_less, typed

DIGITS = st.text("0123456789", min_size=1, max_size=17)
SIGN = st.sampled_from(["", "-", "+"])
UNIT = st.sampled_from(["", " EUR", "$", " cm", "%", "€"])
SHAPES = [
    DIGITS,
    st.builds("{}{}.{}{}".format, SIGN, DIGITS, DIGITS, UNIT),
    st.builds("{}{},{}{}".format, SIGN, DIGITS, DIGITS, UNIT),
    st.integers(0, 10**9).map("{:,}".format),
    st.integers(0, 10**9).map(lambda number: f"{number:,}.50".translate(str.maketrans(",.", ".,"))),
    st.integers(0, 10**6).map("{:08}".format),
    st.builds("{}E{}".format, DIGITS, st.integers(0, 12)),
    st.floats(1e-9, 1e-5).map(repr),
    st.builds("{}-{}".format, DIGITS, DIGITS),
    st.dates().map("{:%Y-%m-%d}".format),
    st.dates().map("{:%d.%m.%Y}".format),
    st.dates().map("{:%m/%d/%Y}".format),
    st.sampled_from(["NA", "n/a", "-", "None", "yes", "0", "TRUE", "M", "38 2/3", "10½", "٣", "Infinity", " 12"]),
    st.text(min_size=1, max_size=8).filter(str.strip),
]
COLUMN = st.sampled_from(SHAPES).flatmap(lambda shape: st.lists(shape, min_size=1, max_size=30)) | st.lists(
    st.one_of(SHAPES), min_size=1, max_size=30
)
NAME = st.sampled_from(["it", "price", "sku", "ean", "year"])


@settings(max_examples=300, deadline=None, derandomize=True)
@given(name=NAME, values=COLUMN)
def test_a_learned_kind_holds_what_was_written(name: str, values: list[str]) -> None:
    reading = learn(name, Counter(values))
    turned = learn(name, Counter(reversed(values)))
    assert replace(turned, why="", unit="", unclear="") == replace(reading, why="", unit="", unclear="")
    holds(values, reading)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(said=st.sampled_from([one for one in Said if one is not Said.AUTO]), values=COLUMN)
def test_so_does_one_that_a_person_said(said: Said, values: list[str]) -> None:
    try:
        reading = as_said(said, Counter(values))
    except ValueError:  # it can be read in two ways
        reject()
    holds(values, reading)


def holds(values: list[str], reading: Reading) -> None:
    column = typed(values, reading).to_pylist()
    if not reading.is_scale:
        assert column == values
        return
    for value, there in zip(values, column, strict=True):
        number = reading.number(value)
        if number is not None:
            assert digits_of(value) == digits_of(f"{number:f}") or Decimal(value) == number
        if not says_less(values, reading):
            assert there is not None
            if reading.kind is Kind.NUMBER:
                assert Decimal(repr(there)) == number
            elif not isinstance(there, str):
                at = reading.date(value)
                assert at is not None
                assert there in (at, at.date())


def digits_of(text: str) -> str:
    """Its digits but for leading zeros; what stands behind the decimal mark keeps its zeros."""
    return "".join(filter(str.isdecimal, text)).lstrip("0")
