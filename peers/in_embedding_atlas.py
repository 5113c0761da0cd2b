"""Embedding Atlas: `atlas export` opens with its photos, coordinates and every value, in its own command and server."""

import tempfile
from pathlib import Path

from _peer import ask, catalogue, mapped, values

PACKAGES = "embedding-atlas==0.26.0"

OPEN = """
    import contextlib, io, json, os, subprocess, sys, zipfile
    import pandas
    written, folder = sys.argv[1:]
    command = os.path.join(os.path.dirname(sys.executable), "embedding-atlas")
    asked = ["--x", "projection_x", "--y", "projection_y", "--image", "image", "--disable-projection"]
    asked += ["--export-application", f"{folder}/app.zip"]
    subprocess.run([command, written, *asked], check=True, stdout=sys.stderr)
    with zipfile.ZipFile(f"{folder}/app.zip") as made:
        props = json.loads(made.read("data/metadata.json"))["props"]
        shown = pandas.read_parquet(io.BytesIO(made.read("data/dataset.parquet")))
    import duckdb
    pictures = [bytes(one["bytes"][:3]).hex() for one in shown["image"]]
    colours = [list(one) for one in shown["colour"]]
    names = duckdb.sql('SELECT "attribute.name" FROM shown WHERE "attribute.name" IS NOT NULL').fetchall()
    names_kept = ("product_id", "code", "height")
    kept = {name: [None if pandas.isna(one) else one for one in shown[name]] for name in names_kept}
    print(json.dumps([props["data"], pictures, colours, names, kept]))
"""


def main() -> None:
    """Out, and into the application that it makes of it."""
    folder = Path(tempfile.mkdtemp(prefix="embedding-atlas-"))
    engine = mapped(catalogue(folder))
    engine.atlas.export(str(folder / "out"))
    data, pictures, colours, names, kept = ask(PACKAGES, OPEN, folder / "out" / "atlas.parquet", folder)
    said = values(engine)
    assert kept["product_id"] == ["P1", "P1", "P2", "P3"], kept
    assert kept["code"] == [said[one].get("code", (None,))[0] for one in kept["product_id"]], kept
    assert kept["height"] == [0.5, 0.5, 1.5, 2.5], kept
    assert colours == [list(said[one]["colour"]) for one in kept["product_id"]], colours
    assert pictures == ["ffd8ff"] * 4, pictures
    assert names == [["a name of its own"]], names
    assert data["image"] == "image", data
    print(f"{PACKAGES}: opens it with photos, coordinates and every value")


if __name__ == "__main__":
    main()
