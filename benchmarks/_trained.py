"""A catalogue with a trained model: the one that is given, or one made from a folder of photos."""

from pathlib import Path

import lookscape
from lookscape.engine import Engine


def open_or_train(folder: Path, data: Path | None) -> Engine:
    """Open the catalogue in a folder; into an empty one ingest `data` and train the recipe `language`."""
    engine = lookscape.open(folder)
    if not engine.catalogue.counts().products:
        if data is None:
            raise SystemExit(f"{folder} holds no products; give --data or a --catalogue with a trained model")
        engine.manage.ingest(str(data))
        engine.manage.train("language")
    return engine
