"""Feeds in the forms that shops and price comparisons document: `ingest --dry-run` says the right columns unasked.

The rows are our own; each form's source stands beside it.
"""

# ruff: noqa: E501 (headings stand in one line)

import textwrap
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lookscape.catalogue.ingest.preview import Preview, preview
from lookscape.catalogue.source import SourceOptions

CDN = "https://cdn.example"


@dataclass(frozen=True, kw_only=True)
class Feed:
    """What a feed is called and holds, and what must be read from it.

    rows: product, name and photos of each. roles: of columns, in words. values: column to what a row says, by its place.
    """

    file: str
    text: str
    words: str
    product: str
    name: str
    photos: tuple[str, ...]
    rows: tuple[tuple[str, str | None, tuple[str, ...]], ...]
    roles: dict[str, str] = field(default_factory=dict)
    values: dict[int, dict[str, tuple[str, ...]]] = field(default_factory=dict)


# help.shopify.com/en/manual/products/import-export/using-csv, the headings until 2024
SHOPIFY = Feed(
    file="products_export.csv",
    text=f"""\
        Handle,Title,Body (HTML),Vendor,Tags,Option1 Name,Option1 Value,Variant SKU,Variant Price,Image Src,Image Position,Image Alt Text,Variant Image,Status
        runner,Runner,"<p>Light,
        fast</p>",Acme,"sale, red",Size,38,000123,120.00,{CDN}/0.jpg?v=1,1,"side, left",{CDN}/38.jpg,active
        runner,,,,,,39,000124,120.00,{CDN}/1.jpg?v=1,2,,,
        runner,,,,,,40,000125,120.00,,,,,
        runner,,,,,,,,,//cdn.example/2.jpg,3,,,
        """,
    words="Shopify",
    product="Handle",
    name="Title",
    photos=("Image Src", "Variant Image"),
    rows=(
        ("runner", "Runner", (f"{CDN}/0.jpg?v=1", f"{CDN}/38.jpg")),
        ("runner", None, (f"{CDN}/1.jpg?v=1",)),
        ("runner", None, ()),
        ("runner", None, ("//cdn.example/2.jpg",)),
    ),
    roles={"Option1 Name": "name of the attribute beside", "Tags": "attribute, several values in a cell"},
    values={0: {"Tags": ("sale", "red"), "Size": ("38",), "Variant SKU": ("000123",)}, 1: {"Size": ("39",)}},
)

# the same page, the headings since 2024
SHOPIFY_NEW = Feed(
    file="product_template.csv",
    text=f"""\
        Title,URL handle,Description,Vendor,Product category,Type,Tags,Status,SKU,Barcode,Option1 name,Option1 value,Price,Product image URL,Image position,Image alt text,Variant image URL
        Boot,boot,Warm,Acme,Shoes,Boot,"winter, new",Active,0042,0123456789012,Colour,black,90.00,{CDN}/b.jpg,1,,
        ,boot,,,,,,,0043,,,brown,90.00,{CDN}/b2.jpg,2,,{CDN}/brown.jpg
        """,
    words="Shopify",
    product="URL handle",
    name="Title",
    photos=("Product image URL", "Variant image URL"),
    rows=(("boot", "Boot", (f"{CDN}/b.jpg",)), ("boot", None, (f"{CDN}/b2.jpg", f"{CDN}/brown.jpg"))),
    values={0: {"Tags": ("winter", "new"), "Colour": ("black",), "SKU": ("0042",)}, 1: {"Colour": ("brown",)}},
)

# the schema of the product CSV importer, at woocommerce.com/document/product-csv-importer-exporter
WOOCOMMERCE = Feed(
    file="wc-product-export.csv",
    text=f"""\
        ID,Type,SKU,Name,Published,Categories,Tags,Images,Parent,"Attribute 1 name","Attribute 1 value(s)"
        10,variable,shirt,Shirt,1,"Tops, Tops > Shirts","soft, salt\\, pepper","{CDN}/a.jpg, {CDN}/b.jpg",,Colour,"Red, Blue"
        11,variation,shirt-red,Shirt - Red,1,,,{CDN}/red.jpg,shirt,Colour,Red
        12,variation,shirt-blue,Shirt - Blue,1,,,,id:10,Colour,Blue
        """,
    words="WooCommerce",
    product="ID",
    name="Name",
    photos=("Images",),
    rows=(
        ("10", "Shirt", (f"{CDN}/a.jpg", f"{CDN}/b.jpg")),
        ("10", "Shirt - Red", (f"{CDN}/red.jpg",)),
        ("10", "Shirt - Blue", ()),
    ),
    roles={"Parent": "product of a variant", "Categories": "attribute, several values in a cell"},
    values={0: {"Tags": ("soft", "salt, pepper"), "Colour": ("Red", "Blue")}, 1: {"Colour": ("Red",)}},
)

