"""open_table(path): the reader that fits a table's ending."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from lookscape.catalogue.tables import ours
from lookscape.catalogue.tables.delimited import open_delimited
from lookscape.catalogue.tables.json_document import is_json_list, open_json_document
from lookscape.catalogue.tables.json_lines import open_json_lines
from lookscape.catalogue.tables.table import JSON, SUFFIXES, Table, is_table, suffix_of
from lookscape.errors import UsageError


def open_table(path: Path, *, known: Callable[[Sequence[str]], int] = lambda _: 0) -> Table:
    """The table in a file. `known(row)` counts the names in a row that a header is known to have.

    Raises UsageError when it is no table or cannot be read, UnavailableError when an extra is missing.
    """
    if not path.is_file():
        raise UsageError(f"{str(path)!r} is not a file")
    if is_json_list(path):
        return open_json_document(path)
    if not is_table(path):
        raise UsageError(f"{str(path)!r} is not a table; it can end in {', '.join(SUFFIXES)}")
    suffix = suffix_of(path)
    if suffix in JSON:
        return open_json_lines(path)
    if suffix == ".parquet":
        from lookscape.catalogue.tables.parquet import open_parquet

        return open_parquet(path)
    if suffix in (".xlsx", ".xlsm"):
        from lookscape.catalogue.tables.excel import open_excel

        return open_excel(path, known)
    if suffix == ".xml":
        from lookscape.catalogue.tables.xml_feed import open_xml

        return open_xml(path)
    table = open_delimited(path, known)
    return replace(table, ours=ours.MARK in table.columns and all(ours.is_ours(line.cells) for line in table.head(1)))
