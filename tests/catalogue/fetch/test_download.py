"""Many links: concurrent, polite, retried, resumable."""

import json
import os
import subprocess
import sys
import threading
import time

import pytest

from lookscape.catalogue.fetch.download import Downloaded, DownloadOptions, Failed, Link, download
from lookscape.catalogue.fetch.manifest import Landing, clean_file_name
from lookscape.catalogue.fetch.schedule import Queue, Turn
from server import body, running, send

FAST = {"allow_private": True, "delay": 0.0, "backoff": 0.01, "timeout": 5.0}


@pytest.fixture
def server():
    with running() as server:
        yield server


def links(server, paths):
    return [Link(url=server.url(path), name=path) for path in paths]


def run(links, into, **options):
    outcomes = list(download(links, into, options=DownloadOptions(**FAST | options)))
    return {outcome.link.name: outcome for outcome in outcomes}


def test_everything_lands_with_its_name(server, tmp_path):
    paths = [f"/shoe%20{number}.jpg" for number in range(40)]
    for path in paths:
        server.answers[path] = body(path.encode())
    server.answers[paths[0]] = body(paths[0].encode(), Content_Disposition='inline; filename="../../given.png"')
    outcomes = run(links(server, paths), tmp_path)
    assert outcomes.keys() == set(paths)
    for path, outcome in outcomes.items():
        assert isinstance(outcome, Downloaded)
        assert outcome.path.read_bytes() == path.encode()
        assert outcome.path.is_relative_to(tmp_path)
        assert outcome.is_new
    assert outcomes[paths[0]].file_name == "given.png"
    assert outcomes[paths[7]].file_name == "shoe 7.jpg"


def test_what_is_there_is_not_fetched_again(server, tmp_path):
    paths = [f"/{number}" for number in range(10)]
    for path in paths:
        server.answers[path] = body(path.encode())
    first = run(links(server, paths[:5]), tmp_path)
    second = run(links(server, paths), tmp_path)
    assert [second[path].is_new for path in paths] == [False] * 5 + [True] * 5
    assert set(server.seen.values()) == {1}
    assert all(second[path].path == first[path].path for path in paths[:5])
    assert second["/0"].file_name == first["/0"].file_name


def test_a_file_that_was_cut_or_lost_is_fetched_again(server, tmp_path):
    for path in ("/a", "/b"):
        server.answers[path] = body(b"whole" * 100)
    first = run(links(server, ["/a", "/b"]), tmp_path)
    first["/a"].path.write_bytes(b"whole")
    first["/b"].path.unlink()
    second = run(links(server, ["/a", "/b"]), tmp_path)
    assert [second[path].path.read_bytes() for path in ("/a", "/b")] == [b"whole" * 100] * 2
    assert server.seen == {"/a": 2, "/b": 2}


def test_half_a_line_in_the_record_is_passed_over(server, tmp_path):
    for path in ("/a", "/b", "/c"):
        server.answers[path] = body(b"x")
    for path in ("/a", "/b"):
        run(links(server, [path]), tmp_path)
    record = tmp_path / "downloads.jsonl"
    text = record.read_text()
    record.write_text(text[: len(text) - 20])
    run(links(server, ["/a", "/b", "/c"]), tmp_path)
    assert server.seen == {"/a": 1, "/b": 2, "/c": 1}
    assert sum(json.loads(line) is not None for line in record.read_text().splitlines() if line.endswith("}")) == 3
    run(links(server, ["/a", "/b", "/c"]), tmp_path)
    assert server.seen == {"/a": 1, "/b": 2, "/c": 1}


def test_one_address_twice_is_fetched_once(server, tmp_path):
    server.answers["/a"] = body(b"x")
    twice = [Link(url=server.url("/a"), name="first"), Link(url=server.url("/a"), name="second")]
    outcomes = run(twice, tmp_path)
    assert outcomes.keys() == {"first", "second"}
    assert outcomes["first"].path == outcomes["second"].path
    assert server.seen["/a"] == 1


