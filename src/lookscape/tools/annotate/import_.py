"""Import attributes from a spreadsheet, COCO or Label Studio file, in one undoable act.

FILE is a table (csv, tsv, xlsx, jsonl, parquet) with a column product_id or file_name and one for each attribute, JSON
in COCO's or Label Studio's form, or a file in another of the formats. Its values replace people's earlier ones; values
from the source or a machine stay underneath. Rows that cannot be used are skipped and listed with the reason; with
--strict, one of them stops the import.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from pydantic import Field

from lookscape.catalogue.records import Doing, How, Wish
from lookscape.catalogue.tables.file_names import FileNames
from lookscape.catalogue.tables.opening import open_table
from lookscape.catalogue.tables.table import is_table, suffix_of
from lookscape.catalogue.tables.text import clean
from lookscape.engine import Engine
from lookscape.errors import LookscapeError, UsageError
from lookscape.services.labels.change import CareParams, ConflictInfo, clean_name, clean_value, conflicts, who
from lookscape.services.labels.formats import FormatOrAuto, Row, csv, format_named, format_names
from lookscape.services.words import counted
from lookscape.tools import _tool

LOCAL = True
CSV = "csv"
HEAD = 1 << 12
LISTED = 200
"""Rows that an answer lists; it counts all."""


class Params(CareParams):
    """The file, and how to read it."""

    file: str = _tool.positional("the file to read")
    format: FormatOrAuto = Field(default="auto", description="how it is written")
    attributes: tuple[str, ...] = Field(default=(), description="only these attributes of it")
    name: str = Field(default="", description="the attribute for COCO categories without a supercategory")


class Result(_tool.Result):
    """What was taken in."""

    act: int | None = Field(description="the act, to undo; None when nothing was changed")
    rows: int = Field(description="rows read that have a value")
    changed: int = Field(description="products changed")
    unchanged: int = Field(description="products that already had the value")
    num_conflicts: int = Field(description="values that others changed since `seen`, left alone")
    conflicts: list[ConflictInfo] = Field(description="the first of them")
    num_bad_rows: int = Field(description="rows that could not be used")
    bad_rows: list[str] = Field(description="the first of them, each with the reason")
    notes: list[str] = Field(description="how the file was read, and what was passed over to find files")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Read it, then change all at once. Raises UsageError when the file is none of these."""
    names = {clean_name(name) for name in params.attributes}
    rows, notes = _rows(params)
    reader = _Reader(engine, names)
    wishes = {(wish.product_id, wish.name): wish for row in rows for wish in reader.wishes(row)}
    stopped = params.strict and bool(reader.bad)
    doing = Doing(
        kind="import",
        by=who(engine, params.by),
        name=", ".join(dict.fromkeys(name for _, name in wishes)),
        value=PurePosixPath(params.file).name,
        seen=params.seen,
        strict=params.strict,
        ask=params.dry_run or stopped,
    )
    found = engine.catalogue.change(list(wishes.values()), doing)
    return Result(
        act=found.act.id if found.act else None,
        rows=reader.num_rows,
        changed=0 if stopped else found.changed,
        unchanged=found.unchanged,
        num_conflicts=len(found.conflicts),
        conflicts=conflicts(found.conflicts),
        num_bad_rows=len(reader.bad),
        bad_rows=reader.bad[:LISTED],
        notes=[
            *notes,
            *(f"{counted(count, 'file name')} matched {how}" for how, count in reader.passed_over.items()),
        ],
    )


