"""Which columns may name photos, by their names and by what stands in them."""

import ast
import contextlib
import json
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

FILE_COLUMNS = ("file_name", "path", "file", "filename", "image", "image_path", "filepath", "photo")
URL_COLUMNS = ("image_url", "photo_url", "image_link", "url", "link")
PAGES = ("url", "link", "href", "product_url", "product_link", "page")
"""Names that mean a page as often as a photo."""

_WORDS = {
    "image", "images", "img", "imgs", "photo", "photos", "picture", "pictures", "pic", "pics", "picurl", "imageurl",
    "imageurls", "imgurl", "imagelink", "media", "bild", "bilder", "imagen", "imagenes", "foto", "fotos",
    "afbeelding", "immagine",
}  # fmt: skip
_NOT_PHOTOS = {
    "alt", "alttext", "text", "position", "width", "height", "caption", "title", "count", "id", "ids", "hash", "crop",
    "type", "label", "labels", "description", "status", "order", "sort", "date", "credit", "bytes", "shape", "mode",
    "color", "colour", "number", "is", "has",
}  # fmt: skip
_SMALL = {"thumb", "thumbnail", "thumbs", "thumbnails", "small", "swatch", "icon", "mini", "tiny"}
_MORE = {
    "additional",
    "alternative",
    "other",
    "others",
    "gallery",
    "extra",
    "alternate",
    "secondary",
    "hover",
    "more",
    "variant",
}
_MAIN = {"main", "base", "primary", "cover", "featured", "default", "hosted"}

SUFFIXES = (
    "jpg", "jpeg", "jpe", "jfif", "png", "webp", "gif", "bmp", "tif", "tiff", "avif", "heic", "heif", "jxl", "mpo",
    "dng",
)  # fmt: skip
_LINK = re.compile(r"(https?:)?//[^/\s]", re.IGNORECASE)
_DATA = re.compile(r"\s*data:image/", re.IGNORECASE)
_SEVERAL = re.compile(r"[\[{,;|\n]|//")
"""Without any of these a cell names one file."""

_AROUND = " \t\r\n\xa0\u200b\u200e\u200f\u2060\ufeff<>\"'"
_SPLIT_LINKS = re.compile(r"[\s,;|]+(?=(?:https?:)?//)", re.IGNORECASE)
_IMAGE = re.compile(rf"\.({'|'.join(SUFFIXES)})(?=$|[?#&,;|\s@!'\"])", re.IGNORECASE)


_ADDRESS_KEYS = ("src", "url", "href", "link", "image_url", "path", "file_name")
_FILE = re.compile(rf"[^\s.]\.({'|'.join(SUFFIXES)})\s*$", re.IGNORECASE)


@lru_cache(maxsize=4096)
def normal(name: str) -> str:
    """A column's name in small letters, digits and underscores: `Image Src` and `imageSrc` are image_src."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.strip())
    return re.sub(r"[^0-9a-z]+", "_", spaced.lower()).strip("_")


def is_link(text: str) -> bool:
    """Does it begin as a web address does?"""
    return "//" in text and bool(_LINK.match(text.lstrip(_AROUND)))


def says_link(name: str) -> bool:
    """Does a column's name say that it holds addresses?"""
    return not {"url", "urls", "link", "links", "src", "href", "uri"}.isdisjoint(normal(name).split("_"))


def names_a_photo(text: str) -> bool:
    """Does it end as a photo file does?"""
    return bool(_FILE.search(text))


def looks_like_photo(text: str, *, any_link: bool) -> bool:
    """Could a cell name photos? `any_link`: also by an address that does not end like a photo's."""
    if _DATA.match(text):
        return True
    if text.lstrip()[:1] in ("[", "{"):
        return any(looks_like_photo(one, any_link=any_link) for one in _in_json(text.strip()))
    return bool(_IMAGE.search(text)) or (any_link and is_link(text.lstrip(_AROUND)))


def split_photos(cell: str) -> tuple[str, ...]:
    """The photos that a cell names: addresses one by one, a JSON list, files with a separator between if all end so.

    Of a JSON object the address or path in it. Around an address, characters that nobody sees and < > or quotes are no
    part of it.
    """
    if not _SEVERAL.search(cell):
        return (cell,)
    text = cell.strip()
    if text[:1] in ("[", "{") and (found := _in_json(text)):
        return found
    if is_link(bare := cell.strip(_AROUND)):
        return split_links(bare)
    parts = [part.strip() for part in re.split(r"[,;|\n]", text) if part.strip()]
    return tuple(dict.fromkeys(parts)) if len(parts) > 1 and all(map(names_a_photo, parts)) else (cell,)


def _in_json(text: str) -> tuple[str, ...]:
    """The addresses in an object or list as JSON or Python writes it; none if it is neither."""
    for read in (json.loads, ast.literal_eval):
        with contextlib.suppress(ValueError, SyntaxError, MemoryError, RecursionError):
            said = read(text)
            found = [_address_in(one).strip() for one in (said if isinstance(said, list) else [said])]
            return tuple(dict.fromkeys(found)) if all(found) else ()
    return ()


def _address_in(said: object) -> str:
    """Of a photo in JSON, empty where it has none."""
    if isinstance(said, dict):
        return next((said[key] for key in _ADDRESS_KEYS if isinstance(said.get(key), str)), "")
    return said if isinstance(said, str) else ""


def split_links(cell: str) -> tuple[str, ...]:
    """The addresses of a cell, one or many; a comma within an address stays, one behind it goes."""
    parts = (part.strip().rstrip(",;|").strip() for part in _SPLIT_LINKS.split(cell.strip()))
    return tuple(dict.fromkeys(part for part in parts if part))


@lru_cache(maxsize=4096)
def photo_rank(name: str) -> float | None:
    """How likely a column of this name holds photos, 0 the likeliest; None when it does not say so."""
    plain = normal(name)
    if plain in FILE_COLUMNS:
        return FILE_COLUMNS.index(plain) / 100
    words = plain.split("_")
    if plain in PAGES:
        return 4 + PAGES.index(plain) / 100
    if not _WORDS & {word.rstrip("0123456789") for word in words} or _NOT_PHOTOS & set(words):
        return None
    if _SMALL & set(words):
        return 3.0
    if plain in URL_COLUMNS:
        return 1.0
    rank = 1.5 - 0.3 * bool(_MAIN & set(words)) + bool(_MORE & set(words))
    number = re.search(r"(\d+)(?:_url|_link|_src)?$", plain)
    return rank + min(0.5, int(number[1]) / 100) if number else rank


def is_more(name: str) -> bool:
    """Does a column hold further photos of the product, beside the main one?"""
    plain = normal(name)
    return bool(_MORE & set(plain.split("_"))) or bool(re.search(r"\d+(?:_url|_link|_src)?$", plain))


def is_small(name: str) -> bool:
    """Does it hold smaller copies?"""
    return bool(_SMALL & set(normal(name).split("_")))


def share_of_photos(name: str, cells: Sequence[str]) -> float:
    """Share of a column's filled cells that could name photos."""
    any_link = normal(name) not in PAGES
    return sum(looks_like_photo(cell, any_link=any_link) for cell in cells) / len(cells) if cells else 0.0


def count_known(row: Iterable[str], others: Iterable[str]) -> int:
    """How many names in a row may be photos', or are among others (in their normal form)."""
    known = set(others)
    return sum(photo_rank(name) is not None or normal(name) in known for name in row if name.strip() and len(name) < 60)
