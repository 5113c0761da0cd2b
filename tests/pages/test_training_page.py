"""The training page in a browser: a run that is under way, one that is over, one that waits, and none."""

import io
import json
import os
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from PIL import Image
from playwright.sync_api import expect

from lookscape.engine import Engine
from lookscape.representation.specs import TRAINED_MARK
from lookscape.representation.training.finish import FILE as REPORT
from lookscape.representation.training.finish import Finished
from lookscape.representation.training.history import METRICS, RUN, About, Figures, Line, Log

pytestmark = pytest.mark.page

ABOUT = About(
    recipe="language", model="beta_vae", steps=300, batch_size=64, side=32, dim=8, train=190, validation=12, test=22
)
CHARTS = [
    *("Likeness", "Information", "Active latents", "Sharpness"),
    *("Batch: reconstruction", "Batch: divergence", "Speed", "Learning rate"),
]
FIGURES = Figures(psnr_db=21.5, explained=0.8, sharpness=0.4, kl_nats=30.0, active_units=7)


@pytest.fixture
def models(engine_of_studio: Engine) -> Iterator[Path]:
    folder = engine_of_studio.folder / "models"
    before = {path.name for path in folder.iterdir()}
    yield folder
    for path in folder.iterdir():
        if path.name not in before:
            shutil.rmtree(path)


def begin(folder: Path, *, steps: int) -> None:
    (folder / "film").mkdir(parents=True)
    (folder / RUN).write_text(ABOUT.model_dump_json())
    log = Log(folder)
    for step in range(10, steps + 1, 10):
        look = FIGURES if step % 50 == 0 else None
        log.add(line(step, look))
    for step in (0, 1, 10, 100):
        frame(folder, step)


def line(step: int, look: Figures | None) -> Line:
    measured = {"reconstruction": 4000.0 / step, "divergence": 30.0}
    return Line(
        step=step, epoch=step / 3, seconds=step / 10, photos_per_second=640.0, learning_rate=1e-3, measured=measured,
        train=look, held_out=look,
    )  # fmt: skip


def frame(folder: Path, step: int) -> None:
    file = io.BytesIO()
    Image.new("RGB", (256, 128), (min(255, step), 80, 120)).save(file, "WEBP")
    (folder / "film" / f"{step:07d}.webp").write_bytes(file.getvalue())


def end(folder: Path) -> None:
    report = Finished(
        judged_on="test", photos=22, psnr_db=21.46, psnr_low_db=20.9, psnr_high_db=22.0, ssim=0.812, kl_nats=30.2,
        active_units=7, dim=8, mixture_components=2, alarms=(),
    )  # fmt: skip
    (folder / TRAINED_MARK).write_text("{}")
    (folder / REPORT).write_text(report.model_dump_json())


def test_a_run_is_watched_until_it_is_over(browse, models: Path) -> None:
    begin(models / "language", steps=200)
    page = browse("/training")
    expect(page.locator("#state")).to_have_text("running")
    expect(page.locator("#line")).to_contain_text("200 of 300 steps · 190 photos · 20 s · 640 photos a second")
    expect(page.locator("#line")).to_contain_text("about 10 s left")
    expect(page.locator("#progress")).to_have_js_property("value", 200)
    expect(page.locator("#alarms strong")).to_have_text(["Only 190 photos to train on."])
    expect(page.locator(".chart h3")).to_have_text(CHARTS)
    likeness = page.locator("[data-chart=psnr_db] .legend li")
    expect(likeness).to_have_text(["new photos 21.5", "photos it trains on 21.5"])
    log = Log(models / "language")
    log.add(line(210, FIGURES.model_copy(update={"psnr_db": 23.0})))
    frame(models / "language", 200)
    expect(page.locator("#progress")).to_have_js_property("value", 210)
    expect(likeness.first).to_have_text("new photos 23")
    expect(page.locator("#film-step")).to_have_text("after 200 steps")
    for step in range(220, 301, 10):
        log.add(line(step, FIGURES))
    end(models / "language")
    expect(page.locator("#state")).to_have_text("done")
    expect(page.locator(".figures dd").first).to_have_text("21.46 dB")
    expect(page.locator("#progress")).to_be_hidden()


