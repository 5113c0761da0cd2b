"""Links that people share, which lead to a page around a photo: where the photo itself is, by the host's own rule.

Dropbox          ?dl=0 is the page, ?dl=1 the file
Google Drive     /file/d/ID/view is the page, /uc?export=download&id=ID the file
GitHub           /blob/ is the page, /raw/ the file
MediaWiki        /wiki/File:NAME is the page, /wiki/Special:FilePath/NAME the file
SharePoint       /:i:/ is the page, with download=1 the file
"""

import re
from collections.abc import Callable
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

_DRIVE = re.compile(r"/file/(?:u/\d+/)?d/([\w-]+)")
_BLOB = re.compile(r"(/[^/]+/[^/]+)/blob/(.+)")
_FILE = re.compile(r"/wiki/(?:File|Image):(.+)")


def photo_address(url: str) -> str:
    """Where the photo of a shared link is; empty when the link is none of these, or that already."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return ""
    for hosts, rule in _RULES.items():
        if host == hosts or host.endswith(f".{hosts}"):
            changed = urlunsplit(rule(parts))
            return changed if changed != url else ""
    return ""


def _dropbox(parts: SplitResult) -> SplitResult:
    return _with(parts, dl="1") if re.match(r"/(?:s|scl|sh)/", parts.path) else parts


def _drive(parts: SplitResult) -> SplitResult:
    found = _DRIVE.match(parts.path)
    given = dict(parse_qsl(parts.query))
    name = found[1] if found else given.get("id", "") if parts.path in ("/open", "/uc") else ""
    if not name:
        return parts
    return parts._replace(path="/uc", query=urlencode({"export": "download", "id": name}), fragment="")


def _github(parts: SplitResult) -> SplitResult:
    found = _BLOB.fullmatch(parts.path)
    return parts._replace(path=f"{found[1]}/raw/{found[2]}", query="", fragment="") if found else parts


def _wiki(parts: SplitResult) -> SplitResult:
    found = _FILE.fullmatch(parts.path)
    return parts._replace(path=f"/wiki/Special:FilePath/{found[1]}", query="", fragment="") if found else parts


def _sharepoint(parts: SplitResult) -> SplitResult:
    return _with(parts, download="1") if parts.path.startswith("/:i:/") else parts


def _with(parts: SplitResult, **given: str) -> SplitResult:
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in given]
    return parts._replace(query=urlencode([*kept, *given.items()]))


_RULES: dict[str, Callable[[SplitResult], SplitResult]] = {
    "dropbox.com": _dropbox,
    "drive.google.com": _drive,
    "github.com": _github,
    "wikimedia.org": _wiki,
    "wikipedia.org": _wiki,
    "sharepoint.com": _sharepoint,
}
