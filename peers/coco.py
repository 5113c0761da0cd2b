"""COCO: pycocotools and supervision load `annotate export --format coco`, and it comes back from each as it was."""

import tempfile
from pathlib import Path

from _peer import ask, catalogue, values

PACKAGES = "pycocotools==2.0.11 supervision==0.31.2"

PYCOCOTOOLS = """
    import contextlib, json, sys
    from pycocotools.coco import COCO
    with contextlib.redirect_stdout(sys.stderr):
        coco = COCO(sys.argv[1])
    names = {c["id"]: c["name"] for c in coco.loadCats(coco.getCatIds())}
    marks = {image: coco.loadAnns(coco.getAnnIds(imgIds=[image])) for image in coco.getImgIds()}
    found = [sorted(names[mark["category_id"]] for mark in own) for own in marks.values()]
    pixels = [int(coco.annToMask(mark).sum()) for own in marks.values() for mark in own]
    with open(sys.argv[2], "w") as file:
        json.dump(coco.dataset, file)
    print(json.dumps([found, len(set(names.values())) == len(names), pixels, len(coco.getCatIds(supNms=["colour"]))]))
"""

SUPERVISION = """
    import json, sys
    import supervision
    data = supervision.DetectionDataset.from_coco(sys.argv[1], sys.argv[2])
    found = {path[-10:]: sorted(data.classes[c] for c in marks.class_id) for path, _, marks in data}
    data.as_coco(images_directory_path=None, annotations_path=sys.argv[3])
    print(json.dumps(found))
"""


def main() -> None:
    """Out, through each, and in again: nothing is changed by what comes back."""
    folder = Path(tempfile.mkdtemp(prefix="coco-"))
    engine = catalogue(folder)
    written, theirs = folder / "coco.json", folder / "theirs.json"
    engine.annotate.export(format="coco", to=str(written))
    said, unique, pixels, found = ask(PACKAGES, PYCOCOTOOLS, written, theirs)
    assert said[0] == ["code=0042", "colour=red", "colour=white", "facing=left|right", "kind=red"], said
    assert unique and found == 4 and set(pixels) == {50 * 40}, (unique, found, pixels)
    back = engine.annotate.import_(str(theirs), by="ada", dry_run=True)
    assert (back.changed, back.bad_rows) == (0, []), back
    marks = ask(PACKAGES, SUPERVISION, folder / "photos", written, theirs)
    assert sorted(marks.values()) == sorted(said), marks
    before = values(engine)
    back = engine.annotate.import_(str(theirs), by="ada")
    assert (back.rows, back.bad_rows, values(engine)) == (3, [], before), (back, before, values(engine))
    print(f"{PACKAGES}: reads it, and gives it back")


if __name__ == "__main__":
    main()
