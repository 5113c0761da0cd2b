"""A shop's public pages: `shop:https://shop.example`, names, attributes and all photos of each product together.

Read by Shopify's or WooCommerce's public product list, else by the sitemap and the structured data of its pages. The
address of one product, of a collection (Shopify) or of a sitemap takes in that alone. robots.txt is kept, for photos
too.
"""

from collections import deque
from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

from lookscape.catalogue.fetch.download import Link, download
from lookscape.catalogue.shops.records import Found, Trouble
from lookscape.catalogue.shops.visit import Visit
from lookscape.catalogue.shops.walk import walk
from lookscape.catalogue.source import Account, FileRow, Item, Listing, SourceOptions
from lookscape.catalogue.sources._downloads import download_options, in_order, item_of_download
from lookscape.errors import UsageError


def claims(spec: str) -> bool:
    """Only when named."""
    return False


def read(location: str, options: SourceOptions) -> Listing:
    """List a shop's products. Raises UsageError for what is no address, and from the items UnavailableError if nobody
    answers there.
    """
    address = location.strip()
    if "://" not in address and not address.startswith("//"):
        address = f"//{address}"
    parts = _parts(address)
    if parts is None:
        raise UsageError(f"{location!r} is not the address of a shop; give one like shop:https://shop.example")
    key = f"shop:{parts.netloc.lower()}{parts.path.rstrip('/')}"
    account = Account(is_elsewhere=True)
    reading = _Reading(address, key, options, account)
    return Listing(key=key, kind="shop", items=reading.items(), account=account, is_whole=lambda: reading.is_whole)


def _parts(address: str) -> SplitResult | None:
    """Host and path, if it is a web address of a host."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return None
    is_host = "." in host or ":" in host or host == "localhost"
    return parts if is_host and parts.scheme.lower() in {"", "http", "https"} and " " not in parts.netloc else None


class _Reading:
    """One pass over a shop; `is_whole` unless something passing stood in the way, or nothing at all was found."""

    def __init__(self, address: str, key: str, options: SourceOptions, account: Account) -> None:
        self.address, self.key, self.options, self._account = address, key, options, account
        self.is_whole = True
        self._rows: dict[int, FileRow] = {}
        self._order: deque[int | Item] = deque()
        self._seen: set[tuple[str, str]] = set()
        self._paths: set[str] = set()

    def items(self) -> Iterator[Item]:
        """Photos of each product in its order, and pages that gave nothing, as they come."""
        chosen = download_options(self.options, run=self.key)
        visit = Visit(self.address, self.options.downloads / "pages", chosen, max_pages=self.options.max_pages)
        for outcome in in_order(download(self._links(visit), self.options.downloads, options=visit.options)):
            yield from self._ready()
            self._order.popleft()
            yield item_of_download(self._rows.pop(int(outcome.link.name)), outcome)
        yield from self._ready()
        self._account.note(f"{visit.root} was read by {visit.way}")
        self.is_whole &= bool(self._seen)
        visit.finish()

    def _ready(self) -> Iterator[Item]:
        while self._order and isinstance(self._order[0], Item):
            item = self._order.popleft()
            assert isinstance(item, Item)
            yield item

    def _links(self, visit: Visit) -> Iterator[Link]:
        """Photos to download; what is none goes into the order beside them."""
        number = 0
        for found in walk(visit):
            if isinstance(found, Trouble):
                self.is_whole &= not found.is_passing
                self._trouble(found.page, found.reason)
                continue
            if not found.photos:
                self._trouble(found.page, f"the product {found.id} has no photo")
            for url in found.photos:
                if (url, found.id) not in self._seen:
                    self._seen.add((url, found.id))
                    self._rows[number] = self._row(found, url)
                    self._order.append(number)
                    yield Link(url=url, name=str(number))
                    number += 1

    def _row(self, found: Found, url: str) -> FileRow:
        path = f"{url} (product {found.id})" if url in self._paths else url
        self._paths.add(path)
        return FileRow(path=path, stamp="", product_id=found.id, name=found.name, attributes=found.attributes, file=url)

    def _trouble(self, page: str, reason: str) -> None:
        path = page if page not in self._paths else f"{page} ({reason})"
        if path not in self._paths:
            self._paths.add(path)
            self._order.append(Item(file=FileRow(path=path, stamp=reason), problem=reason))
