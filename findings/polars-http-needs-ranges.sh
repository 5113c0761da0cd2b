#!/bin/bash
# Polars reads no table from a web server that does not serve ranges, such as Python's own; pandas does.
#
# polars 2.1.0, pandas 3.1.1, Linux. A server may ignore a Range header (RFC 9110, 14.2), and servers that make a feed
# while it is asked for do, as does `python -m http.server`. For a CSV read_csv() asks HEAD, then for bytes 0 to 3, gets
# the whole file with status 200, asks again, and ends with "Range request not supported", though what it was sent is the
# file. scan_csv(), scan_ndjson() and scan_parquet() end in the same way. Way around: fetch it first
# (urllib.request.urlopen, then read_csv of the bytes).
#
# Where it touches Lookscape: photos and pages are asked for whole, and HEAD only where a server gives neither ETag nor
# Last-Modified (src/lookscape/catalogue/fetch/file.py, tests/catalogue/fetch/test_ask.py).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet polars==2.1.0 pandas==3.1.1
timeout 120 venv/bin/python - <<'PY'
import functools
import json
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pandas as pd
import polars as pl

seen = []


class Noting(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        seen.append((self.command, self.headers.get("Range")))


table = pl.DataFrame({"sku": ["0001"], "photo": ["a.jpg"]})
table.write_csv("feed.csv")
table.write_parquet("feed.parquet")
open("feed.jsonl", "w").write(json.dumps({"sku": "0001", "photo": "a.jpg"}) + "\n")
server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Noting, directory="."))
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_address[1]}/feed"
assert pd.read_csv(f"{url}.csv").shape == pd.read_json(f"{url}.jsonl", lines=True).shape == (1, 2)
readers = {
    "read_csv": lambda: pl.read_csv(f"{url}.csv"),
    "scan_csv": lambda: pl.scan_csv(f"{url}.csv").collect(),
    "scan_ndjson": lambda: pl.scan_ndjson(f"{url}.jsonl").collect(),
    "scan_parquet": lambda: pl.scan_parquet(f"{url}.parquet").collect(),
}
for name, read in readers.items():
    seen.clear()
    try:
        read()
    except OSError as error:
        print(f"{name}: {error}; asked {seen}")
        assert "Range request not supported" in str(error), error
    else:
        raise SystemExit(f"{name} reads it now")
    ranges = [wanted for method, wanted in seen if method == "GET"]
    assert ranges and all(ranges), seen
PY