def test_errors_are_one_line_each_and_stop_nothing(server, tmp_path):
    server.answers["/good"] = body(b"x")
    server.answers["/page"] = body(b"<html>", content_type="text/html")
    server.answers["/huge"] = body(b"x" * 2000)
    outcomes = run(links(server, ["/good", "/page", "/huge", "/gone"]), tmp_path, max_bytes=1000)
    assert isinstance(outcomes["/good"], Downloaded)
    assert {path: outcomes[path].reason for path in ("/page", "/huge", "/gone")} == {
        "/page": "the link leads to a page, not to a photo (the server says text/html)",
        "/huge": "2,000 bytes is over the limit of 1,000",
        "/gone": "the server answered 404 Not Found",
    }
    assert server.seen["/gone"] == server.seen["/page"] == 1
    [outcome] = download([Link(url="no address")], tmp_path)
    assert isinstance(outcome, Failed)


def test_private_addresses_need_a_word(server, tmp_path):
    server.answers["/a"] = body(b"x")
    outcomes = run(links(server, ["/a"]), tmp_path, allow_private=False)
    assert "not a public address" in outcomes["/a"].reason
    assert not server.seen


def failing(times, **options):
    """Fail so often, then give the photo."""
    left = [times]
    lock = threading.Lock()

    def answer(handler):
        with lock:
            left[0] -= 1
            again = left[0] >= 0
        send(handler, b"" if again else b"photo", status=500 if again else 200, **options)

    return answer


def test_passing_troubles_are_retried(server, tmp_path):
    server.answers["/twice"] = failing(2)
    server.answers["/always"] = failing(1000)
    outcomes = run(links(server, ["/twice", "/always"]), tmp_path, num_retries=3)
    assert outcomes["/twice"].path.read_bytes() == b"photo"
    assert outcomes["/always"].reason == "the server answered 500 Internal Server Error"
    assert server.seen == {"/twice": 3, "/always": 4}


def test_a_host_that_asks_for_peace_gets_it(server, tmp_path):
    times = []

    def busy(handler):
        times.append(time.monotonic())
        if len(times) == 1:
            send(handler, b"", status=429, Retry_After="1")
        else:
            send(handler, b"photo")

    paths = ["/0", "/1", "/2"]
    server.answers |= dict.fromkeys(paths, busy)
    outcomes = run(links(server, paths), tmp_path, per_host=1)
    assert all(outcomes[path].path.read_bytes() == b"photo" for path in paths)
    assert len(times) == 4
    assert times[1] - times[0] >= 0.95


def test_a_long_pause_is_for_another_run(server, tmp_path):
    server.answers["/a"] = body(b"", status=503, Retry_After="3600")
    outcomes = run(links(server, ["/a"]), tmp_path, max_pause=0.1)
    assert outcomes["/a"].reason == (
        "the server answered 503 Service Unavailable and asks to wait 3600 seconds; run this again later"
    )
    assert server.seen["/a"] == 1


def test_no_more_than_so_many_at_one_host(server, tmp_path):
    def slow(handler):
        time.sleep(0.03)
        send(handler, b"x")

    paths = [f"/{number}" for number in range(20)]
    server.answers |= dict.fromkeys(paths, slow)
    run(links(server, paths), tmp_path, per_host=3, concurrency=10)
    assert server.most_open == 3


def test_a_slow_host_does_not_hold_up_another(server, tmp_path):
    release = threading.Event()

    def stuck(handler):
        release.wait(5)
        send(handler, b"x")

    with running() as quick:
        quick.answers |= {f"/q{number}": body(b"y") for number in range(10)}
        server.answers |= {f"/s{number}": stuck for number in range(10)}
        todo = links(server, server.answers) + links(quick, quick.answers)
        names = []
        for outcome in download(todo, tmp_path, options=DownloadOptions(**FAST, per_host=2, concurrency=4)):
            names.append(outcome.link.name)
            if len(names) == 10:
                release.set()
    assert set(names[:10]) == set(quick.answers)
    assert len(names) == 20


