"""Photos that stand in a cell as a data: URI (RFC 2397)."""

import base64
import binascii
import hashlib
import re
from functools import partial
from urllib.parse import unquote_to_bytes

from lookscape.catalogue.source import Item
from lookscape.catalogue.sources._boxes import part_of
from lookscape.catalogue.sources._entries import Entry, Names
from lookscape.errors import PhotoError

_START = re.compile(r"\s*data:[^,]{0,200},", re.IGNORECASE)


def is_data(text: str) -> bool:
    """Does it begin as such an address does?"""
    return _START.match(text) is not None


def data_item(entry: Entry, where: str, names: Names) -> Item | None:
    """The item of an entry that holds its photo itself, called by its place in the table `where`."""
    digest = hashlib.sha256(entry.target.encode("utf-8", "replace")).hexdigest()
    file = names.row(f"{where} {entry.place} data:{digest[:12]}", entry, stamp=digest)
    return None if file is None else Item(file=file, load=part_of(partial(read_data, entry.target), entry.box))


def read_data(uri: str) -> bytes:
    """The bytes; missing padding and space inside are passed over. Raises PhotoError when it is damaged."""
    head, _, body = uri.strip().partition(",")
    if not head.lower().endswith(";base64"):
        return unquote_to_bytes(body)
    packed = b"".join(unquote_to_bytes(body).split()).rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
    try:
        return base64.b64decode(packed + b"=" * (-len(packed) % 4), validate=True)
    except binascii.Error as error:
        raise PhotoError(f"its data: address is damaged: {error}") from error
