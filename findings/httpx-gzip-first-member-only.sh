#!/bin/bash
# A gzip body of two members over HTTP: httpx gives the first and drops the rest in silence; others give both.
#
# httpx 0.28.1 (requests 2.34.2 with urllib3 2.8.0, aiohttp 3.14.5, Scrapy 2.19.0), Linux. A gzip file is a series of
# members (RFC 1952, 2.2), and so is what `cat a.gz b.gz`, bgzip, or a server that adds to a packed log or feed sends with
# Content-Encoding: gzip; RFC 9110, 8.4.1.3 names that format. httpx unpacks the first member, ends without an error,
# and its response is a whole one by its Content-Length. requests, aiohttp and Scrapy's gunzip return both members.
#
# Where it touches Lookscape: it downloads with httpcore and unpacks by itself, all members, and says when the last ends
# too early (src/lookscape/catalogue/fetch/unpacking.py, tests/catalogue/fetch/test_unpacking.py).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet httpx==0.28.1 requests==2.34.2 urllib3==2.8.0 aiohttp==3.14.5 scrapy==2.19.0
venv/bin/python - <<'PY'
import asyncio
import gzip
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import aiohttp
import httpx
import requests
from scrapy.utils.gz import gunzip

LINES = [b"sku,photo\n0001,a.jpg\n", b"0002,b.jpg\n"]
PACKED = b"".join(map(gzip.compress, LINES))
assert gzip.decompress(PACKED) == b"".join(LINES)


class Feed(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        self.send_response(200)
        for name, value in (("Content-Encoding", "gzip"), ("Content-Length", str(len(PACKED)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(PACKED)


async def with_aiohttp():
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return await response.read()


server = HTTPServer(("127.0.0.1", 0), Feed)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_address[1]}/feed.csv"
read = {
    "httpx": httpx.get(url).raise_for_status().content,
    "requests": requests.get(url, timeout=9).content,
    "aiohttp": asyncio.run(with_aiohttp()),
    "Scrapy's gunzip": bytes(gunzip(PACKED)),
}
for name, content in read.items():
    print(f"{name:16} {content!r}")
assert read.pop("httpx") == LINES[0], "httpx reads more than the first member now"
assert set(read.values()) == {b"".join(LINES)}, "another one changed"
PY