class _Reader:
    """Rows into wishes; what is wrong with a row goes to `bad`, and nothing of that row is used."""

    def __init__(self, engine: Engine, names: set[str]) -> None:
        self._engine = engine
        self.names, self.bad, self.num_rows = names, list[str](), 0
        files = engine.catalogue.products_of_paths()
        self._ids = {product_id for _, product_id in files}
        self._files = FileNames(files)
        self.passed_over: dict[str, int] = {}
        self._seen: dict[tuple[str, str], str] = {}

    def wishes(self, row: Row) -> list[Wish]:
        values = {name: said for name, said in row.values.items() if not self.names or name.strip() in self.names}
        if not values and not row.problem:
            return []
        self.num_rows += 1
        try:
            return self._wishes(row, values)
        except LookscapeError as error:
            self.bad.append(f"{row.place}: {error}")
            return []

    def _wishes(self, row: Row, values: Mapping[str, tuple[str, ...]]) -> list[Wish]:
        if row.problem:
            raise UsageError(row.problem)
        product_id = self._product(row)
        wishes = list(self._wished(product_id, values))
        for wish in wishes:
            if (wish.product_id, wish.name) in self._seen:
                raise UsageError(f"{wish.name} of {product_id!r} is in {self._seen[product_id, wish.name]} already")
        self._seen |= {(product_id, wish.name): row.place for wish in wishes}
        return wishes

    def _wished(self, product_id: str, values: Mapping[str, tuple[str, ...]]) -> Iterator[Wish]:
        """What a source alone can say, such as a name with an equals sign, is passed over where it is so already.

        Where it is not, it is taken as a source would: files of labels bring back what a catalogue held.
        """
        for given, said in values.items():
            try:
                name, cleaned = clean_name(given), tuple(clean_value(value) for value in said)
            except UsageError:
                if set(self._engine.catalogue.product(product_id).values.get(given, ())) == set(said):
                    continue
                name, cleaned = _as_a_source("name", given), tuple(_as_a_source("value", value) for value in said)
            yield Wish(product_id=product_id, name=name, how=How.SET if cleaned else How.CLEAR, values=cleaned)

    def _product(self, row: Row) -> str:
        if row.product_id:
            if row.product_id not in self._ids:
                raise UsageError(f"there is no product {row.product_id!r}")
            return row.product_id
        if not row.file_name:
            raise UsageError("neither product_id nor file_name says which product this is")
        match = self._files.find(row.file_name)
        if not match.path:
            raise UsageError(f"no file {row.file_name!r}: {match.words}")
        if len(match.owners) > 1:
            raise UsageError(
                f"{len(match.owners)} products have the file {row.file_name!r}; a column product_id tells them apart"
            )
        if match.how:
            self.passed_over[match.how] = self.passed_over.get(match.how, 0) + 1
        return match.owners[0]


def _as_a_source(what: str, given: str) -> str:
    """Any text that a table can give."""
    text = clean(given)
    if not text:
        raise UsageError(f"there is an empty {what}")
    return text


def _rows(params: Params) -> tuple[list[Row], list[str]]:
    """What the file says, and how it was read."""
    path = Path(params.file)
    if path.is_file() and is_table(path) and _reads_as_table(params.format, path):
        table = open_table(path, known=csv.known_keys)
        return list(csv.read_table(table)), [f"{table.name}: {table.found}", *table.notes]
    data = _read(params.file)
    return list(format_named(_format(params, data)).read(data, name=params.name.strip())), []


def _reads_as_table(form: str, path: Path) -> bool:
    """Asked for, or of no other format whose files end so."""
    if form != "auto":
        return form == CSV
    if suffix_of(path) == ".xml":
        return not _is_cvat(path)
    return {name for name in format_names() if suffix_of(path) == format_named(name).SUFFIX} <= {CSV}


def _is_cvat(path: Path) -> bool:
    """Both feeds of products and CVAT's files are called .xml."""
    with path.open("rb") as file:
        return b"<annotations" in file.read(HEAD).replace(b"\0", b"")


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except (OSError, ValueError) as error:
        raise UsageError(f"{path!r} cannot be read: {getattr(error, 'strerror', None) or error}") from error


def _format(params: Params, data: bytes) -> str:
    """What is asked for, else the one format whose files end so, else by how the file begins."""
    if params.format != "auto":
        return params.format
    suffix = PurePosixPath(params.file).suffix.lower()
    ending_so = [name for name in format_names() if suffix == format_named(name).SUFFIX]
    if len(ending_so) == 1:
        return ending_so[0]
    first = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    return {b"{": "coco", b"[": "label-studio"}.get(first, "csv")