def test_dropped_in_the_middle_and_taken_up_again(server, tmp_path):
    paths = [f"/{number}" for number in range(30)]
    server.answers |= {path: body(path.encode()) for path in paths}
    outcomes = download(links(server, paths), tmp_path, options=DownloadOptions(**FAST, concurrency=2))
    taken = [next(outcomes).link.name for _ in range(5)]
    outcomes.close()
    again = run(links(server, paths), tmp_path)
    assert all(not again[name].is_new for name in taken)
    assert all(again[path].path.read_bytes() == path.encode() for path in paths)


def test_killed_in_the_middle_and_taken_up_again(server, tmp_path):
    def slow(handler):
        time.sleep(0.01)
        send(handler, handler.path.encode() * 5000)

    paths = [f"/{number}" for number in range(60)]
    server.answers |= dict.fromkeys(paths, slow)
    code = """
import sys
from pathlib import Path
from lookscape.catalogue.fetch.download import DownloadOptions, Link, download
urls = sys.argv[2:]
for _ in download([Link(url=u) for u in urls], Path(sys.argv[1]), options=DownloadOptions(allow_private=True, delay=0)):
    print("one", flush=True)
"""
    urls = [server.url(path) for path in paths]
    running = subprocess.Popen([sys.executable, "-c", code, str(tmp_path), *urls], stdout=subprocess.PIPE)
    for _ in range(8):
        running.stdout.readline()
    running.kill()
    running.wait()
    running.stdout.close()
    assert len(server.seen) < 60
    again = run(links(server, paths), tmp_path)
    assert sum(not outcome.is_new for outcome in again.values()) >= 8
    assert all(again[path].path.read_bytes() == path.encode() * 5000 for path in paths)


def test_links_are_read_as_they_are_needed(server, tmp_path):
    server.answers["/a"] = body(b"x")
    num_read = 0

    def endless():
        nonlocal num_read
        while True:
            num_read += 1
            yield Link(url=server.url(f"/a{num_read}"))

    outcomes = download(endless(), tmp_path, options=DownloadOptions(**FAST))
    next(outcomes)
    outcomes.close()
    assert num_read <= 2048


def test_the_queue_keeps_order_limits_and_pauses():
    queue = Queue(per_host=2, delay=1.0)
    for number, host in enumerate(["a", "a", "a", "b"]):
        queue.add(host, Turn(due=0.0, number=number, url=f"{host}{number}"))
    assert [queue.take(0.0)[1].url, queue.take(0.0)[1].url] == ["a0", "b3"]
    assert queue.take(0.9) is None
    assert queue.next_at() == 1.0
    assert queue.take(1.0)[1].url == "a1"
    assert queue.take(5.0) is None
    assert queue.next_at() == float("inf")
    queue.done("a")
    queue.pause("a", until=9.0)
    assert queue.next_at() == 9.0
    assert queue.take(9.0)[1].url == "a2"


def test_a_retry_waits_until_it_is_due_and_lets_others_pass():
    queue = Queue(per_host=1, delay=0.0)
    queue.add("a", Turn(due=5.0, number=0, url="again", attempt=1))
    queue.add("a", Turn(due=0.0, number=1, url="next"))
    assert queue.take(0.0)[1].url == "next"
    queue.done("a")
    assert queue.take(4.9) is None
    assert queue.take(5.0)[1].url == "again"


def test_old_leftovers_are_cleared(tmp_path):
    Landing(tmp_path)
    old, new = tmp_path / "tmp" / "old", tmp_path / "tmp" / "new"
    old.write_bytes(b"half")
    new.write_bytes(b"half")
    os.utime(old, (0, 0))
    Landing(tmp_path)
    assert (old.exists(), new.exists()) == (False, True)


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("shoe.jpg", "shoe.jpg"),
        ("/a/b/c.png", "c.png"),
        ("..\\..\\x.png", "x.png"),
        ("a\nb\0c\x1b[31m.jpg", "abc[31m.jpg"),
        ("...", "photo"),
        ("", "photo"),
        ("x" * 300 + ".jpeg", "x" * 145 + ".jpeg"),
        ("\u202egpj.exe", "gpj.exe"),
        ("👟.jpg", "👟.jpg"),
    ],
)
def test_file_names_are_cleaned(name, clean):
    assert clean_file_name(name) == clean
