"""CVAT's XML and COCO as Datumaro reads and writes them: every value of every product is there and comes back."""

import tempfile
from pathlib import Path

from _peer import ask, catalogue, values

PACKAGES = "datumaro==1.13.12"

READ = """
    import contextlib, json, logging, os, shutil, sys
    logging.disable(logging.CRITICAL)
    import datumaro
    written, form, photos, folder = sys.argv[1:]
    os.makedirs(f"{folder}/in/annotations")
    place = "annotations.xml" if form == "cvat" else "annotations/instances_default.json"
    shutil.copy(written, f"{folder}/in/{place}")
    os.symlink(photos, f"{folder}/in/images")
    with contextlib.redirect_stdout(sys.stderr):
        data = datumaro.Dataset.import_from(f"{folder}/in", form)
        labels = data.categories()[datumaro.AnnotationType.label]
        found = {item.id: sorted({labels[one.label].name for one in item.annotations}) for item in data}
        data.export(f"{folder}/out", "cvat" if form == "cvat" else "coco_instances", save_media=False)
    print(json.dumps(found))
"""

SAID = {
    "a/side": ["code=0042", "colour=red", "colour=white", "facing=left|right", "kind=red"],
    "b/heel": ["code=1E5", "colour=black", "colour=green", "facing=up", "name=a name of its own"],
    "b/back": ["colour=red", "facing=C:\\new", "kind=red"],
}


def main() -> None:
    """Out, through Datumaro, and in again."""
    for form in ("cvat", "coco"):
        folder = Path(tempfile.mkdtemp(prefix=f"{form}-"))
        engine = catalogue(folder)
        written = folder / "written"
        engine.annotate.export(format=form, to=str(written))
        said = ask(PACKAGES, READ, written, form, folder / "photos", folder)
        assert said == SAID, said
        before = {one: {name: set(said) for name, said in own.items()} for one, own in values(engine).items()}
        ending = "xml" if form == "cvat" else "json"
        [theirs] = [path for path in (folder / "out").rglob(f"*.{ending}") if path.is_file()]
        back = engine.annotate.import_(str(theirs), by="ada", format=form)
        after = {one: {name: set(said) for name, said in own.items()} for one, own in values(engine).items()}
        assert (back.bad_rows, after) == ([], before), (form, back.bad_rows, after)
        print(f"{PACKAGES}: reads {form}, and gives it back")


if __name__ == "__main__":
    main()
