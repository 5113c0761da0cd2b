"""Links as shops write them: what else a link may mean, where that is plain, in the order to try.

    https://shop.example/a.jpg?w=1&amp;h=2     as written, then with & for &amp;
    https://shop.example/a.jpg,                as written, then without the comma
    //cdn.shop.example/a.jpg                   https (RFC 3986, 4.2: the scheme of the page it was copied from)
    cdn.shop.example/a.jpg                     https
    http://shop.example/a.jpg                  as written, then https if nobody answers
    https://www.dropbox.com/s/x/a.jpg?dl=0     as written, then the photo on that page (`share_links`)

Where private addresses are allowed, http comes after https: test servers and intranets often have no certificate.
Everything else stays as written, %2F too; a space becomes %20 on the way because no request can hold one.
"""

import re
from dataclasses import dataclass

from lookscape.catalogue.fetch.share_links import photo_address

_WEB = re.compile(r"https?:", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?!\d)", re.IGNORECASE)
_LABEL = r"[^\W_](?:[\w-]*[^\W_])?"
_HOST = re.compile(
    rf"(?:(?:{_LABEL}\.)+(?P<last>[^\W\d_]{{2,24}})|localhost|(?:\d{{1,3}}\.){{3}}\d{{1,3}})(?::\d{{1,5}})?/."
)
_FILES = {"jpg", "jpeg", "png", "gif", "webp", "avif", "heic", "bmp", "tif", "tiff", "svg", "html", "php", "zip", "csv"}
_AMPERSAND = re.compile(r"&(?:amp|#38|#x26);", re.IGNORECASE)
_TAIL = ",;"


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """One address to try; `note` says what was changed, empty if nothing was; `is_guess` if its scheme was added.

    is_last: only if nobody answered at those before.
    """

    url: str
    note: str = ""
    is_guess: bool = False
    is_last: bool = False


def meanings(link: str, *, allow_http: bool = False) -> list[Meaning]:
    """What to try, in order; at least one. `allow_http` lets a link without a scheme fall back from https to http."""
    found = [
        Meaning(url=url, note=f"read as {url}", is_guess=True) for url in _with_scheme(link, allow_http=allow_http)
    ]
    found = found or [Meaning(url=link)]
    seen = {meaning.url for meaning in found}
    for meaning in tuple(found):
        for url in _mended(meaning.url):
            if url not in seen:
                seen.add(url)
                found.append(Meaning(url=url, note=f"read as {url}", is_guess=meaning.is_guess))
    secure = re.sub(r"^http:(?=//[^/?#:]+(?:[/?#]|$))", "https:", link, flags=re.IGNORECASE)
    if secure != link:
        found.append(Meaning(url=secure, note=f"read as {secure}", is_last=True))
    return found


def has_host(link: str) -> bool:
    """Is it an address without a scheme: a host and a path behind it?"""
    return bool(_with_scheme(link, allow_http=False))


def _with_scheme(link: str, *, allow_http: bool) -> list[str]:
    """Addresses for a link that has none of its own; nothing where it has one or is no host and path."""
    if link.startswith("//"):
        rest = link
    elif not _SCHEME.match(link) and (host := _HOST.match(link)) and (host["last"] or "").lower() not in _FILES:
        rest = f"//{link}"
    else:
        return []
    return [f"https:{rest}", f"http:{rest}"] if allow_http else [f"https:{rest}"]


def _mended(url: str) -> list[str]:
    if not _WEB.match(url):
        return []
    plain = _AMPERSAND.sub("&", url)
    written = [plain, url.rstrip(_TAIL), plain.rstrip(_TAIL)]
    return [*written, *filter(None, [photo_address(written[-1])])]
