"""LightlyStudio loads COCO and the folder of `clean export`; its COCO comes back as it was."""

import tempfile
from pathlib import Path

from _peer import ask, catalogue, values

PACKAGES = "lightly-studio==1.2.0"

LOAD = """
    import contextlib, json, sys
    folder = sys.argv[1]
    with contextlib.redirect_stdout(sys.stderr):
        import lightly_studio
        lightly_studio.db_manager.connect(db_file=f"{folder}/studio.db", cleanup_existing=True)
        labelled = lightly_studio.ImageDataset.create("labelled")
        labelled.add_samples_from_coco(
            annotations_json=f"{folder}/coco.json", images_path=f"{folder}/photos",
            embed=False, embed_annotations=False)
        found = {one.file_path_abs[-10:]: sorted(mark.class_name for mark in one.annotations) for one in labelled}
        labelled.export().to_coco_object_detections(f"{folder}/theirs.json")
        copies = lightly_studio.ImageDataset.create("copies")
        copies.add_images_from_path(f"{folder}/copies", embed=False)
        names = sorted(one.file_name for one in copies)
    print(json.dumps([found, names]))
"""


def main() -> None:
    """Out, through it, and in again."""
    folder = Path(tempfile.mkdtemp(prefix="lightly-studio-"))
    engine = catalogue(folder)
    engine.annotate.export(format="coco", to=str(folder / "coco.json"))
    engine.clean.export(str(folder / "copies"), size=64)
    found, names = ask(PACKAGES, LOAD, folder)
    assert found["a/side.jpg"] == ["code=0042", "colour=red", "colour=white", "facing=left|right", "kind=red"], found
    assert len(found) == 3, found
    assert names == sorted(path.name for path in (folder / "copies").glob("*.jpg")), names
    before = {one: {name: set(said) for name, said in own.items()} for one, own in values(engine).items()}
    back = engine.annotate.import_(str(folder / "theirs.json"), by="ada")
    after = {one: {name: set(said) for name, said in own.items()} for one, own in values(engine).items()}
    assert (back.bad_rows, after) == ([], before), (back, before, after)
    print(f"{PACKAGES}: loads COCO and the folder of copies, gives COCO back")


if __name__ == "__main__":
    main()
