"""Dates as shops write them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from lookscape.catalogue.columns.dates import Order, moments, order_of, year_of

FIFTH = datetime(2024, 1, 5)
BOTH = {Order.DAY_FIRST, Order.MONTH_FIRST}


@pytest.mark.parametrize(
    "text",
    ["2024-01-05", "2024/1/5", "2024.01.05", "20240105", "5 Jan 2024", "05-Jan-2024", "January 5, 2024", "Jan. 5 2024"],
)
def test_a_day_that_can_be_read_in_one_way(text: str) -> None:
    found = moments(text)
    assert {moment.at for moment in found.values()} == {FIFTH}
    assert set(found) == BOTH
    assert not found[Order.DAY_FIRST].timed


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2024-01-05T10:30", datetime(2024, 1, 5, 10, 30)),
        ("2024-01-05 10:30:15.25", datetime(2024, 1, 5, 10, 30, 15, 250000)),
        ("2024-01-05T10:30:00Z", datetime(2024, 1, 5, 10, 30, tzinfo=UTC)),
        ("2024-01-05T10:30:00-05:30", datetime(2024, 1, 5, 10, 30, tzinfo=timezone(-timedelta(hours=5, minutes=30)))),
        ("5.1.2024 9:05", None),
    ],
)
def test_a_time_of_day(text: str, at: datetime | None) -> None:
    found = moments(text)
    assert all(moment.timed for moment in found.values())
    assert at is None or found[Order.DAY_FIRST].at == at


def test_day_and_month() -> None:
    found = moments("03/04/2024")
    assert [found[order].at.month for order in Order] == [4, 3]
    assert set(moments("13/04/2024")) == {Order.DAY_FIRST}
    assert set(moments("04/13/2024")) == {Order.MONTH_FIRST}


@pytest.mark.parametrize(
    "text",
    [
        "12-3",
        "03/04/24",
        "2024-13-01",
        "2024-02-30",
        "2024-01",
        "2024",
        "99999999",
        "10:30",
        "Foo 5, 2024",
        "5/1.2024",
        "",
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert moments(text) == {}


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (["03/04/2024", "13/04/2024"], Order.DAY_FIRST),
        (["03/04/2024", "04/13/2024"], Order.MONTH_FIRST),
        (["03/04/2024"], None),
        (["13/04/2024", "04/13/2024"], None),
        (["2024-01-05"], Order.DAY_FIRST),
        (["05/05/2024"], Order.DAY_FIRST),
    ],
)
def test_the_order_is_that_in_which_all_can_be_read(texts: list[str], order: Order | None) -> None:
    assert order_of(map(moments, texts)) is order


def test_a_date_as_a_year() -> None:
    assert year_of(datetime(2024, 1, 1)) == 2024
    assert year_of(datetime(2024, 7, 2)) == 2024.5
    assert year_of(datetime(2023, 12, 31, 12)) == pytest.approx(2024 - 0.5 / 365)
