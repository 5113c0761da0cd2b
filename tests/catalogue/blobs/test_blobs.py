"""Blobs: whole or not there, once each, in a folder or in any store fsspec knows."""

import hashlib
import os
import subprocess
import sys
import threading
from uuid import uuid4

import pytest

from lookscape.catalogue.blobs import sync as blobs_sync
from lookscape.catalogue.blobs.blobs import Blobs
from lookscape.errors import NotFoundError


@pytest.fixture(params=["folder", "file url", "memory"])
def blobs(request, tmp_path):
    urls = {"folder": tmp_path / "b", "file url": f"file://{tmp_path}/b", "memory": f"memory://{uuid4().hex}/b"}
    return Blobs(urls[request.param])


def test_what_is_put_can_be_got(blobs):
    data = [b"", b"one", b"two" * 1000, b"one"]
    keys = blobs.put_many(data)
    assert keys == [hashlib.sha256(blob).hexdigest() for blob in data]
    assert [blobs.get(key) for key in keys] == data
    assert sorted(blobs.keys()) == sorted(set(keys))
    assert blobs.put(b"one") == keys[1]


def test_many_at_once(blobs):
    keys = blobs.put_many(b"%d" % number for number in range(300))
    assert len(set(blobs.keys())) == 300
    assert blobs.get(keys[299]) == b"299"


def test_delete(blobs):
    first, second = blobs.put_many([b"a", b"b"])
    blobs.delete([first, "0" * 64, "../../etc"])
    assert not blobs.has(first)
    assert list(blobs.keys()) == [second]
    blobs.delete([])


@pytest.mark.parametrize("key", ["0" * 64, "", "../secret", "A" * 64, "0" * 63, "0" * 64 + "\n", "/etc/passwd"])
def test_a_key_that_is_not_there(blobs, key):
    assert not blobs.has(key)
    with pytest.raises(NotFoundError):
        blobs.get(key)


def test_local_path(tmp_path):
    local, remote = Blobs(tmp_path), Blobs(f"memory://{uuid4().hex}")
    key = local.put(b"x")
    assert local.local_path(key).read_bytes() == b"x"
    assert local.local_path("0" * 64) is None
    assert remote.local_path(remote.put(b"x")) is None


def test_a_blob_there_is_not_written_again(tmp_path):
    blobs = Blobs(tmp_path)
    path = blobs.local_path(blobs.put(b"x"))
    before = path.stat()
    blobs.put_many([b"x", b"y"])
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_sweep_removes_only_what_a_killed_run_left(tmp_path):
    blobs = Blobs(tmp_path)
    key = blobs.put(b"x")
    old, new = tmp_path / "tmp" / "old", tmp_path / "tmp" / "new"
    old.write_bytes(b"half")
    new.write_bytes(b"half")
    os.utime(old, (0, 0))
    assert blobs.sweep() == 1
    assert not old.exists()
    assert new.exists()
    assert list(blobs.keys()) == [key]
    assert Blobs(f"memory://{uuid4().hex}").sweep() == 0


@pytest.mark.parametrize("num_blobs", [3, 100])
def test_everything_is_synced_before_it_gets_its_name(tmp_path, monkeypatch, num_blobs):
    """The order of events: data on disk, then renamed, then the folders on disk."""
    events = []
    monkeypatch.setattr(
        "lookscape.catalogue.blobs.blobs.sync",
        lambda folder, paths: events.append(("sync", len(paths), {os.path.isdir(path) for path in paths})),
    )
    replace = os.replace
    monkeypatch.setattr(os, "replace", lambda a, b: (events.append(("rename",)), replace(a, b)))
    blobs = Blobs(tmp_path)
    blobs.put_many(b"%d" % number for number in range(num_blobs))
    names = [event[0] for event in events if event != ("sync", 1, {True})]
    first = names.index("rename")
    assert ("sync", num_blobs, {False}) in events
    assert events.index(("sync", num_blobs, {False})) < events.index(("rename",))
    assert names[first : first + num_blobs] == ["rename"] * num_blobs
    assert names[first + num_blobs :] == ["sync"]


def test_sync_one_by_one_where_the_system_has_no_other_way(tmp_path, monkeypatch):
    monkeypatch.setattr(blobs_sync, "_c_library", lambda: None)
    synced = []
    monkeypatch.setattr(os, "fsync", synced.append)
    paths = [tmp_path / str(number) for number in range(100)]
    for path in paths:
        path.touch()
    blobs_sync.sync(str(tmp_path), [str(path) for path in paths])
    assert len(synced) == 100


def test_threads(tmp_path):
    blobs = Blobs(tmp_path)
    threads = [
        threading.Thread(target=blobs.put_many, args=([b"%d" % number for number in range(start, start + 60)],))
        for start in range(0, 200, 20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    keys = list(blobs.keys())
    assert {blobs.get(key) for key in keys} == {b"%d" % number for number in range(240)}
    assert not list((tmp_path / "tmp").iterdir())


def test_killed_in_the_middle_leaves_only_whole_blobs(tmp_path):
    code = """
import sys
from lookscape.catalogue.blobs.blobs import Blobs
blobs = Blobs(sys.argv[1])
print("go", flush=True)
number = 0
while True:
    blobs.put_many(bytes(20_000) + b"%d" % n for n in range(number, number + 40))
    number += 40
"""
    for _ in range(3):
        running = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE)
        assert running.stdout.readline() == b"go\n"
        with pytest.raises(subprocess.TimeoutExpired):
            running.wait(0.2)
        running.kill()
        running.wait()
        running.stdout.close()
    blobs = Blobs(tmp_path)
    keys = list(blobs.keys())
    assert keys
    assert all(hashlib.sha256(blobs.get(key)).hexdigest() == key for key in keys)
    blobs.sweep(older_than=-1)
    assert not list((tmp_path / "tmp").iterdir())
