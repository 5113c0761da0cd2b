"""One file from the web, against a server of our own that lies, stalls, floods and redirects."""

import gzip
import socket
import threading
import time
from ipaddress import ip_address

import httpcore
import pytest

from lookscape import __version__
from lookscape.catalogue.fetch import addresses as fetch_addresses
from lookscape.catalogue.fetch.answer import TransientError, seconds
from lookscape.catalogue.fetch.file import Fetcher, FetchPolicy, fetch
from lookscape.errors import PhotoError, RefusedError, TooLargeError, UnavailableError
from server import body, redirect, running, send

OPEN = FetchPolicy(allow_private=True)


@pytest.fixture
def server():
    with running() as server:
        yield server


def get(url, *, max_bytes=100_000, timeout=5.0, policy=OPEN):
    return fetch(url, max_bytes=max_bytes, timeout=timeout, policy=policy)


def test_a_file_and_its_facts(server):
    server.answers["/a.jpg?x=1"] = body(
        b"pixels",
        content_type="image/jpeg; charset=x",
        ETag='"7"',
        Last_Modified="Sat, 21 Nov 2026 10:00:00 GMT",
        Content_Disposition="attachment; filename*=UTF-8''caf%C3%A9.jpg",
    )
    fetched = get(server.url("/a.jpg?x=1"))
    assert fetched.data == b"pixels"
    assert (fetched.content_type, fetched.etag, fetched.file_name) == ("image/jpeg", '"7"', "café.jpg")
    assert fetched.last_modified == "Sat, 21 Nov 2026 10:00:00 GMT"
    assert fetched.final_url == server.url("/a.jpg?x=1")


def test_what_is_sent_with_the_request(server, monkeypatch, tmp_path):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password secret")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    server.answers["/a"] = body(b"x", Set_Cookie="id=1; Path=/")
    with Fetcher(OPEN) as fetcher:
        for _ in range(2):
            fetcher.fetch(server.url("/a"), max_bytes=10, timeout=5)
    sent = server.headers["/a"]
    assert sent["User-Agent"] == f"lookscape/{__version__}"
    assert sent["Host"] == f"127.0.0.1:{server.port}"
    assert not {"Cookie", "Authorization", "Proxy-Authorization"} & sent.keys()


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/a.jpg",
        "file:///etc/passwd",
        "data:image/png;base64,AAAA",
        "/a.jpg",
        "",
        "http://",
        "http://[::1",
        "http://user:secret@127.0.0.1/",
        "http://exa mple.com\n/",
        "http://127.0.0.1:99999999/",
    ],
)
def test_not_a_web_address(url):
    with pytest.raises(RefusedError) as raised:
        get(url)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "0.0.0.0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "2130706433",
        "0x7f.1",
        "10.1.2.3",
        "169.254.169.254",
    ],
)
def test_private_hosts_are_refused(server, host):
    server.answers["/a"] = body(b"x")
    with pytest.raises(RefusedError, match="not a public address"):
        get(server.url("/a", host=host), policy=FetchPolicy())
    assert not server.seen


PRIVATE = [
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:808:808::",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd12::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
]
PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "100.63.0.1",
    "172.32.0.1",
    "193.0.0.1",
    "2606:4700::1",
    "2a00:1450::1",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses(address):
    assert not fetch_addresses.is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses(address):
    assert fetch_addresses.is_public(ip_address(address))


def resolving(monkeypatch, answers):
    """A name server: each look-up of a name takes the next of its answers."""

    def getaddrinfo(host, port, *_, **__):
        address = answers[host].pop(0) if isinstance(answers.get(host), list) else answers.get(host, host)
        addresses = address if isinstance(address, tuple) else (address,)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]

    monkeypatch.setattr(fetch_addresses.socket, "getaddrinfo", getaddrinfo)


def connecting(monkeypatch, server):
    """The internet: every public address leads to our server; keeps the addresses that were connected to."""
    connected = []
    plain = httpcore.SyncBackend.connect_tcp

    def connect_tcp(self, host, port, *rest):
        connected.append(host)
        return plain(self, "127.0.0.1", server.port, *rest)

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect_tcp)
    return connected


def test_one_private_address_among_public_ones_is_enough(monkeypatch):
    resolving(monkeypatch, {"shop.test": ("8.8.8.8", "127.0.0.1")})
    with pytest.raises(RefusedError, match=r"shop.test is at 127\.0\.0\.1"):
        get("http://shop.test/a", policy=FetchPolicy())


def test_the_address_checked_is_the_address_connected_to(monkeypatch, server):
    """A name server that says a public address first and a private one afterwards gets the public one connected."""
    resolving(monkeypatch, {"rebind.test": ["8.8.8.8", "127.0.0.1"]})
    connected = connecting(monkeypatch, server)
    server.answers["/a"] = body(b"pixels")
    assert get("http://rebind.test/a", policy=FetchPolicy()).data == b"pixels"
    assert connected == ["8.8.8.8"]
    assert server.headers["/a"]["Host"] == "rebind.test"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_a_private_address_is_refused(monkeypatch, server, status):
    resolving(monkeypatch, {"shop.test": "8.8.8.8"})
    connected = connecting(monkeypatch, server)
    server.answers["/a"] = redirect("http://169.254.169.254/latest/meta-data", status=status)
    with pytest.raises(RefusedError, match=r"169\.254\.169\.254"):
        get("http://shop.test/a", policy=FetchPolicy())
    assert connected == ["8.8.8.8"]


