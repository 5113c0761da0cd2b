#!/bin/bash
# A Google Merchant feed through feedparser: of several further photos the last is left, of several details too.
#
# feedparser 6.0.14, Linux. The feed is RSS 2.0 with the g: namespace, as Google's product data specification describes
# it: additional_image_link may be given up to ten times, product_detail is repeated and holds a name and a value.
# feedparser reads the file without a complaint (bozo is false) and gives each entry one value of each name: the last.
# The parts of product_detail and shipping stand beside the product's own, so that a country of delivery looks like one
# of the product, and which value belongs to which name is lost. Repeated enclosures, which RSS itself allows but once,
# are kept as a list.
#
# Where it touches Lookscape: its own reader of such feeds keeps every photo and value
# (src/lookscape/catalogue/tables/xml_feed.py).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet feedparser==6.0.14
venv/bin/python - <<'PY'
import feedparser

FEED = """<?xml version="1.0"?>
<rss xmlns:g="http://base.google.com/ns/1.0" version="2.0"><channel>
<title>Shop</title><link>https://shop.example</link><description>Shoes</description>
<item><g:id>0042</g:id><title>Runner</title><link>https://shop.example/p/42</link>
<g:image_link>https://shop.example/1.jpg</g:image_link>
<g:additional_image_link>https://shop.example/2.jpg</g:additional_image_link>
<g:additional_image_link>https://shop.example/3.jpg</g:additional_image_link>
<g:additional_image_link>https://shop.example/4.jpg</g:additional_image_link>
<g:product_detail><g:attribute_name>Sole</g:attribute_name><g:attribute_value>rubber</g:attribute_value></g:product_detail>
<g:product_detail><g:attribute_name>Upper</g:attribute_name><g:attribute_value>hemp</g:attribute_value></g:product_detail>
<g:shipping><g:country>US</g:country><g:price>5.00 USD</g:price></g:shipping>
<g:price>15.00 USD</g:price>
<enclosure url="https://shop.example/a.pdf"/><enclosure url="https://shop.example/b.pdf"/>
</item></channel></rss>"""
feed = feedparser.parse(FEED)
[entry] = feed.entries
own = {name: value for name, value in entry.items() if name.startswith("g_")}
print(own)
assert not feed.bozo
assert [link.href for link in entry.enclosures] == ["https://shop.example/a.pdf", "https://shop.example/b.pdf"]
assert own == {
    "g_id": "0042",
    "g_image_link": "https://shop.example/1.jpg",
    "g_additional_image_link": "https://shop.example/4.jpg",
    "g_attribute_name": "Upper",
    "g_attribute_value": "hemp",
    "g_product_detail": "",
    "g_country": "US",
    "g_shipping": "",
    "g_price": "15.00 USD",
}, "other photos or details are there now"
PY
