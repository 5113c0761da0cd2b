"""One record out: JSON for machines, tables for people; progress on stderr."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

MAX_CELL = 60
SENTENCE = 60
"""Letters from which an item of a list stands on a line of its own."""

LONGEST_WORD = 16
"""A column of words is at least as wide as its longest word, up to this: no name is broken where it can be helped."""


def write(result: BaseModel, *, as_json: bool) -> None:
    """Print a tool's result on stdout."""
    if as_json:
        json.dump(result.model_dump(mode="json"), sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
        return
    console = Console()
    for name, info in type(result).model_fields.items():
        if not _is_for_machines(info):
            _field(console, name, getattr(result, name))


@contextmanager
def progress_bar(*, quiet: bool) -> Iterator[Any]:
    """A `progress(done, total, stage)` that draws a bar on a terminal and a line a stage elsewhere."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield _stage_lines(console, quiet=quiet)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("starting", total=None)

        def report(done: int, total: int, stage: str) -> None:
            bar.update(task, completed=done, total=total or None, description=stage)

        yield report


def _stage_lines(console: Console, *, quiet: bool) -> Any:
    shown: set[str] = set()

    def report(done: int, total: int, stage: str) -> None:
        if not quiet and stage not in shown:
            shown.add(stage)
            console.print(f"{stage} ...", highlight=False)

    return report


def _field(console: Console, name: str, value: Any) -> None:
    title = name.replace("_", " ")
    if isinstance(value, list) and value and isinstance(value[0], BaseModel):
        console.print(_table(title, value))
    elif isinstance(value, list) and any(len(str(item)) > SENTENCE for item in value):
        console.print(f"{title}:", highlight=False)
        for item in value:
            console.print(f"  {item}", highlight=False, soft_wrap=True)
    elif isinstance(value, list):
        texts = list(map(str, value))
        between = "; " if any("," in text for text in texts) else ", "
        console.print(f"{title}: {between.join(texts) or 'none'}", highlight=False)
    elif value not in (None, ""):
        console.print(f"{title}: {_text(value)}", highlight=False, soft_wrap=True)


def _table(title: str, rows: list[BaseModel]) -> Table:
    fields = type(rows[0]).model_fields
    shown = [name for name, info in fields.items() if _is_for_people(info, getattr(rows[0], name))]
    columns = [name for name in shown if any(_cell(getattr(row, name)) for row in rows)] or shown
    table = Table(title=title, title_justify="left", header_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        values = [getattr(row, column) for row in rows]
        if all(isinstance(value, (int, float, type(None))) for value in values):
            table.add_column(column.replace("_", " "), justify="right", no_wrap=True)
        else:
            table.add_column(column.replace("_", " "), overflow="fold", min_width=_longest_word(map(_cell, values)))
    for row in rows:
        table.add_row(*(_cell(getattr(row, column)) for column in columns))
    return table


def _longest_word(texts: Iterable[str]) -> int:
    return min(LONGEST_WORD, max((len(word) for text in texts for word in text.split()), default=1))


def _is_for_people(info: FieldInfo, value: Any) -> bool:
    return not isinstance(value, Mapping) and not _is_for_machines(info)


def _is_for_machines(info: FieldInfo) -> bool:
    extra = info.json_schema_extra
    return isinstance(extra, dict) and bool(extra.get("machines_only"))


def _text(value: Any) -> str:
    if isinstance(value, BaseModel):
        return " ".join(_text(getattr(value, name)) for name in type(value).model_fields)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M %Z}".strip()
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        value = f"{_text(value[0])} (+{len(value) - 1})" if len(value) > 1 else (value[0] if value else "")
    text = _text(value)
    if len(text) <= MAX_CELL:
        return text
    folder, slash, _ = text.partition("/")
    is_path = bool(slash) and " " not in folder
    return f"…{text[1 - MAX_CELL :]}" if is_path else f"{text[: MAX_CELL - 1]}…"  # the end of a path says more
