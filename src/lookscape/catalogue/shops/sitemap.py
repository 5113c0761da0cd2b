"""Sitemaps (https://www.sitemaps.org/protocol.html), indexes of them, packed ones and plain text: addresses of pages.

The XML is read with expat as it stands in Python; a document type is refused, so no entity is ever expanded.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from lookscape.catalogue.fetch.pages import HEAD, page_reason
from lookscape.catalogue.shops.addresses import all_joined, host, path
from lookscape.catalogue.shops.records import Trouble
from lookscape.catalogue.shops.visit import MAX_PAGE_BYTES, Page, Visit

USUAL = ("/sitemap.xml", "/sitemap_index.xml", "/wp-sitemap.xml", "/sitemap.xml.gz")
MAX_DEPTH = 3
LEAST_SHARE = 0.1
"""Of the pages must look like products' by their address, before the others are left out."""

_SITEMAP = re.compile(r"\.(?:xml|xml\.gz|txt)$")
_PRODUCTS = re.compile(r"produ[cki]t", re.IGNORECASE)
_GROUPS = re.compile(r"produ[cki]t[^/]*(?:cat|tag|brand|collection|image)", re.IGNORECASE)
_PRODUCT = re.compile(
    r"/(?:products?|produkte?|produits?|productos?|prodott[oi]|p|dp|items?|artikel)/[^/]", re.IGNORECASE
)


class NotASitemap(Exception):  # noqa: N818 - says what it is
    """Neither XML of that kind nor a list of addresses; the message is the reason."""


@dataclass(kw_only=True)
class _Reading:
    """What was read so far; `path` is where the parser stands."""

    pages: list[str] = field(default_factory=list)
    sitemaps: list[str] = field(default_factory=list)
    path: list[str] = field(default_factory=list)
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Listed:
    """What a sitemap lists: pages and further sitemaps; `problem` is why it may list more."""

    pages: tuple[str, ...]
    sitemaps: tuple[str, ...]
    problem: str = ""


def pages(visit: Visit) -> Iterator[str | Trouble]:
    """Addresses of pages that may be of products, each once, in the sitemaps' order, and what is wrong or left out.

    Where sitemaps are called after products, or pages have a product's address, only those are given.
    """
    walk = _Walk(visit)
    if is_sitemap(visit.start):
        walk.through([visit.start])
    else:
        walk.through(list(all_joined(visit.root, visit.robots.sitemaps(visit.root))))
        for usual in USUAL:
            if not walk.pages:
                walk.through([visit.root + usual], is_guess=True)
    own = [url for url in dict.fromkeys(walk.pages) if host(url) in walk.hosts]
    likely = [url for url in own if _PRODUCT.search(path(url))]
    chosen = own if walk.is_named or len(likely) < LEAST_SHARE * len(own) else likely
    yield from chosen
    yield from walk.troubles
    if not walk.pages:
        yield from walk.guessed[:1]
    if left := len(set(walk.pages)) - len(chosen):
        yield Trouble(
            page=visit.root, reason=f"{left:,} pages of its sitemaps are not read: no products by their address"
        )
    if walk.num_left:
        reason = f"{walk.num_left:,} of its sitemaps are not read: no products by their name"
        yield Trouble(page=f"{visit.root}/sitemap.xml", reason=reason)


def is_sitemap(url: str) -> bool:
    """By its ending."""
    return _SITEMAP.search(path(url)) is not None


class _Walk:
    """The way through sitemaps.

    `is_named`: some were chosen by their name, `num_left` were not; `hosts` of the shop; `guessed`: what is wrong where
    nobody said that there is one.
    """

    def __init__(self, visit: Visit) -> None:
        self.pages: list[str] = []
        self.troubles: list[Trouble] = []
        self.guessed: list[Trouble] = []
        self.hosts = {host(visit.root)}
        self.is_named = False
        self.num_left = 0
        self._visit = visit
        self._seen: set[str] = set()

    def through(self, sitemaps: list[str], *, depth: int = 0, is_guess: bool = False) -> None:
        named = [url for url in sitemaps if _PRODUCTS.search(path(url)) and not _GROUPS.search(path(url))]
        self.is_named |= bool(named)
        self.num_left += len(sitemaps) - len(named) if named else 0
        for url in named or sitemaps:
            if url not in self._seen:
                self._seen.add(url)
                self._one(url, depth=depth, is_guess=is_guess)

    def _one(self, url: str, *, depth: int, is_guess: bool) -> None:
        page = self._visit.page(url)
        listed = page if isinstance(page, Trouble) else self._read(page, url)
        if isinstance(listed, Trouble):
            (self.guessed if is_guess else self.troubles).append(listed)
            return
        self.pages.extend(listed.pages)
        if listed.problem:
            self.troubles.append(Trouble(page=url, reason=listed.problem, is_passing=True))
        if listed.sitemaps and depth == MAX_DEPTH:
            self.troubles.append(Trouble(page=url, reason=f"sitemaps more than {MAX_DEPTH} deep are not read"))
        elif listed.sitemaps:
            self.through(list(listed.sitemaps), depth=depth + 1)

    def _read(self, page: Page, url: str) -> Listed | Trouble:
        if host(url) in self.hosts:
            self.hosts.add(host(page.url))
        try:
            return read(page)
        except NotASitemap as error:
            return Trouble(page=url, reason=f"not a sitemap: {error}", is_passing=True)


def read(page: Page) -> Listed:
    """What a sitemap lists, as whole addresses. Raises NotASitemap."""
    data = _unpacked(page.data)
    if data[:400].lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"http://", b"https://")):
        lines = (line.strip() for line in data.decode("utf-8-sig", "replace").splitlines())
        return Listed(pages=all_joined(page.url, lines), sitemaps=())
    reading = _Reading()
    problem = ""
    try:
        _parser(reading).Parse(data, True)  # noqa: FBT003 - its own signature
    except expat.ExpatError as error:
        problem = f"its XML cannot be read to the end ({error})"
    if not reading.pages and not reading.sitemaps:
        raise NotASitemap("it is a page of HTML" if page_reason(data[:HEAD], "") else problem or "it lists no pages")
    return Listed(
        pages=all_joined(page.url, reading.pages),
        sitemaps=all_joined(page.url, reading.sitemaps),
        problem=problem,
    )


def _parser(reading: _Reading) -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = lambda name, _: _start(reading, name)
    parser.CharacterDataHandler = lambda text: _text(reading, text)
    parser.EndElementHandler = lambda _: _end(reading)
    return parser


def _refuse(*_: object) -> None:
    raise NotASitemap("it has a document type, which no sitemap needs")


def _start(reading: _Reading, name: str) -> None:
    reading.path.append(name.rsplit(" ", 1)[-1])
    reading.text = ""


def _text(reading: _Reading, text: str) -> None:
    if reading.path[-1:] == ["loc"]:
        reading.text += text


def _end(reading: _Reading) -> None:
    match reading.path:
        case [*_, "url", "loc"]:
            reading.pages.append(reading.text.strip())
        case [*_, "sitemap", "loc"]:
            reading.sitemaps.append(reading.text.strip())
    reading.path.pop()


def _unpacked(data: bytes) -> bytes:
    if data[:2] != b"\x1f\x8b":
        return data
    inflater = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        unpacked = inflater.decompress(data, MAX_PAGE_BYTES)
    except zlib.error as error:
        raise NotASitemap("its gzip is damaged") from error
    if inflater.unconsumed_tail:
        raise NotASitemap(f"it unpacks to more than {MAX_PAGE_BYTES:,} bytes")
    return unpacked
