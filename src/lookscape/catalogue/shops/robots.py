"""robots.txt, kept as RFC 9309 says: which pages of a host may be read in our name, and how slowly.

Without the file everything is allowed (section 2.3.1.3), with one that cannot be read nothing is (2.3.1.4). The rules
themselves are read by protego, which knows wildcards and that the longest rule wins; Crawl-delay is no part of the RFC
and kept all the same.
"""

import threading
import time
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from protego import Protego

from lookscape.catalogue.fetch.answer import StatusError, TransientError
from lookscape.catalogue.fetch.file import USER_AGENT, FetchPolicy, fetch
from lookscape.errors import LookscapeError

MAX_DELAY = 120.0
"""Seconds between two requests; a host that asks for more is left alone."""

_MAX_BYTES = 2_000_000
_TIMEOUT_S = 20.0
_NUM_TRIES = 3


@dataclass(frozen=True, kw_only=True)
class _Rules:
    """One origin's; `problem` is why they cannot be read."""

    parsed: Protego
    problem: str = ""


class Robots:
    """The rules of every host that is met, each read once, from any number of threads. `pause` is in seconds."""

    def __init__(self, policy: FetchPolicy, *, pause: float = 1.0) -> None:
        self._policy = replace(policy, pages=True)
        self._name = (policy.user_agent or USER_AGENT).split("/")[0].split(" ")[0]
        self._pause = pause
        self._rules: dict[str, _Rules] = {}
        self._lock = threading.Lock()

    def reason(self, url: str) -> str | None:
        """Why this address must be left alone, or None."""
        host, rules = urlsplit(url).netloc, self._of(url)
        if rules.problem:
            return f"the robots.txt of {host} cannot be read, so nothing is: {rules.problem}"
        if not rules.parsed.can_fetch(url, self._name):
            return f"the robots.txt of {host} does not allow it"
        if (delay := rules.parsed.crawl_delay(self._name) or 0.0) > MAX_DELAY:
            return f"the robots.txt of {host} asks for {delay:g} seconds between two requests, more than is waited"
        return None

    def problem(self, url: str) -> str:
        """Why the rules of this address's host cannot be read; empty if they can."""
        return self._of(url).problem

    def delay(self, host: str) -> float:
        """Seconds between two requests that a host (as in an address, with its port) asks for, as far as is known."""
        known = [
            rules for origin, rules in tuple(self._rules.items()) if urlsplit(origin).netloc.lower() == host.lower()
        ]
        delays = (float(rules.parsed.crawl_delay(self._name) or 0.0) for rules in known)
        return max((delay for delay in delays if delay <= MAX_DELAY), default=0.0)  # beyond, nothing is asked at all

    def sitemaps(self, url: str) -> list[str]:
        """The sitemaps that the file names."""
        return list(self._of(url).parsed.sitemaps)

    def _of(self, url: str) -> _Rules:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        with self._lock:
            if origin not in self._rules:
                self._rules[origin] = self._read(origin)
            return self._rules[origin]

    def _read(self, origin: str) -> _Rules:
        for attempt in range(_NUM_TRIES):
            try:
                fetched = fetch(f"{origin}/robots.txt", max_bytes=_MAX_BYTES, timeout=_TIMEOUT_S, policy=self._policy)
            except TransientError as error:
                problem = str(error)
                time.sleep(min(error.retry_after or self._pause * 2**attempt, 60.0) if attempt + 1 < _NUM_TRIES else 0)
            except StatusError as error:
                is_absent = 400 <= error.status < 500
                return _Rules(parsed=Protego.parse(""), problem="" if is_absent else str(error))
            except LookscapeError as error:
                return _Rules(parsed=Protego.parse(""), problem=str(error))
            else:
                return _Rules(parsed=Protego.parse(fetched.data.decode("utf-8-sig", "replace")))
        return _Rules(parsed=Protego.parse(""), problem=problem)
