"""TensorBoard's projector serves `atlas export`: points, a table with every value, and the sprite of the photos."""

import tempfile
from pathlib import Path

from _peer import ask, catalogue, mapped

PACKAGES = "tensorboard==2.21.0 pillow==12.3.0"

SERVE = """
    import io, json, logging, sys, urllib.parse, urllib.request
    import numpy
    from PIL import Image
    from tensorboard import program
    logging.disable(logging.CRITICAL)
    board = program.TensorBoard()
    where = ["--logdir", sys.argv[1], "--port", "0", "--host", "127.0.0.1", "--load_fast", "false"]
    board.configure(argv=["tensorboard", *where])
    url = board.launch()
    def get(route, **asked):
        words = urllib.parse.urlencode(asked)
        with urllib.request.urlopen(f"{url}data/plugin/projector/{route}?{words}") as answer:
            return answer.read()
    [run] = json.loads(get("runs"))
    [about] = json.loads(get("info", run=run))["embeddings"]
    points = numpy.frombuffer(get("tensor", run=run, name=about["tensorName"]), numpy.float32)
    rows = [line.split("\\t") for line in get("metadata", run=run, name=about["tensorName"]).decode().splitlines()]
    sprite = Image.open(io.BytesIO(get("sprite_image", run=run, name=about["tensorName"])))
    print(json.dumps([about, points.tolist(), rows, sprite.size]))
"""


def main() -> None:
    """Out, and asked of a running TensorBoard."""
    folder = Path(tempfile.mkdtemp(prefix="tensorboard-"))
    engine = mapped(catalogue(folder))
    engine.atlas.export(str(folder / "out"))
    about, points, rows, sprite = ask(PACKAGES, SERVE, folder / "out")
    head, *told = rows
    table = {one[1]: dict(zip(head, one, strict=True)) for one in told}
    assert about["tensorShape"] == [4, 2] and len(points) == 8, about
    assert about["sprite"]["singleImageDim"] == [64, 64] and sprite == [128, 128], (about, sprite)
    assert [one[1] for one in told] == ["P1", "P1", "P2", "P3"], told
    assert table["P1"]["colour"] == "red|white" and table["P1"]["code"] == "0042", table
    assert table["P1"]["facing"] == "left\\|right" and table["P3"]["facing"] == "C:\\\\new", table
    print(f"{PACKAGES}: its projector serves points, values and photos")


if __name__ == "__main__":
    main()