def test_redirects(server):
    server.answers["/a"] = redirect("/b")
    server.answers["/b"] = redirect("c?d=e")
    server.answers["/c?d=e"] = body(b"there")
    assert get(server.url("/a")).final_url == server.url("/c?d=e")
    server.answers["/file"] = redirect("file:///etc/passwd")
    with pytest.raises(RefusedError, match="not an http"):
        get(server.url("/file"))
    server.answers["/loop"] = redirect("/loop")
    with pytest.raises(RefusedError, match="more than 5 redirects"):
        get(server.url("/loop"))
    assert server.seen["/loop"] == 6


def test_an_announced_flood_is_not_read(server):
    server.answers["/a"] = body(b"x", Content_Length="100001")
    with pytest.raises(TooLargeError, match=r"100,001 bytes is over the limit of 100,000"):
        get(server.url("/a"))


def chunked(parts):
    def answer(handler):
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for part in parts:
            handler.wfile.write(b"%x\r\n%b\r\n" % (len(part), part))
        handler.wfile.write(b"0\r\n\r\n")

    return answer


def test_an_unannounced_flood_is_stopped(server):
    server.answers["/a"] = chunked(bytes(1000) for _ in range(1_000_000))
    with pytest.raises(TooLargeError):
        get(server.url("/a"))
    server.answers["/b"] = chunked([b"ab", b"cd"])
    assert get(server.url("/b"), max_bytes=4).data == b"abcd"


def test_a_packed_bomb_is_stopped(server):
    server.answers["/bomb"] = body(gzip.compress(bytes(50_000_000)), Content_Encoding="gzip")
    with pytest.raises(TooLargeError):
        get(server.url("/bomb"))
    server.answers["/a"] = body(gzip.compress(b"pixels" * 1000), Content_Encoding="gzip")
    assert get(server.url("/a")).data == b"pixels" * 1000
    server.answers["/bad"] = body(gzip.compress(b"pixels")[:12] + bytes(9), Content_Encoding="gzip")
    with pytest.raises(UnavailableError, match="damaged gzip"):
        get(server.url("/bad"))
    server.answers["/br"] = body(b"?", Content_Encoding="br")
    with pytest.raises(UnavailableError, match="compressed as 'br'"):
        get(server.url("/br"))


def test_a_body_shorter_than_announced_is_not_taken(server):
    def answer(handler):
        send(handler, b"half", Content_Length="100")
        handler.close_connection = True

    server.answers["/a"] = answer
    with pytest.raises(TransientError, match="connection failed"):
        get(server.url("/a"))


@pytest.mark.parametrize("slow_head", [True, False])
def test_a_server_that_drips_is_left_in_time(server, slow_head):
    def answer(handler):
        head = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 1000\r\n\r\n"
        if not slow_head:
            handler.wfile.write(head)
        for _ in range(100):
            handler.wfile.write(head[:1] if slow_head else b"x")
            time.sleep(0.05)

    server.answers["/a"] = answer
    start = time.monotonic()
    with pytest.raises(TransientError, match=r"within 0\.4 seconds"):
        get(server.url("/a"), timeout=0.4)
    assert time.monotonic() - start < 1.5


def test_status_codes(server):
    with pytest.raises(UnavailableError, match="404 Not Found") as raised:
        get(server.url("/not there"))
    assert not isinstance(raised.value, TransientError)
    for status in (429, 500, 503):
        server.answers["/a"] = body(b"", status=status, Retry_After="17")
        with pytest.raises(TransientError, match=str(status)) as raised:
            get(server.url("/a"))
        assert raised.value.retry_after == 17
    server.answers["/odd"] = body(b"", status=599)
    with pytest.raises(UnavailableError, match="599"):
        get(server.url("/odd"))


def test_retry_after_may_be_a_date():
    assert seconds("5") == 5
    assert seconds("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert 10**9 < seconds("Fri, 31 Dec 2100 23:59:59 GMT") < 10**10
    assert seconds("") is None
    assert seconds("soon") is None


def test_a_page_is_not_a_photo(server):
    server.answers["/a.jpg"] = body(b"<html>", content_type="text/html; charset=utf-8")
    with pytest.raises(PhotoError, match="text/html"):
        get(server.url("/a.jpg"))
    for content_type in ("application/octet-stream", "binary/octet-stream", "image/x-odd", None):
        server.answers["/b"] = body(b"x", content_type="x", **{"Content-Type": content_type})
        assert get(server.url("/b")).data == b"x"


def test_nobody_there():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with pytest.raises(TransientError, match="connection failed"):
            get(f"http://127.0.0.1:{unused.getsockname()[1]}/")
    with pytest.raises(UnavailableError, match=r"not known|connection failed"):
        get("http://does-not-exist.invalid/")


def test_connections_are_shared_between_threads(server):
    server.answers["/a"] = body(b"x" * 1000)
    results = []
    with Fetcher(OPEN, max_connections=4) as fetcher:

        def work():
            results.extend(fetcher.fetch(server.url("/a"), max_bytes=1000, timeout=5).data for _ in range(10))

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert results == [b"x" * 1000] * 40
