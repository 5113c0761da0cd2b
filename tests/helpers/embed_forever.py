"""Embeds slowly until it is killed: python embed_forever.py FOLDER. The test starts it and kills it."""

import sys
import time
from pathlib import Path

from lookscape.representation.spaces import embed as embedding
from lookscape.representation.spaces.space import Spaces
from mean_colour import MeanColour
from photo_sets import photo_set


def slowly(done: int, total: int, stage: str) -> None:
    sys.stdout.write(f"{done}\n")
    sys.stdout.flush()
    time.sleep(0.01)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    embedding.PART, embedding.REPORT_EVERY = 20, 2
    encoder = MeanColour()
    space = Spaces(folder / "spaces").ensure("colour", model="colour", encoder=encoder)
    embedding.embed(encoder, photo_set(200), space, fitted=folder / "fitted", progress=slowly)