# support.google.com/merchants/answer/7052112 (product data specification), a text feed
GOOGLE = Feed(
    file="feed.txt",
    text=f"""\
        id\ttitle\tlink\timage_link\tadditional_image_link\tprice\titem_group_id\tgtin
        0001\tRunner 38\thttps://shop.example/p1\t{CDN}/a.jpg\t{CDN}/a2.jpg,{CDN}/a3.jpg\t120.00 EUR\tG1\t0400000000012
        0002\tBoot\thttps://shop.example/p2\t{CDN}/image?id=7\t\t90.00 EUR\tG2\t
        """,
    words="Google Merchant Center",
    product="id",
    name="title",
    photos=("image_link", "additional_image_link"),
    rows=(
        ("0001", "Runner 38", (f"{CDN}/a.jpg", f"{CDN}/a2.jpg", f"{CDN}/a3.jpg")),
        ("0002", "Boot", (f"{CDN}/image?id=7",)),
    ),
    roles={"link": "attribute", "item_group_id": "attribute"},
    values={0: {"gtin": ("0400000000012",), "item_group_id": ("G1",), "price": ("120.00 EUR",)}},
)

# the same as RSS 2.0
GOOGLE_RSS = Feed(
    file="feed.xml",
    text=f"""\
        <?xml version="1.0"?>
        <rss xmlns:g="http://base.google.com/ns/1.0" version="2.0"><channel><title>Shop</title><link>https://shop.example</link>
        <image><url>{CDN}/logo.png</url><title>Shop</title></image>
        <item><g:id>0001</g:id><title>Runner</title><link>https://shop.example/p1</link><g:image_link>{CDN}/a.jpg</g:image_link>
        <g:additional_image_link>{CDN}/a2.jpg</g:additional_image_link><g:additional_image_link>{CDN}/a3.jpg</g:additional_image_link>
        <g:product_detail><g:section_name>General</g:section_name><g:attribute_name>Drop</g:attribute_name><g:attribute_value>8 mm</g:attribute_value></g:product_detail>
        <g:shipping><g:country>DE</g:country><g:price>4.90 EUR</g:price></g:shipping></item>
        <item><g:id>0002</g:id><title><![CDATA[Boot & Co]]></title><g:image_link>{CDN}/b.jpg</g:image_link></item>
        </channel></rss>
        """,
    words="Google Merchant Center",
    product="id",
    name="title",
    photos=("image_link", "additional_image_link"),
    rows=(
        ("0001", "Runner", (f"{CDN}/a.jpg", f"{CDN}/a2.jpg", f"{CDN}/a3.jpg")),
        ("0002", "Boot & Co", (f"{CDN}/b.jpg",)),
    ),
    roles={"link": "attribute"},
    values={0: {"Drop": ("8 mm",), "shipping": ('{"country": "DE", "price": "4.90 EUR"}',)}},
)

# the same as Atom 1.0
GOOGLE_ATOM = Feed(
    file="atom.xml",
    text=f"""\
        <?xml version="1.0" encoding="utf-8"?>
        <feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0"><title>Shop</title>
        <entry><g:id>0001</g:id><title>Runner</title><link href="https://shop.example/p1"/><g:image_link>{CDN}/a.jpg</g:image_link></entry>
        </feed>
        """,
    words="Google Merchant Center",
    product="id",
    name="title",
    photos=("image_link",),
    rows=(("0001", "Runner", (f"{CDN}/a.jpg",)),),
    values={0: {"link": ("https://shop.example/p1",)}},
)

