"""What cameras, systems and shops leave beside photos, told by its name: nobody means to ingest it.

A sidecar, a RAW or a smaller copy is left out only where the photo it belongs to is in the same folder: alone, it may
be all there is. Case never matters, NFC and NFD are the same name. A number in a name may be the size of a product, so
a copy in WordPress' manner says which size its pixels must have, and whoever has the file compares: `LeftBehind.size`.
What a Mac keeps of a file is known by its first bytes where that file is not there: `LeftBehind.begins`.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What it is; the text is for counts, as in "12 sidecars of photos"."""

    SYSTEM = "files of systems and programs"
    SIDECAR = "sidecars of photos"
    RAW = "RAW files beside their photo"
    COPY = "copies beside their photo"


@dataclass(frozen=True, kw_only=True)
class LeftBehind:
    """Why an entry is skipped. `of` is the name of the photo beside it.

    size: width and height that its pixels must have for it to be a copy; None where the name says enough.
    begins: what its first bytes must be, nothing where the name says enough.
    """

    kind: Kind
    reason: str
    of: str | None = None
    size: tuple[int, int] | None = None
    begins: bytes = b""


PHOTOS = frozenset(
    "jpg jpeg jpe jfif mpo heic heif hif avif jxl png webp gif tif tiff bmp".split()  # noqa: SIM905 - reads better
)
RAWS = frozenset(
    "3fr ari arw bay cap cr2 cr3 crw dcr dng erf fff gpr iiq k25 kdc mef mos mrw nef nrw orf pef ptx raf raw rw2 rwl "  # noqa: SIM905
    "rwz sr2 srf srw x3f".split()
)
SIDECARS = frozenset(
    "xmp aae thm mov mp4 lrv pp3 pto dop cos cop on1 xml nksc vrd wav acr".split()  # noqa: SIM905
)

_SYSTEM_FOLDERS = {
    "@eadir": "Synology's thumbnails",
    "#recycle": "the wastebasket of a NAS",
    "#snapshot": "snapshots of a NAS",
    "@recycle": "the wastebasket of a NAS",
    "@recently-snapshot": "snapshots of a NAS",
    ".@__thumb": "QNAP's thumbnails",
    ".thumbnails": "thumbnails of a phone or desktop",
    ".thumbs": "thumbnails of a phone or desktop",
    "__macosx": "what a Mac adds to an archive",
    ".appledouble": "what a Mac's file server adds",
    ".appledb": "what a Mac's file server adds",
    ".spotlight-v100": "a Mac's search index",
    ".fseventsd": "a Mac's journal",
    ".temporaryitems": "a Mac's temporary files",
    ".documentrevisions-v100": "a Mac's old versions",
    "network trash folder": "the wastebasket of a Mac's file server",
    ".@__qini": "QNAP's own",
    "@tmp": "Synology's own",
    ".wdmc": "thumbnails of a NAS",
    ".snapshot": "snapshots of a NAS",
    ".snapshots": "snapshots of a NAS",
    ".zfs": "snapshots of a NAS",
    "lost+found": "what a check of the disk found",
    ".stversions": "old versions that Syncthing keeps",
    ".stfolder": "Syncthing's own",
    ".dropbox.cache": "Dropbox's own",
    ".dtrash": "the wastebasket of digiKam",
    ".picasaoriginals": "what Picasa keeps of photos it has changed",
    "captureone": "Capture One's settings and previews",
    "nksc_param": "Nikon's settings of photos",
    ".git": "version control",
    ".svn": "version control",
    ".hg": "version control",
    "$recycle.bin": "the wastebasket of Windows",
    "recycler": "the wastebasket of Windows",
    "system volume information": "Windows' own files",
}
_SYSTEM_FILES = {".ds_store", ".localized", "thumbs.db", "ehthumbs.db", "desktop.ini", ".picasa.ini", "picasa.ini"}
_OTHER_FILES = {
    ".gitkeep", ".gitignore", ".gitattributes", ".nomedia", ".apdisk", "icon\r", "synophoto_thumb.fail", ".directory",
    ".bridgesort", ".bridgecache", ".bridgecachet", ".bridgelabelsandratings", ".dropbox", "zbthumbnail.info",
    ".htaccess", "index.php", ".volumeicon.icns", ".com.apple.timemachine.donotpresent",
}  # fmt: skip
# Locks and copies that editors leave beside a table or a photo: LibreOffice, Excel, vi, Emacs. Files that were deleted
# while they were open, on NFS, FUSE and SMB.
_EDITORS = re.compile(
    r"\.~lock\..+#|~\$.+|\..+\.sw[nopx]|#.+#|\.#.+|\.nfs[0-9a-f]{16,}|\.fuse_hidden[0-9a-f]+|\.smbdelete.+"
)
_APPLE_DOUBLE = b"\0\x05\x16\x07"
_TRASH = re.compile(r"\.trash(es|-\d+)?")

# NAME-150x150.jpg, NAME-scaled.jpg and NAME-rotated.jpg (WordPress 5.3 on), NAME-150x150@2x.jpg and
# NAME-150x150.jpg.webp (plugins for sharp screens and other formats), 12-home_default.jpg beside 12.jpg (PrestaShop).
_SIZED = re.compile(r"(?P<stem>.+)-(?P<width>[1-9]\d{1,4})x(?P<height>[1-9]\d{1,4})(?P<twice>@2x)?")
_WHOLE = ("-scaled", "-rotated")
_PRESTASHOP = re.compile(r"(?P<stem>\d+)-(cart|small|medium|home|large|thickbox|category)_default(2x)?")


