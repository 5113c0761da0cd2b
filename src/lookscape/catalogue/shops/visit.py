"""A visit to a shop: its pages fetched as politely as links, within robots.txt, kept on disk and gone on with."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lookscape.catalogue.fetch.download import Downloaded, DownloadOptions, Failed, Link, download
from lookscape.catalogue.fetch.file import FetchPolicy
from lookscape.catalogue.fetch.manifest import Landing
from lookscape.catalogue.fetch.repairs import meanings
from lookscape.catalogue.fetch.schedule import Pace
from lookscape.catalogue.shops.records import Trouble
from lookscape.catalogue.shops.robots import Robots
from lookscape.errors import UnavailableError

MAX_PAGE_BYTES = 50_000_000
"""Of one page, packed and unpacked: what a sitemap may have (https://www.sitemaps.org/protocol.html)."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page as it was fetched; `url` is where it was found after redirects."""

    asked: str
    url: str
    data: bytes

    def json(self) -> Any:
        """Its JSON, with numbers as they are written; None if it has none."""
        try:
            return json.loads(self.data, parse_float=str, parse_int=str, parse_constant=str)
        except (ValueError, RecursionError):
            return None


class Visit:
    """One run over the pages of one shop; `root` is scheme and host, `start` the whole address that was given.

    way: how its products were found, in words, once they are. Raises UnavailableError when nobody answers there.
    """

    def __init__(self, location: str, folder: Path, options: DownloadOptions, *, max_pages: int) -> None:
        policy = FetchPolicy(allow_private=options.allow_private, user_agent=options.user_agent)
        self.robots = Robots(policy, pause=options.backoff)
        self.options = replace(options, allows=self.robots.reason, pace=Pace(self.robots.delay))
        self.start = self._reached(location, allow_http=options.allow_private)
        self.root = "{0.scheme}://{0.netloc}".format(urlsplit(self.start))
        self._landing = Landing(folder, run=options.run)
        self.way = ""
        self._left = max_pages

    def page(self, url: str) -> Page | Trouble:
        """One page."""
        [found] = self.pages([url])
        return found

    def pages(self, urls: Iterable[str]) -> Iterator[Page | Trouble]:
        """Many pages, in order; beyond the limit on pages each is named as left out."""
        asked: list[str] = []
        outcomes = download(self._links(urls, asked), self._landing, options=self._page_options())
        waiting: dict[int, Downloaded | Failed] = {}
        following = 0
        for outcome in outcomes:
            waiting[int(outcome.link.name)] = outcome
            while following in waiting:
                yield self._page(waiting.pop(following))
                following += 1
        if left := len(asked) - following:
            reason = f"{left:,} pages from here on are left out: the limit on pages is reached (--max-pages)"
            yield Trouble(page=asked[following], reason=reason, is_passing=True)

    def finish(self) -> None:
        """All pages were read; the next visit asks about them anew."""
        self._landing.finish()

    def _links(self, urls: Iterable[str], asked: list[str]) -> Iterator[Link]:
        for url in urls:
            asked.append(url)
            if self._left > 0:
                self._left -= 1
                yield Link(url=url, name=str(len(asked) - 1))

    def _page_options(self) -> DownloadOptions:
        return replace(self.options, by_size=False, pages=True, max_bytes=MAX_PAGE_BYTES)

    def _page(self, outcome: Downloaded | Failed) -> Page | Trouble:
        if isinstance(outcome, Failed):
            is_answer = 400 <= outcome.status < 500 or "robots.txt" in outcome.reason
            return Trouble(page=outcome.link.url, reason=outcome.reason, is_passing=not is_answer)
        return Page(asked=outcome.link.url, url=outcome.final_url, data=outcome.path.read_bytes())

    def _reached(self, location: str, *, allow_http: bool) -> str:
        """The first meaning of the address at which somebody answers."""
        tried = [meaning.url for meaning in meanings(location, allow_http=allow_http) if meaning.url.startswith("http")]
        problem = "no web address"
        for url in tried:
            if not (problem := self.robots.problem(url)):
                return url
        raise UnavailableError(f"the shop {location} cannot be visited: its robots.txt cannot be read: {problem}")
