"""What was fetched before is asked about: politely, once a run, and nothing is lost when nobody answers."""

import json
import subprocess
import sys
import time

import pytest

from lookscape.catalogue.fetch.download import Downloaded, DownloadOptions, Failed, Link, download
from lookscape.catalogue.fetch.manifest import Landing
from server import asked, body, head, running, send

OLD, NEW, LONGER = b"old photo", b"new photo", b"a longer photo"
DAY, NEXT_DAY = "Sat, 21 Nov 2026 10:00:00 GMT", "Sun, 22 Nov 2026 10:00:00 GMT"


@pytest.fixture
def server():
    with running() as server:
        yield server


def run(server, into, paths=("/a",), **options):
    chosen = {"allow_private": True, "delay": 0.0, "backoff": 0.01, "timeout": 5.0, "ask": True} | options
    todo = [Link(url=server.url(path), name=path) for path in paths]
    outcomes = list(download(todo, into, options=DownloadOptions(**chosen)))
    return {outcome.link.name: outcome for outcome in outcomes}


def broken(handler):
    send(handler, b"half", Content_Length="90")
    handler.close_connection = True


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"etag": '"1"'}, {"etag": '"2"'}),
        ({"etag": 'W/"1"'}, {"etag": 'W/"2"'}),
        ({"date": DAY}, {"date": NEXT_DAY}),
        ({"etag": '"1"', "date": DAY}, {"etag": '"2"', "date": DAY}),
    ],
)
def test_validators_say_what_is_unchanged_and_a_changed_photo_replaces_the_old_one(server, tmp_path, before, after):
    server.answers["/a"] = asked(OLD, **before)
    first = run(server, tmp_path)["/a"]
    same = run(server, tmp_path)["/a"]
    sent = server.headers["/a"]
    assert (same.path, same.is_new, same.note) == (first.path, False, "")
    assert sent.get("If-None-Match") == before.get("etag")
    assert sent.get("If-Modified-Since") == before.get("date")
    server.answers["/a"] = asked(NEW, **after)
    other = run(server, tmp_path)["/a"]
    assert (other.path.read_bytes(), other.is_new) == (NEW, True)
    assert other.path != first.path
    assert not first.path.exists()
    assert run(server, tmp_path)["/a"].path == other.path
    server.answers["/a"] = asked(OLD, etag='"3"', date=DAY)
    assert run(server, tmp_path)["/a"].path.read_bytes() == OLD
    assert len([path for path in (tmp_path / "files").rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize("validators", [{"ETag": '"1"'}, {"Last_Modified": DAY}])
def test_a_server_that_never_says_304_is_believed_by_its_validators(server, tmp_path, validators):
    """It sends the whole file each time; the body is not even read."""
    server.answers["/a"] = body(OLD, **validators)
    first = run(server, tmp_path)["/a"]
    assert run(server, tmp_path)["/a"] == Downloaded(**(vars(first) | {"is_new": False}))


def test_new_validators_with_the_same_bytes_are_no_new_file(server, tmp_path):
    server.answers["/a"] = asked(OLD, etag='"1"')
    first = run(server, tmp_path)["/a"]
    server.answers["/a"] = asked(OLD, etag='"2"')
    assert run(server, tmp_path)["/a"].path == first.path
    run(server, tmp_path)
    assert server.headers["/a"]["If-None-Match"] == '"2"'


def test_without_validators_the_length_is_asked_for(server, tmp_path):
    server.answers["/a"], server.heads["/a"] = body(OLD), head(len(OLD))
    first = run(server, tmp_path)["/a"]
    assert run(server, tmp_path)["/a"].path == first.path
    assert (server.seen["/a"], server.asked["/a"]) == (1, 1)
    server.answers["/a"], server.heads["/a"] = body(LONGER), head(len(LONGER))
    assert run(server, tmp_path)["/a"].path.read_bytes() == LONGER
    assert (server.seen["/a"], server.asked["/a"]) == (2, 2)


def test_a_server_without_head_is_asked_for_the_file_and_left_when_the_length_is_the_same(server, tmp_path):
    server.answers["/a"] = body(OLD)
    first = run(server, tmp_path)["/a"]
    assert run(server, tmp_path)["/a"].path == first.path
    server.answers["/a"] = body(LONGER)
    assert run(server, tmp_path)["/a"].path.read_bytes() == LONGER


def test_again_fetches_what_looks_the_same(server, tmp_path):
    server.answers["/a"], server.heads["/a"] = body(OLD), head(len(OLD))
    first = run(server, tmp_path)["/a"]
    server.answers["/a"] = body(NEW)
    assert run(server, tmp_path)["/a"].path == first.path
    again = run(server, tmp_path, again=True)["/a"]
    assert (again.path.read_bytes(), again.is_new) == (NEW, True)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (body(b"", status=500), "kept as it was: the server answered 500"),
        (body(b"", status=404), "kept as it was: the server answered 404"),
        (body(b"<html>", content_type="text/html"), "kept as it was: the link leads to a page"),
        (body(b"x" * 200), "kept as it was: 200 bytes is over the limit"),
        (broken, "kept as it was: the connection failed"),
    ],
)
def test_whatever_goes_wrong_the_old_file_stays_and_the_reason_is_said(server, tmp_path, answer, reason):
    server.answers["/a"] = asked(OLD, etag='"1"')
    first = run(server, tmp_path)["/a"]
    server.answers["/a"] = answer
    kept = run(server, tmp_path, max_bytes=100)["/a"]
    assert kept.path.read_bytes() == OLD
    assert kept.path == first.path
    assert kept.note.startswith(reason)
    server.answers["/a"] = asked(NEW, etag='"2"')
    assert run(server, tmp_path)["/a"].path.read_bytes() == NEW


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_gone_is_not_kept(server, tmp_path, status):
    server.answers["/a"] = asked(OLD, etag='"1"')
    run(server, tmp_path, pages=True)
    server.answers["/a"] = body(b"", status=status)
    assert isinstance(run(server, tmp_path, pages=True)["/a"], Failed)
    server.answers["/a"] = body(b"", status=503)
    assert isinstance(run(server, tmp_path, pages=True)["/a"], Downloaded)


