#!/bin/bash
# fsspec takes a star in a web address for a wildcard: it asks for the folder above, never for the photo.
#
# fsspec 2026.9.0 (aiohttp 3.14.5), Linux. A star is an ordinary character of an address (RFC 3986, 2.2, sub-delims), and
# hosts of photos use it in the words that say how to crop or scale. cat() and get() of such an address, and open_files(),
# ask the server for the folder above the star, look for links in what comes, and end with FileNotFoundError or an empty
# list; cat_file() fetches the photo. `?`, a wildcard elsewhere, is left alone. Way around: cat_file() and get_file().
#
# Where it touches Lookscape: addresses are asked for as written (tests/catalogue/fetch/test_repairs.py).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet fsspec==2026.9.0 aiohttp==3.14.5
venv/bin/python - <<'PY'
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import fsspec

PHOTO, FRONT = b"\xff\xd8\xff\xe0 a photo", b'<html><a href="/img/300x300/other.jpg">other</a></html>'
seen = []


class Shop(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        seen.append(self.path)
        body = PHOTO if self.path.endswith(".jpg?v=1") else FRONT
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_address[1]}/img/300*300/runner.jpg?v=1"
files = fsspec.filesystem("http")
assert files.cat_file(url) == PHOTO
assert seen == ["/img/300*300/runner.jpg?v=1"], seen
readers = {
    "cat": lambda: files.cat(url),
    "get": lambda: files.get(url, "photo.jpg"),
    "open_files": lambda: [file.path for file in fsspec.open_files(url)],
}
for name, read in readers.items():
    seen.clear()
    try:
        found = read()
    except FileNotFoundError as error:
        found = f"FileNotFoundError {error}"
    print(f"{name}: {found}; asked for {seen}")
    assert set(seen) == {"/img/"} and (not found or "FileNotFound" in found), f"{name} works in another way now"
PY