# doc.prestashop.com, CSV Import Parameters, with the headings of the sample files
PRESTASHOP = Feed(
    file="products_import.csv",
    text=f"""\
        Product ID;Active (0/1);Name *;Categories (x,y,z...);Price tax excluded;Reference #;EAN13;Tags (x,y,z...);Image URLs (x,y,z...);Image alt texts (x,y,z...);Delete existing images (0 = No, 1 = Yes);Feature (Name:Value:Position:Customized)
        1;1;Runner;Home,Shoes;100,84;demo_1;0123456789012;red,sale;{CDN}/1.jpg,{CDN}/2.jpg;side,top;0;Sole:Gum:1:0
        """,
    words="PrestaShop",
    product="Product ID",
    name="Name *",
    photos=("Image URLs (x,y,z...)",),
    rows=(("1", "Runner", (f"{CDN}/1.jpg", f"{CDN}/2.jpg")),),
    roles={"Categories (x,y,z...)": "attribute, several values in a cell"},
    values={0: {"Tags (x,y,z...)": ("red", "sale"), "Price tax excluded": ("100,84",), "EAN13": ("0123456789012",)}},
)

# sellercentral.amazon.com, inventory file template: settings, headings for people, headings for programs
AMAZON = Feed(
    file="flatfile.txt",
    text=f"""\
        TemplateType=shoes\tVersion=2021.1\tThe top 3 rows are for Amazon.com use only.\t\t\t\t
        Seller SKU\tProduct Name\tParentage\tParent SKU\tMain Image URL\tOther Image URL1\tOther Image URL2
        item_sku\titem_name\tparent_child\tparent_sku\tmain_image_url\tother_image_url1\tother_image_url2
        00-RUN-38\tRunner 38\tchild\t00-RUN\t{CDN}/m.jpg\t{CDN}/o1.jpg\t{CDN}/o2.jpg
        """,
    words="Amazon",
    product="item_sku",
    name="item_name",
    photos=("main_image_url", "other_image_url1", "other_image_url2"),
    rows=(("00-RUN-38", "Runner 38", (f"{CDN}/m.jpg", f"{CDN}/o1.jpg", f"{CDN}/o2.jpg")),),
    values={0: {"parent_sku": ("00-RUN",)}},
)

# experienceleague.adobe.com, Commerce, data attribute reference
MAGENTO = Feed(
    file="catalog_product.csv",
    text="""\
        sku,store_view_code,attribute_set_code,product_type,categories,name,price,base_image,base_image_label,small_image,thumbnail_image,swatch_image,additional_images,additional_image_labels,additional_attributes
        0024-MB01,,Bag,simple,"Default Category/Gear,Default Category/Gear/Bags",Duffle,34,/m/b/mb01.jpg,Front,/m/b/mb01-s.jpg,/m/b/mb01-t.jpg,,"/m/b/mb01-2.jpg,/m/b/mb01-3.jpg","Back,Inside",color=Black
        """,
    words="Magento",
    product="sku",
    name="name",
    photos=("base_image", "additional_images"),
    rows=(("0024-MB01", "Duffle", ("/m/b/mb01.jpg", "/m/b/mb01-2.jpg", "/m/b/mb01-3.jpg")),),
    roles={"categories": "attribute, several values in a cell"},
    values={0: {"categories": ("Default Category/Gear", "Default Category/Gear/Bags")}},
)

# support.bigcommerce.com, Supported Product Fields: images and variants are rows below their product's
BIGCOMMERCE = Feed(
    file="bigcommerce.csv",
    text=f"""\
        Item,ID,Name,Type,SKU,Options,Categories,Price,Image URL (Import),Image is Thumbnail,Image Sort Order,Image Description
        Product,77,Runner,physical,RUN,,Shoes;Shoes/Running,120,,,,
        Variant,191,,,RUN-38,Type=Rectangle|Name=Size|Value=38,,,,,,
        Image,403,,,,,,,{CDN}/r.jpg,TRUE,0,side
        Product,78,Boot,physical,BOOT,,Shoes,90,,,,
        Image,404,,,,,,,{CDN}/b.jpg,TRUE,0,
        """,
    words="BigCommerce",
    product="ID",
    name="Name",
    photos=("Image URL (Import)",),
    rows=(
        ("77", "Runner", ()),
        ("77", None, ()),
        ("77", None, (f"{CDN}/r.jpg",)),
        ("78", "Boot", ()),
        ("78", None, (f"{CDN}/b.jpg",)),
    ),
    roles={"Item": "whether it belongs to the product above"},
    values={0: {"Categories": ("Shoes", "Shoes/Running"), "SKU": ("RUN",)}},
)

