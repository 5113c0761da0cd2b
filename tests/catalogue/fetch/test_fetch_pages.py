"""A link goes by its bytes: photos under any type, pages under any type."""

import pytest

from lookscape.catalogue.fetch.file import FetchPolicy, fetch
from lookscape.errors import PhotoError
from server import body, redirect, running

JPEG = bytes.fromhex("ffd8ffe000104a464946") + bytes(600)
PAGES = [
    b"<!doctype html><title>x</title>",
    b"\xef\xbb\xbf\n  <!DOCTYPE HTML>",
    b"<HTML><body>",
    b"<!-- a comment --><p>",
    b"<html>" + b"x" * 5000,
]


@pytest.fixture(scope="module")
def server():
    with running() as server:
        yield server


def get(server, **options):
    return fetch(server.url("/a"), max_bytes=10_000, timeout=5, policy=FetchPolicy(allow_private=True, **options))


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "image/jpeg",
        "image/jpg",
        "text/plain",
        "text/html",
        "application/json",
        "application/jpeg",
        "application/x-www-form-urlencoded",
        "binary/octet-stream",
        "nonsense",
    ],
)
def test_a_photo_is_one_whatever_the_server_calls_it(server, content_type):
    server.answers["/a"] = body(JPEG, **{"Content-Type": content_type})
    assert get(server).data == JPEG


@pytest.mark.parametrize("content_type", [None, "image/jpeg", "text/html; charset=utf-8", "text/plain"])
@pytest.mark.parametrize("page", PAGES, ids=range(len(PAGES)))
def test_a_page_is_none_whatever_the_server_calls_it(server, content_type, page):
    server.answers["/a"] = body(page, **{"Content-Type": content_type})
    with pytest.raises(PhotoError, match="leads to a page, not to a photo"):
        get(server)
    assert get(server, pages=True).data == page


@pytest.mark.parametrize(
    ("content_type", "text"), [("text/html", b"Please log in"), ("application/json", b'{"error": 1}')]
)
def test_text_that_calls_itself_a_page_is_one(server, content_type, text):
    server.answers["/a"] = body(text, content_type=content_type)
    with pytest.raises(PhotoError, match=f"not to a photo .the server says {content_type}"):
        get(server)


def test_a_long_page_is_left_after_its_beginning(server):
    sent = []

    def answer(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "9000000")
        handler.end_headers()
        for _ in range(9000):
            handler.wfile.write(b"<html>".ljust(1000))
            sent.append(1000)

    server.answers["/a"] = answer
    with pytest.raises(PhotoError, match="page"):
        fetch(server.url("/a"), max_bytes=10_000_000, timeout=5, policy=FetchPolicy(allow_private=True))
    assert sum(sent) < 9_000_000


def test_another_name_is_sent_when_asked_and_a_refusal_says_so(server):
    server.answers["/a"] = body(JPEG)
    get(server, user_agent="shop-catalogue/2 (photos@shop.example)")
    assert server.headers["/a"]["User-Agent"] == "shop-catalogue/2 (photos@shop.example)"
    server.answers["/a"] = body(b"", status=403)
    with pytest.raises(Exception, match=r"answered 403 Forbidden.*--user-agent"):
        get(server)


def test_a_page_behind_a_redirect_is_named(server):
    """Photos that only those see who log in."""
    server.answers["/a"] = redirect("/login?next=a")
    server.answers["/login?next=a"] = body(b"<!DOCTYPE html><html>log in", content_type="text/html")
    with pytest.raises(PhotoError) as caught:
        get(server)
    assert str(caught.value) == (
        "the link leads to a page, not to a photo (the server says text/html), sent on to "
        + server.url("/login?next=a")
    )
