"""What a table's columns are: photos, product, name, attributes. Guessed by names and cells, said, and overruled.

photo=COLUMN     cells name photos, as files or addresses; given twice, both do
product=COLUMN   rows with the same cell are one product; product= for none
name=COLUMN      what the product is called
several=COLUMN   a cell holds several values, separated by commas, semicolons or bars
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from lookscape.catalogue.tables import ours
from lookscape.catalogue.tables.feeds import feed_of, pairs_of, several_of
from lookscape.catalogue.tables.photo_names import (
    URL_COLUMNS,
    count_known,
    is_link,
    is_more,
    is_small,
    names_a_photo,
    normal,
    photo_rank,
    share_of_photos,
)
from lookscape.catalogue.tables.table import Table
from lookscape.errors import UnknownNameError, UsageError

PRODUCT_COLUMNS = (
    "product_id", "productid", "id", "item_id", "product_id_non_editable", "aw_product_id", "uniqueid", "unique_id",
    "offer_id", "sku", "item_sku", "seller_sku", "product_sku", "product_code_sku", "product_code", "product_number",
    "custom_label", "custom_label_sku", "handle", "handle_id", "url_handle", "product_handle", "item_group_id",
    "group_id", "mpn", "article_number", "artikelnummer", "asin", "reference", "product_url",
)  # fmt: skip
"""Names of the column that says which product a row is about, the first that there is."""

NAME_COLUMNS = ("name", "title", "product_name", "productname", "item_name", "product_title", "display_name")
ROLES = ("photo", "product", "name", "several")
SAMPLE = 200
"""Rows that a column is judged by."""

_LOCAL_NAME = re.compile(r"(name|title|product_name)_[a-z]{2}(_[a-z]{2})?(_.+)?")
"""Names in a language, as product managers export them: name-en_US, name(en-gb)."""

_MASKS = {"mask", "masks", "segmentation", "depth", "label", "labels", "annotation", "conditioning"}
"""Words in the names of pictures beside a photo that are none."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What each column is; those that are nothing here are attributes.

    photos: columns of photos, the main one first. instead: one whose photo is taken where a row's file is not there.
    pairs: columns of an attribute's name and of its value. several: columns whose cells hold several values, with what
    stands between them, as a pattern. parent: a column that names the product of which a row is a variant. section: one
    that says whether a row is a product or belongs to the one above. below: so does a row without an id. ours: of a
    table that Lookscape wrote.
    """

    photos: tuple[str, ...] = ()
    instead: str | None = None
    product: str | None = None
    name: str | None = None
    parent: str | None = None
    section: str | None = None
    below: bool = False
    pairs: tuple[tuple[str, str], ...] = ()
    several: Mapping[str, str] = field(default_factory=dict)
    feed: str = ""
    ours: bool = False

    def role(self, column: str) -> str:
        """In words."""
        if column in self.photos:
            return "photo" if column == self.photos[0] else "further photos"
        roles = {self.instead: "photo where the file is not there", self.product: "product", self.name: "name"}
        roles |= {self.parent: "product of a variant", self.section: "whether it belongs to the product above"}
        roles |= {name: "name of the attribute beside" for name, _ in self.pairs}
        roles |= {ours.MARK: "how several values stand in a cell"} if self.ours else {}
        role = roles.get(column, "attribute")
        return f"{role}, several values in a cell" if column in self.several else role


def known_names(row: Sequence[str]) -> int:
    """How many cells of a row are names that the header of a catalogue is known to have."""
    return count_known(row, (*PRODUCT_COLUMNS, *NAME_COLUMNS))


def read_columns(table: Table, given: Iterable[str] = ()) -> Reading:
    """What the columns are, by their names and first rows; `given` are wishes such as photo=Bild.

    Raises UsageError when a wish is none, UnknownNameError when it names no column.
    """
    wishes = _wishes(table, given)
    if table.ours:
        own = Reading(photos=table.embedded or (ours.PHOTO,), product=ours.PRODUCT, name=ours.NAME, ours=True)
        return _overruled(own, wishes)
    cells = _sample(table)
    photos, instead = _photos(table, cells)
    normals = {short: column for column in reversed(table.columns) if (short := normal(column))}
    feed = feed_of(normals)
    free = [column for column in table.columns if column not in (*photos, instead)]
    reading = Reading(
        photos=photos,
        instead=instead,
        product=_first(free, ((feed.product or "") if feed else "", *PRODUCT_COLUMNS)),
        name=_first(free, NAME_COLUMNS) or next((one for one in free if _LOCAL_NAME.fullmatch(normal(one))), None),
        parent=normals.get(feed.parent or "") if feed else None,
        section=normals.get(feed.section or "") if feed else None,
        below=feed.below if feed else False,
        pairs=pairs_of(table.columns, normals),
        several={column: between for column, between in several_of(feed, normals).items() if column in free},
        feed=feed.name if feed else "",
    )
    return _overruled(reading, wishes)


def has_photos(reading: Reading) -> bool:
    """Is there a photo to find, in a column or in the table itself?"""
    return bool(reading.photos)


def _sample(table: Table) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {column: [] for column in table.columns}
    for line in table.head(SAMPLE):
        for column, values in line.cells.items():
            found.setdefault(column, []).extend(values)
    return found


def _photos(table: Table, cells: Mapping[str, Sequence[str]]) -> tuple[tuple[str, ...], str | None]:
    """The columns of photos, and one to use where a file is not there."""
    if table.embedded:
        masks = [column for column in table.embedded if _MASKS & set(normal(column).split("_"))]
        return tuple(column for column in table.embedded if column not in masks) or table.embedded, None
    ranks = {column: rank for column in table.columns if (rank := photo_rank(column)) is not None}
    shares = {column: share_of_photos(column, cells[column]) for column in ranks}
    ranked = sorted(ranks, key=lambda column: (shares[column] < 0.5, ranks[column]))
    ranked = [column for column in ranked if shares[column] >= 0.5 or _needs_no_look(column)]
    if not ranked:  # addresses without a photo's ending, and no better column
        ranked = [column for column in table.columns if normal(column) in URL_COLUMNS and _linked(cells[column])]
    if not ranked:  # whatever it is called, its cells end as photo files do
        ranked = [column for column in table.columns if _all_photos(cells[column])][:1]
    if not ranked:
        return (), None
    main = ranked[0]
    more = [
        column
        for column in table.columns
        if column in ranked and column != main and shares[column] >= 0.5 and is_more(column) and not is_small(column)
    ]
    rest = [column for column in ranked[1:] if column not in more and not is_small(column) and shares[column] >= 0.5]
    instead = next((column for column in rest if _linked(cells[column]) != _linked(cells[main])), None)
    return (main, *more), instead


def _all_photos(cells: Sequence[str]) -> bool:
    return bool(cells) and sum(map(names_a_photo, cells)) >= 0.9 * len(cells)


def _needs_no_look(column: str) -> bool:
    """A name that says enough, whatever the cells look like: a file may have no ending."""
    rank = photo_rank(column)
    return rank is not None and rank < 1


def _linked(cells: Sequence[str]) -> bool:
    return sum(map(is_link, cells)) * 2 > len(cells)


def _first(columns: Sequence[str], wanted: Sequence[str]) -> str | None:
    found = {normal(column): column for column in reversed(columns)}
    return next((found[name] for name in wanted if name and name in found), None)


def _wishes(table: Table, given: Iterable[str]) -> dict[str, list[str]]:
    wishes: dict[str, list[str]] = {}
    columns = {column.lower(): column for column in (*table.columns, *table.embedded)}
    for wish in given:
        role, sign, column = wish.partition("=")
        role, column = role.strip().lower(), column.strip()
        if not sign or role not in ROLES:
            raise UsageError(f"column {wish!r} is not of the form ROLE=COLUMN; roles are {', '.join(ROLES)}")
        if column and column.lower() not in columns:
            raise UnknownNameError("column", column, table.columns)
        wishes.setdefault(role, []).extend([columns[column.lower()]] if column else [])
    return wishes


def _overruled(reading: Reading, wishes: Mapping[str, Sequence[str]]) -> Reading:
    from dataclasses import replace

    taken = {column for columns in wishes.values() for column in columns}
    changed = {
        "product": None if reading.product in taken else reading.product,
        "name": None if reading.name in taken else reading.name,
        "photos": tuple(column for column in reading.photos if column not in taken),
        "instead": None if reading.instead in taken else reading.instead,
    }
    if "photo" in wishes:
        changed |= {"photos": tuple(wishes["photo"]), "instead": None}
    for role in ("product", "name"):
        if role in wishes:
            changed[role] = next(iter(wishes[role]), None)
    several = {**reading.several, **dict.fromkeys(wishes.get("several", ()), r"\s*[,;|]\s*")}
    return replace(reading, **changed, several=several)  # type: ignore[arg-type]