def test_the_film_plays_and_is_scrubbed(browse, models: Path) -> None:
    begin(models / "language", steps=100)
    page = browse("/training?run=language", "phone-light")
    place, step = page.get_by_label("Position in the film"), page.locator("#film-step")
    expect(step).to_have_text("after 100 steps")
    place.focus()
    page.keyboard.press("Home")
    expect(step).to_have_text("before the first step")
    expect(page.locator("#film")).to_have_attribute("src", re.compile(r"/films/language/0000000\.webp$"))
    page.keyboard.press("ArrowRight")
    expect(step).to_have_text("after 1 step")
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(step).to_have_text("after 100 steps")
    page.get_by_role("button", name="Pause").click()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_curve_tells_its_values_under_the_pointer(browse, models: Path) -> None:
    begin(models / "language", steps=300)
    page = browse("/training")
    page.locator("[data-chart=batch-reconstruction] svg").hover(position={"x": 60, "y": 40})
    expect(page.locator("[data-chart=batch-reconstruction] .legend")).to_contain_text(" at ")
    page.locator("h1").hover()
    expect(page.locator("[data-chart=batch-reconstruction] .legend")).to_have_text("13.3")


def test_a_run_that_stopped_says_how_to_go_on(browse, models: Path) -> None:
    begin(models / "old", steps=100)
    past = time.time() - 3600
    for name in (RUN, METRICS):
        os.utime(models / "old" / name, (past, past))
    page = browse("/training?run=old", "wide-dark")
    expect(page.locator("#state")).to_have_text("stopped")
    expect(page.locator(".run .notice")).to_contain_text("it resumes where it stopped")


def test_a_training_is_started_and_waits(browse, models: Path, engine_of_studio: Engine) -> None:
    jobs = engine_of_studio.catalogue.jobs
    begin(models / "language", steps=20)
    page = browse("/training")
    page.locator("#begin > summary").click()
    page.get_by_label("What to train").select_option("pca")
    page.get_by_label("Name").fill("first-try")
    page.locator("#start .options > summary").click()
    page.locator("#start-steps").fill("50")
    page.get_by_role("button", name="Start").click()
    expect(page.locator(".run .nothing h2")).to_have_text("first-try waits for its turn")
    expect(page.locator("#runs")).to_contain_text("first-tryqueued")
    (job,) = [job for job in jobs.latest() if job.tool == "manage/train"]
    given = json.loads(job.params)
    assert (given["recipe"], given["name"], given["steps"]) == ("pca", "first-try", 50)
    begin(models / "first-try", steps=20)
    expect(page.locator("#state")).to_have_text("running")
    jobs.cancel(job.id)
    jobs.clear_ended()


def test_without_trainings_it_says_what_to_do(browse, empty_studio: str) -> None:
    page = browse("/training", at=empty_studio)
    expect(page.locator(".run .nothing h2")).to_have_text("No model trained yet")
    expect(page.locator("#begin .notice")).to_contain_text("There are no photos to train on")


@pytest.mark.parametrize(
    "path",
    ["films/language/0000011.webp", "films/..%2F/strip.png", "films/language/..%2Frun.json", "api/v1/training/none"],
)
def test_films_and_records_are_of_trainings_alone(models: Path, studio: str, path: str) -> None:
    begin(models / "language", steps=20)
    with urlopen(f"{studio}/films/language/0000010.webp") as answer:
        assert answer.headers["content-type"] == "image/webp"
    with pytest.raises(HTTPError, match=r"404|422") as caught:
        urlopen(f"{studio}/{path}")
    caught.value.close()
