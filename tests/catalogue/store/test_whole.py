"""What is read of the whole catalogue in one scan is what look-ups by id say."""

from lookscape.catalogue.findings import Finding, FindingState, Fix, Wanted
from lookscape.catalogue.records import Attribute, Origin
from lookscape.catalogue.store.catalogue import Catalogue


def agrees(catalogue: Catalogue) -> None:
    photo_ids = [photo_id for product in catalogue.products(catalogue.ids()).values() for photo_id in product.photo_ids]
    owners = catalogue.products_of_photos(photo_ids)
    assert catalogue.first_products() == {photo_id: products[0] for photo_id, products in owners.items()}
    products = catalogue.products(catalogue.ids())
    for name in ("silhouette", "material", "style", "no such"):
        given = {product.id: product.attributes[name] for product in products.values() if name in product.attributes}
        assert catalogue.values_of(name) == given


def test_photos_and_values_of_all_products(catalogue_copy: Catalogue) -> None:
    assert (
        len(catalogue_copy.first_products()) == len(catalogue_copy.ids()) == len(catalogue_copy.values_of("material"))
    )
    agrees(catalogue_copy)


def test_what_people_say_is_seen_and_the_first_of_several_counts(catalogue_copy: Catalogue) -> None:
    product, other, *_ = catalogue_copy.ids()
    said = [(product, "style", "court"), (product, "style", "retro"), (other, "material", "felt")]
    values = [
        Attribute(product_id=one, name=name, value=value, origin=Origin.HUMAN, confidence=1.0)
        for one, name, value in said
    ]
    catalogue_copy.annotate(values, by="ada")
    assert catalogue_copy.values_of("style") == {product: "court"}
    assert catalogue_copy.values_of("material")[other] == "felt"
    agrees(catalogue_copy)


def test_photos_put_aside_have_no_product(catalogue_copy: Catalogue) -> None:
    aside = catalogue_copy.photo_ids()[3]
    wrong = Finding(photo_id=aside, says="twice", confidence=0.9, fix=Fix(remove=True))
    catalogue_copy.put_verdicts("duplicate", 1, [wrong])
    catalogue_copy.decide(Wanted(checks=("duplicate",)), FindingState.ACCEPTED, by="ada")
    assert aside not in catalogue_copy.first_products()
    agrees(catalogue_copy)
