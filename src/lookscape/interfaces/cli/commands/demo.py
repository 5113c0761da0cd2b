"""Everything, end to end: ingest, embed, measure, learn the visual language, search, then serve the studio.

DIR is the catalogue's folder. Without --photos it draws its own products, so it needs no photos and no network.
Running it again goes on with what is there.
"""

import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from lookscape.interfaces.cli.commands.serve import PORT

STEPS = 1000
"""Training steps: a language good enough to try out, in a minute or two."""

NAMED, SURE = 5, 0.8
"""Factors to print, and how sure a suggested name must be."""

DIR = "demo-catalogue"
PHOTOS = "rendered:600"


def main(
    *,
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help=f"the catalogue's folder [default: {DIR}]")] = Path(
        DIR
    ),
    photos: Annotated[str, typer.Option(help="a folder, a table, or any other source; see ingest")] = PHOTOS,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="stop after the summary")] = False,
    steps: Annotated[int, typer.Option(help="training steps of the visual language", min=0)] = STEPS,
    port: Annotated[int, typer.Option(help="port of the studio", min=0, max=65535)] = PORT,
) -> None:
    """Run the main job, print what came of it, serve."""
    from lookscape.engine import Engine
    from lookscape.interfaces.http.server import serve

    engine = Engine.open(folder)
    Demo(engine, Console(), steps=steps).run(photos)
    if not no_serve:
        console = Console(stderr=True)
        serve(engine, host="127.0.0.1", port=port, announce=lambda url: console.print(f"Lookscape studio: {url}"))


class Demo:
    """The steps, each printed with what it gave and how long it took."""

    def __init__(self, engine: Any, console: Console, *, steps: int = STEPS) -> None:
        self.engine, self.console, self.steps = engine, console, steps

    def run(self, photos: str) -> None:
        """Ingest, embed, measure, learn, describe, recommend."""
        taken = self._step("ingest", lambda progress: self.engine.manage.ingest(photos, progress=progress))
        self._say(f"{taken.photos} photos of {taken.products} products, {taken.rejected} files rejected")
        vectors = self._step("embed", lambda progress: self.engine.manage.embed(progress=progress))
        self._say(f"{vectors.vectors} vectors of {vectors.dim} dimensions in the space {vectors.space}")
        queries = min(100, taken.photos)
        found = self._step("measure", lambda progress: self.engine.measure.recall(queries=queries, progress=progress))
        first = found.recalls[0]
        self._say(
            f"cropped, recompressed copies find their own product first: {first.recall:.0%} of {found.queries} "
            f"({first.low:.0%} to {first.high:.0%} at 95 %)"
        )
        self._learn()
        self._like()
        where = self.engine.folder
        self.console.print(f"\nNext:  lookscape search by-photo PHOTO -C {where}\n       lookscape serve -C {where}")

    def _learn(self) -> None:
        """The visual language, without labels: what it rebuilds, what its factors are, a product in its words."""
        learned = self._step("train", lambda progress: self.engine.manage.train(steps=self.steps, progress=progress))
        if learned.psnr_db is not None:
            self._say(f"{learned.test} photos kept aside are reconstructed at {learned.psnr_db:.1f} dB")
        factors = self._step("factors", lambda progress: self.engine.latent.factors(progress=progress))
        for factor in [one for one in factors.factors if one.confidence >= SURE][:NAMED]:
            self._say(f"{factor.factor} ({factor.low_words} ... {factor.high_words})")
        product = self.engine.search.find(limit=1).products[0]
        self._say(self.engine.latent.describe(product.product_id).sentence)

    def _like(self) -> None:
        product = self.engine.search.find(limit=1).products[0]
        hits = self.engine.search.like(product.product_id, limit=3).hits
        self.console.print(f"like {product.name!r}:", highlight=False)
        for hit in hits:
            self._say(f"{hit.score:.2f}  {hit.name}")

    def _step(self, name: str, work: Any) -> Any:
        from lookscape.interfaces.cli import output

        started = time.perf_counter()
        with output.progress_bar(quiet=False) as progress:
            result = work(progress)
        self.console.print(f"{name}: {time.perf_counter() - started:.1f} s", highlight=False)
        return result

    def _say(self, text: str) -> None:
        self.console.print(f"  {text}", highlight=False, soft_wrap=True)