# support.squarespace.com/hc/en-us/articles/115000378108
SQUARESPACE = Feed(
    file="squarespace.csv",
    text=f"""\
        Product ID [Non Editable],Variant ID [Non Editable],Product Type [Non Editable],Product Page,Product URL,Title,Description,SKU,Option Name 1,Option Value 1,Price,Categories,Tags,Hosted Image URLs
        5f0a,v1,PHYSICAL,store,runner,Runner,<p>Fast</p>,SQ001,Size,38,120.00,/shoes,"red, sale",{CDN}/1.jpg {CDN}/2.jpg
        ,v2,,,,,,SQ002,Size,39,120.00,,,
        """,
    words="Squarespace",
    product="Product ID [Non Editable]",
    name="Title",
    photos=("Hosted Image URLs",),
    rows=(("5f0a", "Runner", (f"{CDN}/1.jpg", f"{CDN}/2.jpg")), ("5f0a", None, ())),
    values={0: {"Size": ("38",), "Tags": ("red", "sale")}, 1: {"Size": ("39",), "SKU": ("SQ002",)}},
)

# support.wix.com, the template for products
WIX = Feed(
    file="catalog_products.csv",
    text=f"""\
        handleId,fieldType,name,description,productImageUrl,collection,sku,price,productOptionName1,productOptionType1,productOptionDescription1
        mug,Product,Mug,Blue,{CDN}/mug.jpg;{CDN}/mug2.jpg,Kitchen;Sale,0007,12,Size,DROP_DOWN,S;L
        mug,Variant,,,,,0007-L,14,Size,DROP_DOWN,L
        cup,Product,Cup,,a_1~mv2.png;b_2~mv2.jpg,Kitchen,0008,9,,,
        """,
    words="Wix",
    product="handleId",
    name="name",
    photos=("productImageUrl",),
    rows=(
        ("mug", "Mug", (f"{CDN}/mug.jpg", f"{CDN}/mug2.jpg")),
        ("mug", None, ()),
        ("cup", "Cup", ("a_1~mv2.png", "b_2~mv2.jpg")),
    ),
    values={0: {"collection": ("Kitchen", "Sale"), "Size": ("S", "L")}, 1: {"Size": ("L",), "sku": ("0007-L",)}},
)

# help.etsy.com, download of the listings of a shop
ETSY = Feed(
    file="EtsyListingsDownload.csv",
    text=f"""\
        TITLE,DESCRIPTION,PRICE,CURRENCY_CODE,QUANTITY,TAGS,MATERIALS,IMAGE1,IMAGE2,IMAGE3,VARIATION 1 TYPE,VARIATION 1 NAME,VARIATION 1 VALUES,SKU
        Felt slippers,Warm,39.00,EUR,5,"felt,warm",wool,{CDN}/il_1.jpg,{CDN}/il_2.jpg,,Size,Size,"38,39",SL-01
        """,
    words="Etsy",
    product="SKU",
    name="TITLE",
    photos=("IMAGE1", "IMAGE2"),
    rows=(("SL-01", "Felt slippers", (f"{CDN}/il_1.jpg", f"{CDN}/il_2.jpg")),),
    values={0: {"TAGS": ("felt", "warm"), "VARIATION 1 VALUES": ("38,39",)}},
)

# support.ecwid.com, Importing products
ECWID = Feed(
    file="ecwid.csv",
    text=f"""\
        type,product_internal_id,product_sku,product_name,product_price,product_media_main_image_url,product_media_main_image_alt,product_media_gallery_image_url_1,product_media_gallery_image_url_2
        product,455,00021,Runner,120,{CDN}/e.jpg,side,{CDN}/e1.jpg,{CDN}/e2.jpg
        """,
    words="Ecwid",
    product="product_sku",
    name="product_name",
    photos=("product_media_main_image_url", "product_media_gallery_image_url_1", "product_media_gallery_image_url_2"),
    rows=(("00021", "Runner", (f"{CDN}/e.jpg", f"{CDN}/e1.jpg", f"{CDN}/e2.jpg")),),
)

# help.akeneo.com, import-your-data: photos are paths beside the file
AKENEO = Feed(
    file="akeneo.csv",
    text="""\
        sku;categories;enabled;family;groups;parent;name-en_US;description-en_US-ecommerce;image;size
        1111111111;men_shoes,sale;1;shoes;;;Runner;Fast;files/1111111111/image/runner.jpg;38
        """,
    words="Akeneo",
    product="sku",
    name="name-en_US",
    photos=("image",),
    rows=(("1111111111", "Runner", ("files/1111111111/image/runner.jpg",)),),
    values={0: {"categories": ("men_shoes", "sale")}},
)

