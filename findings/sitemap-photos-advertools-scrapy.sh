#!/bin/bash
# A sitemap with several photos a page: advertools keeps the last of them, Scrapy an empty text, usp all.
#
# advertools 0.18.0, Scrapy 2.19.0, ultimate-sitemap-parser 1.8.1, Linux. The photos of a product stand in a sitemap as
# image:image with image:loc inside, up to 1,000 a page (Google's image sitemaps; Shopify's shops write them by
# themselves). sitemap_to_df() of advertools has one column image_loc with the last photo of each page and says
# nothing of the others. Scrapy's Sitemap, which SitemapSpider.sitemap_filter() is given, has a key "image" whose value
# is the white space between the tags. ultimate-sitemap-parser returns every photo in order.
#
# Where it touches Lookscape: photos of a shop are read from its product list or its pages, never from image entries of a
# sitemap; image:loc is not taken for a page (tests/catalogue/shops/test_sitemaps.py).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet advertools==0.18.0 scrapy==2.19.0 ultimate-sitemap-parser==1.8.1
cat > sitemap.xml <<'XML'
<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>http://127.0.0.1/p/1</loc>
<image:image><image:loc>http://127.0.0.1/1.jpg</image:loc></image:image>
<image:image><image:loc>http://127.0.0.1/2.jpg</image:loc></image:image>
<image:image><image:loc>http://127.0.0.1/3.jpg</image:loc></image:image></url>
</urlset>
XML
venv/bin/python - <<'PY'
import functools
import logging
import threading
from http.server import HTTPServer, SimpleHTTPRequestHandler

import advertools
from scrapy.utils.sitemap import Sitemap
from usp.tree import sitemap_from_str

logging.disable()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory="."))
threading.Thread(target=server.serve_forever, daemon=True).start()
table = advertools.sitemap_to_df(f"http://127.0.0.1:{server.server_address[1]}/sitemap.xml")
text = open("sitemap.xml", "rb").read()
[entry] = Sitemap(text)
[page] = sitemap_from_str(text.decode()).all_pages()
photos = [f"http://127.0.0.1/{number}.jpg" for number in (1, 2, 3)]
print("advertools:", table["image_loc"].tolist())
print("Scrapy:", entry)
print("usp:", [image.loc for image in page.images])
assert table["image_loc"].tolist() == photos[-1:], "advertools keeps others now"
assert entry == {"loc": "http://127.0.0.1/p/1", "image": ""}, "Scrapy says more now"
assert [image.loc for image in page.images] == photos
PY
