"""Links as shops write them: what is tried, and in which order; what stays as written."""

import pytest

from lookscape.catalogue.fetch import network
from lookscape.catalogue.fetch.answer import StatusError, TransientError, UnconnectedError
from lookscape.catalogue.fetch.download import Downloaded, DownloadOptions, Failed, Link, download
from lookscape.catalogue.fetch.file import Fetched, Fetcher
from lookscape.catalogue.fetch.repairs import meanings
from lookscape.errors import PhotoError
from server import body, running


def urls(link, *, allow_http=False):
    return [meaning.url for meaning in meanings(link, allow_http=allow_http)]


@pytest.mark.parametrize(
    ("link", "tried"),
    [
        ("https://a.example/b.jpg", []),
        ("HTTPS://A.example/b.jpg", []),
        ("https://a.example/pct%2Fx.jpg?v=1,2", []),
        ("https://a.example/b?w=1&amp;h=2", ["https://a.example/b?w=1&h=2"]),
        ("https://a.example/b?w=1&#38;h=2", ["https://a.example/b?w=1&h=2"]),
        ("https://a.example/b.jpg,", ["https://a.example/b.jpg"]),
        ("https://a.example/b?w=1&amp;h=2;", ["w=1&h=2;", "w=1&amp;h=2", "w=1&h=2"]),
    ],
)
def test_a_link_is_tried_as_written_first(link, tried):
    first, *others = urls(link)
    assert first == link
    assert len(others) == len(tried)
    assert all(url.endswith(end) for url, end in zip(others, tried, strict=True))
    assert all(meaning.note == f"read as {meaning.url}" for meaning in meanings(link)[1:])


@pytest.mark.parametrize(
    "link",
    [
        "//cdn.example/a.jpg",
        "cdn.shop.example/a.jpg",
        "127.0.0.1:88/a.jpg",
        "localhost:88/a.jpg",
        "m\u00fcller.example/a.jpg",
    ],
)
def test_a_missing_scheme_is_https_and_http_only_where_allowed(link):
    whole = "//" + link.removeprefix("//")
    assert urls(link) == [f"https:{whole}"]
    assert urls(link, allow_http=True) == [f"https:{whole}", f"http:{whole}"]
    assert all(meaning.is_guess and meaning.note for meaning in meanings(link))


@pytest.mark.parametrize(
    "link",
    [
        "a.jpg",
        "photos/a.jpg",
        "images.v2/a.jpg",
        "a.jpg/b",
        "/a.jpg",
        "file:///a.jpg",
        "ftp://a.example/b.jpg",
        "C:\\a.jpg",
        "a.example",
        "",
    ],
)
def test_what_is_no_host_and_path_is_refused_by_name(link, tmp_path):
    assert urls(link) == [link]
    [outcome] = download([Link(url=link)], tmp_path, options=DownloadOptions(allow_private=True))
    assert isinstance(outcome, Failed)
    assert "not an http or https address" in outcome.reason or "not a web address" in outcome.reason


def test_the_meaning_that_is_there_is_taken_and_said(tmp_path):
    with running() as server:
        host = f"127.0.0.1:{server.port}"
        server.answers |= {"/a?w=1&h=2": body(b"amp"), "/b.jpg": body(b"plain"), "/c%20d.jpg": body(b"space")}
        wanted = {
            f"http://{host}/a?w=1&amp;h=2": f"read as http://{host}/a?w=1&h=2",
            f"{host}/b.jpg": f"read as http://{host}/b.jpg",
            f"//{host}/b.jpg": f"read as http://{host}/b.jpg",
            f"http://{host}/b.jpg,": f"read as http://{host}/b.jpg",
            f"HTTP://{host}/b.jpg": "",
            f"http://{host}/c d.jpg": "",
        }
        options = DownloadOptions(allow_private=True, delay=0, backoff=0.01)
        for _ in range(2):
            outcomes = list(download([Link(url=url) for url in wanted], tmp_path, options=options))
            assert all(isinstance(outcome, Downloaded) for outcome in outcomes)
            assert {outcome.link.url: outcome.note for outcome in outcomes} == wanted
        assert server.seen["/a?w=1&amp;h=2"] == 1