# pages.ebay.com, File Exchange: a line of settings, then the headings
EBAY = Feed(
    file="ebay.csv",
    text=f"""\
        #INFO,Version=0.0.2,Template= eBay-draft-listings-template_US,,,,,
        Action(SiteID=US|Country=US|Currency=USD|Version=1193|CC=UTF-8),Custom label (SKU),Category ID,Title,UPC,Price,Quantity,Item photo URL
        Draft,0042,47140,Runner,012345678905,19.99,1,{CDN}/e1.jpg|{CDN}/e2.jpg
        """,
    words="",
    product="Custom label (SKU)",
    name="Title",
    photos=("Item photo URL",),
    rows=(("0042", "Runner", (f"{CDN}/e1.jpg", f"{CDN}/e2.jpg")),),
    values={0: {"UPC": ("012345678905",)}},
)

# wiki.awin.com, product feed columns
AWIN = Feed(
    file="awin.csv",
    text=f"""\
        aw_deep_link,product_name,aw_product_id,merchant_product_id,merchant_image_url,description,merchant_category,search_price,currency,large_image,aw_image_url,aw_thumb_url
        https://aw.example/1,Runner,0333,P-1,{CDN}/m.jpg,Fast,Shoes,120.00,EUR,,https://images.example/?u=1,https://images.example/?t=1
        """,
    words="",
    product="aw_product_id",
    name="product_name",
    photos=("merchant_image_url",),
    rows=(("0333", "Runner", (f"{CDN}/m.jpg",)),),
)

# docs.shopware.com, Import/Export, the profile of products
SHOPWARE = Feed(
    file="shopware.csv",
    text=f"""\
        id;parent_id;product_number;active;stock;name;description;price_net;price_gross;cover_media_id;cover_media_url;cover_media_title;cover_media_alt;manufacturer_name;categories
        a1b2;;SW10001;1;50;Runner;Fast;100,84;120;ff00;{CDN}/sw.jpg;;;Acme;c1|c2
        """,
    words="",
    product="id",
    name="name",
    photos=("cover_media_url",),
    rows=(("a1b2", "Runner", (f"{CDN}/sw.jpg",)),),
    values={0: {"price_net": ("100,84",), "product_number": ("SW10001",)}},
)

# heureka.github.io/xml-feed-specs
HEUREKA = Feed(
    file="heureka.xml",
    text=f"""\
        <?xml version="1.0" encoding="utf-8"?>
        <SHOP><SHOPITEM><ITEM_ID>0015</ITEM_ID><PRODUCTNAME>Runner 38</PRODUCTNAME><URL>https://shop.example/15</URL>
        <IMGURL>{CDN}/h.jpg</IMGURL><IMGURL_ALTERNATIVE>{CDN}/h2.jpg</IMGURL_ALTERNATIVE><IMGURL_ALTERNATIVE>{CDN}/h3.jpg</IMGURL_ALTERNATIVE>
        <PRICE_VAT>1290</PRICE_VAT><EAN>0123456789012</EAN><ITEMGROUP_ID>G15</ITEMGROUP_ID>
        <PARAM><PARAM_NAME>Colour</PARAM_NAME><VAL>red</VAL></PARAM><PARAM><PARAM_NAME>Size</PARAM_NAME><VAL>38</VAL></PARAM>
        <DELIVERY><DELIVERY_ID>PPL</DELIVERY_ID><DELIVERY_PRICE>99</DELIVERY_PRICE></DELIVERY></SHOPITEM></SHOP>
        """,
    words="Heureka",
    product="item_id",
    name="productname",
    photos=("imgurl", "imgurl_alternative"),
    rows=(("0015", "Runner 38", (f"{CDN}/h.jpg", f"{CDN}/h2.jpg", f"{CDN}/h3.jpg")),),
    values={0: {"Colour": ("red",), "Size": ("38",), "ean": ("0123456789012",), "itemgroup_id": ("G15",)}},
)

