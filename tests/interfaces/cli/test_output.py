"""What people and machines see of a record."""

import json
from datetime import UTC, datetime

import pytest
from pydantic import BaseModel, Field

from lookscape.errors import ConflictError, LookscapeError, NotFoundError, PhotoError, RefusedError, UsageError
from lookscape.interfaces.cli import errors, output


class Row(BaseModel):
    name: str
    score: float
    paths: list[str] = ["a", "b"]
    secret: str = Field(default="0f0f", json_schema_extra={"machines_only": True})
    values: dict[str, str] = {}


class Answer(BaseModel):
    rows: list[Row]
    message: str = ""
    share: float = 0.123456
    nothing: list[str] = []


class Part(BaseModel):
    value: str
    count: int


class Whole(BaseModel):
    name: str
    values: list[Part]


class Wholes(BaseModel):
    facets: list[Whole]


ANSWER = Answer(rows=[Row(name="Terrace", score=0.98765)], message="m" * 100)


def test_json_is_the_whole_record(capsys: pytest.CaptureFixture) -> None:
    output.write(ANSWER, as_json=True)
    assert json.loads(capsys.readouterr().out) == ANSWER.model_dump()


def test_people_get_tables_without_what_only_machines_read(
    capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    output.write(ANSWER, as_json=False)
    shown = capsys.readouterr().out
    assert "Terrace" in shown
    assert "0.9877" in shown
    assert "a (+1)" in shown
    assert "0f0f" not in shown
    assert "secret" not in shown
    assert f"message: {'m' * 100}" in shown
    assert "share: 0.1235" in shown
    assert "nothing: none" in shown


def test_no_escape_codes_off_a_terminal(capsys: pytest.CaptureFixture) -> None:
    output.write(ANSWER, as_json=False)
    with output.progress_bar(quiet=False) as progress:
        for step in range(3):
            progress(step, 3, "reading photos")
        progress(0, 0, "storing")
    captured = capsys.readouterr()
    assert "\x1b" not in captured.out + captured.err
    assert captured.err == "reading photos ...\nstoring ...\n"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("x"), 2),
        (RefusedError("x"), 2),
        (NotFoundError("x"), 1),
        (ConflictError("x"), 1),
        (PhotoError("x"), 1),
        (LookscapeError("x"), 1),
        (KeyboardInterrupt(), 130),
        (ValueError("a bug"), None),
    ],
)
def test_every_error_has_its_exit_code(error: BaseException, code: int | None) -> None:
    assert errors.exit_code(error) == code


def test_a_sentence_is_one_line() -> None:
    assert errors.sentence(UsageError("two\n  lines")) == "two lines"
    assert "to resume" in errors.sentence(KeyboardInterrupt())


class Act(BaseModel):
    words: str
    at: datetime
    undone_by: str = ""


def test_a_table_is_for_people(capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """Minutes, no column without a value, of a sentence its beginning and of a path its end."""
    monkeypatch.setenv("COLUMNS", "200")
    acts = [
        Act(words="brand: Nike and " + "w" * 60, at=datetime(2026, 12, 1, 5, 20, 7, 383754, UTC)),
        Act(words="photos/" + "f" * 60 + "/side.jpg", at=datetime(2026, 12, 1, 5, 21, tzinfo=UTC)),
    ]
    output.write(History(acts=acts), as_json=False)
    shown = capsys.readouterr().out
    assert "2026-12-01 05:20 UTC" in shown
    assert "undone by" not in shown
    assert "brand: Nike" in shown
    assert "f/side.jpg" in shown
    assert "photos/" not in shown


class History(BaseModel):
    acts: list[Act]


def test_a_record_in_a_cell_is_its_values(capsys: pytest.CaptureFixture) -> None:
    parts = [Part(value="off-white", count=24), Part(value="black", count=2)]
    output.write(Wholes(facets=[Whole(name="colour", values=parts)]), as_json=False)
    shown = capsys.readouterr().out
    assert "off-white 24 (+1)" in shown
    assert "value=" not in shown
