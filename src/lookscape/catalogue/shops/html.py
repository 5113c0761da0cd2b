"""What machines are told in a page of HTML: JSON-LD scripts, `og:` and `product:` tags, the page's own address."""

import contextlib
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

MAX_BYTES = 10_000_000
"""Of a page that are looked through."""

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_LOOK_AT = 4096


@dataclass(kw_only=True)
class Told:
    """`scripts` are the texts of JSON-LD scripts, `tags` the contents of meta tags by name, in order.

    following: the address of the next page of a list (rel="next").
    """

    scripts: list[str] = field(default_factory=list)
    tags: dict[str, list[str]] = field(default_factory=dict)
    canonical: str = ""
    following: str = ""
    title: str = ""

    def tag(self, *names: str) -> str:
        """The first content of the first of these tags that is there; empty if none is."""
        return next((text for name in names for text in self.tags.get(name, ())), "")


def told(data: bytes) -> Told:
    """Read a page, however broken; of one that the parser cannot go through, what comes before."""
    parser = _Parser()
    with contextlib.suppress(AssertionError):
        parser.feed(_decoded(data[:MAX_BYTES]))
        parser.close()
    return parser.told


class _Parser(HTMLParser):
    """Goes through a page once; what is not asked for is passed over."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.told = Told()
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "script" and given.get("type", "").partition(";")[0].strip().lower() == "application/ld+json":
            self._inside = tag
            self.told.scripts.append("")
        elif tag == "title" and not self.told.title:
            self._inside = tag
        elif tag == "meta" and (name := given.get("property") or given.get("name")):
            self.told.tags.setdefault(name.strip().lower(), []).append(given.get("content", "").strip())
        elif tag in {"link", "a"}:
            self._link(given.get("rel", "").lower().split(), given.get("href", "").strip())

    def _link(self, relations: list[str], address: str) -> None:
        if "canonical" in relations:
            self.told.canonical = self.told.canonical or address
        if "next" in relations:
            self.told.following = self.told.following or address

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "script":
            self.told.scripts[-1] += data
        elif self._inside == "title":
            self.told.title += data


def _decoded(data: bytes) -> str:
    """UTF-8, else what the page says, else the web's default (https://encoding.spec.whatwg.org/#names-and-labels)."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        said = _CHARSET.search(data[:_LOOK_AT])
    try:
        return data.decode(said[1].decode() if said else "cp1252", "replace")
    except LookupError:
        return data.decode("cp1252", "replace")