def folder_left_behind(name: str) -> LeftBehind | None:
    """Whether a folder is a system's own, by its name; what is in it is not looked at."""
    key = _key(name)
    reason = "a wastebasket" if _TRASH.fullmatch(key) else _SYSTEM_FOLDERS.get(key)
    if key.endswith((".lrdata", ".lrcat-data")):
        reason = "Lightroom's previews"
    return LeftBehind(kind=Kind.SYSTEM, reason=reason) if reason else None


def left_behind(names: Iterable[str]) -> Mapping[str, LeftBehind]:
    """The files of one folder that are left out, with the reason; `names` are all of its files."""
    listed = list(names)
    beside = _Beside(listed)
    found = {name: _of_name(name, beside) for name in listed}
    return {name: reason for name, reason in found.items() if reason is not None}


class _Beside:
    """The names in a folder, by the forms in which others refer to them."""

    def __init__(self, names: list[str]) -> None:
        self.names = {_key(name): name for name in names}
        photos = [name for name in names if _ending(name) in PHOTOS and not _key(name).startswith("._")]
        self.photos: dict[str, list[str]] = {}
        for name in photos:
            self.photos.setdefault(_stem(name), []).append(name)
        self.raws = {_stem(name): name for name in names if _ending(name) in RAWS}

    def photo(self, stem: str, *, ending: str | None = None) -> str | None:
        """A photo of this stem, the one with `ending` if there are several."""
        found = self.photos.get(stem, [])
        return next((name for name in found if _ending(name) == ending), found[0] if found else None)


def _of_name(name: str, beside: _Beside) -> LeftBehind | None:
    key, ending, stem = _key(name), _ending(name), _stem(name)
    if (system := _of_system(key, beside)) is not None:
        return system
    if ending in RAWS:
        of = beside.photo(stem)
        return LeftBehind(kind=Kind.RAW, reason=f"the RAW of {of}", of=of) if of else None
    if ending in PHOTOS:
        return _copy(stem, ending, beside)
    of = _owner(ending, stem, beside)
    return LeftBehind(kind=Kind.SIDECAR, reason=f"a sidecar of {of}", of=of) if of else None


def _of_system(key: str, beside: _Beside) -> LeftBehind | None:
    if key in _SYSTEM_FILES or key in _OTHER_FILES:
        return LeftBehind(kind=Kind.SYSTEM, reason="a system's own file")
    if key.startswith("._"):
        of = beside.names.get(key[2:])
        begins = b"" if of else _APPLE_DOUBLE
        return LeftBehind(kind=Kind.SYSTEM, reason="what a Mac keeps of a file", of=of, begins=begins)
    of = beside.names.get(key[:-1]) if key.endswith("~") else None
    if of or _EDITORS.fullmatch(key):
        return LeftBehind(kind=Kind.SYSTEM, reason="what an editor leaves beside a file", of=of)
    return None


def _owner(ending: str, stem: str, beside: _Beside) -> str | None:
    """The photo a sidecar belongs to: IMG.xmp and IMG.jpg.xmp to IMG.jpg, IMG.jpg.json (Google Takeout) to IMG.jpg."""
    if ending == "json":
        whole = next((stem.removesuffix(end) for end in (".supplemental-metadata",) if stem.endswith(end)), stem)
        found = beside.names.get(whole)
        return found if found and _ending(found) in PHOTOS | RAWS else None
    if ending not in SIDECARS:
        return None
    whole_name = beside.names.get(stem)
    if whole_name and _ending(whole_name) in PHOTOS | RAWS:
        return whole_name
    return beside.photo(stem) or beside.raws.get(stem)


def _copy(stem: str, ending: str, beside: _Beside) -> LeftBehind | None:
    inner, _, converted = stem.rpartition(".")  # NAME-150x150.jpg.webp, NAME.jpg.webp
    if converted not in PHOTOS:
        inner = stem
    elif stem in beside.names:
        return _copy_of(beside.names[stem])
    for end in _WHOLE:
        if inner.endswith(end):
            return _copy_of(beside.photo(inner.removesuffix(end), ending=ending))
    if (made := _PRESTASHOP.fullmatch(inner)) is not None:
        return _copy_of(beside.photo(made["stem"], ending=ending))
    sized = _SIZED.fullmatch(inner)
    if sized is None:
        return None
    of = next(filter(None, (beside.photo(sized["stem"] + end, ending=ending) for end in ("", *_WHOLE))), None)
    scale = 2 if sized["twice"] else 1
    return _copy_of(of, size=(scale * int(sized["width"]), scale * int(sized["height"])))


def _copy_of(of: str | None, *, size: tuple[int, int] | None = None) -> LeftBehind | None:
    return LeftBehind(kind=Kind.COPY, reason=f"a copy of {of}", of=of, size=size) if of else None


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _ending(name: str) -> str:
    stem, dot, ending = _key(name).rpartition(".")
    return ending if dot and stem else ""


def _stem(name: str) -> str:
    """The name without its ending, as a key."""
    stem, dot, _ = _key(name).rpartition(".")
    return stem if dot and stem else _key(name)
