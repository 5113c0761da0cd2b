"""Hugging Face datasets: `clean export` is an imagefolder, in Parquet with every value; layouts that lose some."""

import shutil
import tempfile
from pathlib import Path

from _peer import ask, catalogue, mapped, values

PACKAGES = "datasets==5.2.0 pillow==12.3.0"

LOAD = """
    import json, sys
    from datasets import load_dataset
    def rows(*given, **named):
        found = load_dataset(*given, **named, cache_dir=sys.argv[1])
        images = {"image": None}
        return {name: [one | images if "image" in one else one for one in split] for name, split in found.items()}
    folders = {name: rows("imagefolder", data_dir=name) for name in sys.argv[3:]}
    [atlas] = load_dataset("parquet", data_files=sys.argv[2], cache_dir=sys.argv[1]).values()
    print(json.dumps([folders, [one["product_id"] for one in atlas], [one["colour"] for one in atlas]]))
"""

SAID = {
    "P1": {"code": "0042", "colour": ["red", "white"], "facing": "left|right", "height": "0.5", "kind": "red"},
    "P2": {"code": "1E5", "colour": ["black", "green"], "facing": "up", "height": "1.5"},
    "P3": {"colour": ["red"], "facing": "C:\\new", "height": "2.5", "kind": "red"},
}


def main() -> None:
    """Out and read; then the layouts that lose rows without a word, as docs/exports.md warns."""
    folder = Path(tempfile.mkdtemp(prefix="datasets-"))
    engine = mapped(catalogue(folder))
    engine.clean.export(str(folder / "parquet"), size=64, table="parquet")
    done = engine.clean.export(str(folder / "csv"), size=64)
    assert any("'code'" in sentence and "--table parquet" in sentence for sentence in done.warnings), done.warnings
    engine.atlas.export(str(folder / "atlas"))
    beside, both, called, word = (folder / name for name in ("beside", "both", "called", "word"))
    shutil.copytree(folder / "parquet", beside)
    shutil.copytree(folder / "photos" / "a", beside / "train")
    shutil.copytree(folder / "photos", both)
    (both / "metadata.jsonl").write_text('{"file_name": "a/side.jpg", "product_id": "P1"}')
    for made, renamed in ((called, ("a", "train")), (word, ("a/side.jpg", "a/side_test_1.jpg"))):
        shutil.copytree(folder / "photos", made, ignore=shutil.ignore_patterns("metadata.*"))
        (made / renamed[0]).rename(made / renamed[1])
    layouts = [folder / "parquet", folder / "csv", beside, both, called, word]
    found, products, colours = ask(PACKAGES, LOAD, folder / "cache", folder / "atlas" / "atlas.parquet", *layouts)
    rows = found[str(folder / "parquet")]["train"]
    kept = [(one["product_id"], {name: one[name] for name in ("code", *SAID["P1"]) if one[name]}) for one in rows]
    assert kept == [(one, SAID[one]) for one in ("P1", "P1", "P2", "P3")], kept
    assert [one["attribute[name]"] for one in rows] == [None, None, "a name of its own", None], rows
    assert products == ["P1", "P1", "P2", "P3"], products
    assert colours == [list(values(engine)[one]["colour"]) for one in products], colours
    assert [one["code"] for one in found[str(folder / "csv")]["train"]] == [42.0, 42.0, 100000.0, None]
    sizes = {
        path.name: {split: (len(said), sorted(said[0])) for split, said in found[str(path)].items()}
        for path in layouts[2:]
    }
    assert sizes == {
        "beside": {"train": (2, ["image"])},
        "both": {"train": (1, ["image", "product_id"])},
        "called": {"train": (2, ["image"])},
        "word": {"test": (1, ["image"])},
    }, sizes
    print(f"{PACKAGES}: reads clean export and atlas export; other layouts lose photos or labels")


if __name__ == "__main__":
    main()
