"""Shared links: the photo behind the page, tried only where the link as written is one."""

import pytest

from lookscape.catalogue.fetch import network
from lookscape.catalogue.fetch.download import Downloaded, DownloadOptions, Link, download
from lookscape.catalogue.fetch.share_links import photo_address
from server import body, running

DRIVE = "https://drive.google.com"


@pytest.mark.parametrize(
    ("shared", "photo"),
    [
        (f"{DRIVE}/file/d/1aB-_9/view?usp=sharing", f"{DRIVE}/uc?export=download&id=1aB-_9"),
        (f"{DRIVE}/file/u/0/d/1aB/view", f"{DRIVE}/uc?export=download&id=1aB"),
        (f"{DRIVE}/open?id=1aB&usp=drive_copy", f"{DRIVE}/uc?export=download&id=1aB"),
        (f"{DRIVE}/uc?export=view&id=1aB", f"{DRIVE}/uc?export=download&id=1aB"),
        ("https://www.dropbox.com/s/x1/a.jpg?dl=0", "https://www.dropbox.com/s/x1/a.jpg?dl=1"),
        (
            "https://www.dropbox.com/scl/fi/x1/a%20b.jpg?rlkey=k&dl=0",
            "https://www.dropbox.com/scl/fi/x1/a%20b.jpg?rlkey=k&dl=1",
        ),
        ("https://github.com/o/r/blob/main/p/a.jpg", "https://github.com/o/r/raw/main/p/a.jpg"),
        (
            "https://commons.wikimedia.org/wiki/File:A_shoe.jpg",
            "https://commons.wikimedia.org/wiki/Special:FilePath/A_shoe.jpg",
        ),
        ("https://x-my.sharepoint.com/:i:/g/E1?e=5", "https://x-my.sharepoint.com/:i:/g/E1?e=5&download=1"),
        (f"{DRIVE}/uc?export=download&id=1aB", ""),
        (f"{DRIVE}/drive/folders/1aB", ""),
        ("https://www.dropbox.com/s/x1/a.jpg?dl=1", ""),
        ("https://www.dropbox.com/home", ""),
        ("https://notdropbox.com/s/x1/a.jpg?dl=0", ""),
        ("https://shop.example/file/d/1aB/view", ""),
        ("https://[bad/s/a", ""),
    ],
)
def test_where_the_photo_is(shared, photo):
    assert photo_address(shared) == photo


def test_the_page_is_asked_first_and_what_was_read_instead_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(network, "resolve", lambda host, port, *, allow_private: ["127.0.0.1"])
    with running() as server:
        shared = server.url("/s/x1/a.jpg?dl=0", host="www.dropbox.com")
        server.answers["/s/x1/a.jpg?dl=0"] = body(b"<!DOCTYPE html><html>", content_type="text/html")
        server.answers["/s/x1/a.jpg?dl=1"] = body(b"\xff\xd8\xff\xe0pixels", content_type="application/binary")
        options = DownloadOptions(allow_private=True, delay=0, ask=True)
        for _ in range(2):
            [outcome] = download([Link(url=shared)], tmp_path, options=options)
            assert isinstance(outcome, Downloaded)
            assert outcome.note == f"read as {shared.replace('dl=0', 'dl=1')}"
        assert server.seen["/s/x1/a.jpg?dl=0"] == 1
