"""Is an answer a page where a photo was expected? By its first bytes; what the server calls it counts for little.

A page begins as the MIME Sniffing Standard says (https://mimesniff.spec.whatwg.org/#identifying-a-resource-with-an-unknown-mime-type),
and text has none of its binary bytes (section 7.2 of the same), of which every photo format has some at once.
"""

import re

HEAD = 512
"""Bytes that are enough to tell."""

_TAGS = rb"<(?:!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p)[ \t\r\n>]|<!--"
_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n\f]*(?:" + _TAGS + rb")", re.IGNORECASE)
_BINARY = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_TEXTUAL = ("text/html", "application/xhtml+xml", "application/json", "application/ld+json", "application/problem+json")


def page_reason(head: bytes, content_type: str) -> str | None:
    """Why these first bytes are no photo, or None. `content_type` is the server's, without parameters, or empty."""
    says = f" (the server says {content_type[:80]})" if content_type else ""
    if _PAGE.match(head):
        return f"the link leads to a page, not to a photo{says}"
    if content_type in _TEXTUAL and not _BINARY.search(head):
        return f"the link leads to a page or to text, not to a photo{says}"
    return None