def test_where_no_meaning_helps_the_reason_is_that_of_the_link_as_written(tmp_path):
    with running() as server:
        server.answers["/a?w=1&h=2"] = body(b"<html>", content_type="text/html")
        [outcome] = download(
            [Link(url=server.url("/a?w=1&amp;h=2"))], tmp_path, options=DownloadOptions(allow_private=True, delay=0)
        )
        assert outcome.reason == "the server answered 404 Not Found"
        assert set(server.seen) == {"/a?w=1&amp;h=2", "/a?w=1&h=2"}


def test_http_becomes_https_only_where_nobody_answers(tmp_path, monkeypatch):
    """A shop that closed its port 80 years after its table was written."""
    assert urls("http://a.example/b.jpg") == ["http://a.example/b.jpg", "https://a.example/b.jpg"]
    assert urls("http://a.example:80/b.jpg") == ["http://a.example:80/b.jpg"]
    tried = []

    def fetch(self, url, *, max_bytes, timeout, into):
        tried.append(url)
        if url in broken:
            raise broken[url]
        return Fetched(data=b"", num_bytes=0, content_type="", final_url=url, file_name="", etag="", last_modified="")

    monkeypatch.setattr(Fetcher, "fetch", fetch)
    options = DownloadOptions(delay=0, num_retries=0)
    broken = {"http://a.example/1": UnconnectedError("refused")}
    [outcome] = download([Link(url="http://a.example/1")], tmp_path, options=options)
    assert (outcome.note, tried) == ("read as https://a.example/1", ["http://a.example/1", "https://a.example/1"])
    tried.clear()
    for error in (StatusError("404", status=404), TransientError("503"), PhotoError("a page")):
        broken = {"http://a.example/2": error}
        [outcome] = download([Link(url="http://a.example/2")], tmp_path, options=options)
        assert outcome.reason == str(error)
    assert tried == ["http://a.example/2"] * 3
    broken = {f"{scheme}://a.example/3": UnconnectedError(f"{scheme} refused") for scheme in ("http", "https")}
    [outcome] = download([Link(url="http://a.example/3")], tmp_path, options=options)
    assert outcome.reason == "http refused"


def test_hosts_of_any_script_ipv6_and_every_character_of_a_path(tmp_path, monkeypatch):
    names = []

    def resolved(host, port, *, allow_private):
        names.append(host)
        return ["127.0.0.1"]

    monkeypatch.setattr(network, "resolve", resolved)
    with running() as server:
        server.answers |= {"/sch%C3%B6n.jpg": body(b"a"), "/%E9%9E%8B.jpg?f=%C3%A4": body(b"b")}
        server.answers["/300*300/(a);b=1,2/!$&'@+~.jpg"] = body(b"c")
        links = [
            server.url("/schön.jpg", host="bücher.example"),
            server.url("/鞋.jpg?f=ä", host="例え.example"),
            server.url("/sch%C3%B6n.jpg", host="img_1.shop.example"),
            server.url("/sch%C3%B6n.jpg", host="[2001:db8::7]"),
            server.url("/300*300/(a);b=1,2/!$&'@+~.jpg"),
        ]
        options = DownloadOptions(allow_private=True, delay=0, num_retries=0)
        outcomes = list(download([Link(url=url) for url in links], tmp_path, options=options))
        assert [outcome for outcome in outcomes if isinstance(outcome, Failed)] == []
        assert set(names) == {
            "xn--bcher-kva.example",
            "xn--r8jz45g.example",
            "img_1.shop.example",
            "2001:db8::7",
            "127.0.0.1",
        }
        assert {outcome.file_name for outcome in outcomes} == {"schön.jpg", "鞋.jpg", "!$&'@+~.jpg"}
