"""Addresses in pages, which anybody may have written: none of them is an error, a wrong one is empty."""

from collections.abc import Iterable
from urllib.parse import urljoin, urlsplit


def joined(base: str, address: str) -> str:
    """A whole web address of one that stands in a page; empty if it is none."""
    try:
        whole = urljoin(base, address.strip())
        parts = urlsplit(whole)
    except ValueError:
        return ""
    return whole if address.strip() and parts.scheme in {"http", "https"} and parts.netloc else ""


def all_joined(base: str, addresses: Iterable[str]) -> tuple[str, ...]:
    """The same for many, each once, without the wrong ones."""
    return tuple(dict.fromkeys(whole for address in addresses if (whole := joined(base, address))))


def path(url: str) -> str:
    """The path of an address, empty if it is none."""
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def host(url: str) -> str:
    """Its host and port, without www., in small letters; empty if it has none."""
    try:
        return urlsplit(url).netloc.lower().removeprefix("www.")
    except ValueError:
        return ""