def test_a_host_that_is_down_is_not_asked_about_every_file(server, tmp_path):
    paths = [f"/{number}" for number in range(30)]
    server.answers |= {path: asked(path.encode(), etag='"1"') for path in paths}
    run(server, tmp_path, paths)
    server.answers |= {path: body(b"", status=500) for path in paths}
    kept = run(server, tmp_path, paths, per_host=1)
    assert all(kept[path].path.read_bytes() == path.encode() for path in paths)
    assert sum(outcome.note == "kept as it was: its host does not answer" for outcome in kept.values()) == 26
    assert sum(server.seen.values()) == 34


def test_a_host_that_asks_for_peace_gets_it_when_asked_too(server, tmp_path):
    server.answers["/a"] = asked(OLD, etag='"1"')
    run(server, tmp_path)
    busy = iter([True])

    def answer(handler):
        if next(busy, False):
            send(handler, b"", status=429, Retry_After="1")
        else:
            asked(NEW, etag='"2"')(handler)

    server.answers["/a"] = answer
    assert run(server, tmp_path)["/a"].path.read_bytes() == NEW


def test_what_a_named_run_asked_before_it_was_killed_is_not_asked_again(server, tmp_path):
    paths = [f"/{number}" for number in range(40)]
    server.answers |= {path: asked(path.encode(), etag='"1"') for path in paths}
    run(server, tmp_path, paths, run="table")

    def slow(handler):
        time.sleep(0.02)
        asked(b"changed " + handler.path.encode(), etag='"2"')(handler)

    server.answers |= dict.fromkeys(paths, slow)
    server.seen.clear()
    code = """
import sys
from pathlib import Path
from lookscape.catalogue.fetch.download import DownloadOptions, Link, download
options = DownloadOptions(allow_private=True, delay=0, ask=True, run="table")
for _ in download([Link(url=u) for u in sys.argv[2:]], Path(sys.argv[1]), options=options):
    print("one", flush=True)
"""
    urls = [server.url(path) for path in paths]
    running = subprocess.Popen([sys.executable, "-c", code, str(tmp_path), *urls], stdout=subprocess.PIPE)
    for _ in range(8):
        running.stdout.readline()
    running.kill()
    running.wait()
    running.stdout.close()
    assert sum(server.seen.values()) < 40
    again = run(server, tmp_path, paths, run="table")
    assert sum(not outcome.is_new for outcome in again.values()) >= 8
    assert all(again[path].path.read_bytes() == b"changed " + path.encode() for path in paths)
    assert sum(server.seen.values()) <= 40 + 8  # what was on its way when it was killed
    server.seen.clear()
    run(server, tmp_path, paths, run="table")
    assert sum(server.seen.values()) == 40


def test_a_long_record_is_written_anew_and_says_the_same(server, tmp_path):
    server.answers["/a"] = asked(OLD, etag='"1"')
    for _ in range(30):
        outcome = run(server, tmp_path, run="table")["/a"]
    record = tmp_path / "downloads.jsonl"
    assert len(record.read_text().splitlines()) < 30
    assert outcome.path.read_bytes() == OLD
    assert server.headers["/a"]["If-None-Match"] == '"1"'


def test_a_record_of_before_is_read(server, tmp_path):
    """Without digests, times and runs."""
    server.answers["/a"] = asked(OLD, etag='"1"')
    run(server, tmp_path)
    record = tmp_path / "downloads.jsonl"
    line = json.loads(record.read_text().splitlines()[-1])
    for name in ("sha256", "asked_at", "address", "note"):
        del line[name]
    record.write_text(json.dumps(line) + "\n")
    landed = Landing(tmp_path).find(server.url("/a"))
    assert landed is not None
    server.answers["/a"] = asked(OLD, etag='"2"')
    assert run(server, tmp_path)["/a"].path == tmp_path / landed.path