# yandex.com/support/partnermarket/offers.html; the document type is part of the form
YML = Feed(
    file="yml.xml",
    text=f"""\
        <?xml version="1.0" encoding="UTF-8"?>
        <!DOCTYPE yml_catalog SYSTEM "shops.dtd">
        <yml_catalog date="2024-05-01 17:22"><shop><name>Shop</name><currencies><currency id="RUR" rate="1"/></currencies>
        <categories><category id="1">Shoes</category><category id="10" parentId="1">Boots</category></categories>
        <offers><offer id="0012" available="true" group_id="7"><url>https://shop.example/12</url><price>8990</price><categoryId>10</categoryId>
        <picture>{CDN}/y1.jpg</picture><picture>{CDN}/y2.jpg</picture><name>Boot</name><vendor>Acme</vendor>
        <param name="Colour">black</param><param name="Size" unit="EU">38</param></offer>
        <offer id="0013" available="false"><categoryId>1</categoryId><picture>{CDN}/y3.jpg</picture><name>Clog</name></offer></offers></shop></yml_catalog>
        """,
    words="Yandex Market",
    product="id",
    name="name",
    photos=("picture",),
    rows=(("0012", "Boot", (f"{CDN}/y1.jpg", f"{CDN}/y2.jpg")), ("0013", "Clog", (f"{CDN}/y3.jpg",))),
    values={0: {"Colour": ("black",), "Size": ("38",), "group_id": ("7",)}},
)

# developer.skroutz.gr, products XML
SKROUTZ = Feed(
    file="skroutz.xml",
    text=f"""\
        <?xml version="1.0" encoding="UTF-8"?>
        <mywebstore><created_at>2024-05-01 12:00</created_at><products><product><uniqueid>000130</uniqueid><name><![CDATA[Runner]]></name>
        <link>https://shop.example/130</link><image>{CDN}/s.jpg</image><additional_imageurl>{CDN}/s2.jpg</additional_imageurl>
        <category>Shoes</category><price_with_vat>105.40</price_with_vat><manufacturer>Acme</manufacturer><mpn>007</mpn>
        <variations><variation><variationid>1</variationid><size>38</size></variation><variation><variationid>2</variationid><size>39</size></variation></variations>
        </product></products></mywebstore>
        """,
    words="Skroutz",
    product="uniqueid",
    name="name",
    photos=("image", "additional_imageurl"),
    rows=(("000130", "Runner", (f"{CDN}/s.jpg", f"{CDN}/s2.jpg")),),
    values={0: {"mpn": ("007",), "category": ("Shoes",)}},
)

FEEDS = {name: feed for name, feed in globals().items() if isinstance(feed, Feed)}


def seen(feed: Feed, folder: Path) -> Preview:
    path = folder / feed.file
    path.write_text(textwrap.dedent(feed.text), encoding="utf-8")
    return preview(str(path), SourceOptions())


@pytest.mark.parametrize("name", FEEDS)
def test_its_columns_are_what_they_are(name: str, tmp_path: Path) -> None:
    feed = FEEDS[name]
    found = seen(feed, tmp_path)
    roles = {column.column: column.role for column in found.columns}
    assert [column for column, role in roles.items() if role == "product"] == [feed.product]
    assert [column for column, role in roles.items() if role == "name"] == [feed.name]
    assert [column for column, role in roles.items() if role == "photo"] == [feed.photos[0]]
    assert [column for column, role in roles.items() if role == "further photos"] == list(feed.photos[1:])
    assert {column: roles[column] for column in feed.roles} == feed.roles
    assert (f"a {feed.words} export" in found.notes[0]) or not feed.words


@pytest.mark.parametrize("name", FEEDS)
def test_its_rows_are_what_they_say(name: str, tmp_path: Path) -> None:
    feed = FEEDS[name]
    rows = seen(feed, tmp_path).rows
    assert [(row.product_id, row.name, row.photos) for row in rows] == list(feed.rows)
    for place, values in feed.values.items():
        assert {column: rows[place].attributes.get(column) for column in values} == values


def test_a_column_without_a_letter_in_its_name_is_an_attribute(tmp_path: Path) -> None:
    path = tmp_path / "shop.csv"
    path.write_text("file_name,product_id,]/,??\na.jpg,1,x,y\n")
    found = preview(str(path), SourceOptions())
    assert {column.column: column.role for column in found.columns} == {
        "file_name": "photo",
        "product_id": "product",
        "]/": "attribute",
        "??": "attribute",
    }
