"""Label Studio: its converter makes JSON, JSON_MIN and CSV of our tasks, and all three come back whole."""

import json
import tempfile
from pathlib import Path

from _peer import ask, catalogue, values

PACKAGES = "label-studio-sdk==2.1.2"
RESULTS = {"JSON": "result.json", "JSON_MIN": "result.json", "CSV": "result.csv"}

CONVERT = """
    import contextlib, html, json, sys
    from label_studio_sdk.converter import Converter
    tasks = json.load(open(sys.argv[1]))
    made = [made for task in tasks for made in task["annotations"] + task["predictions"]]
    choices = {}
    for result in (result for one in made for result in one["result"]):
        choices.setdefault(result["from_name"], set()).update(result["value"]["choices"])
    controls = "".join(
        '<Choices name="%s" toName="image" choice="multiple">%s</Choices>' % (
            html.escape(name), "".join('<Choice value="%s"/>' % html.escape(value) for value in sorted(found)))
        for name, found in choices.items())
    with contextlib.redirect_stdout(sys.stderr):
        converter = Converter(f'<View><Image name="image" value="$image"/>{controls}</View>', sys.argv[2])
        for form in ("JSON", "JSON_MIN", "CSV"):
            converter.convert(sys.argv[1], f"{sys.argv[2]}/{form}", form, is_dir=False)
    print(json.dumps(sorted(choices)))
"""


def main() -> None:
    """Out, through the converter in three forms, and each in again after people's values were taken away."""
    folder = Path(tempfile.mkdtemp(prefix="label-studio-"))
    engine = catalogue(folder)
    written, before = folder / "tasks.json", values(engine)
    engine.annotate.export(format="label-studio", to=str(written))
    controls = ask(PACKAGES, CONVERT, written, folder)
    assert controls == ["attribute[name]", "code", "colour", "facing", "height", "kind"], controls
    for form, file in RESULTS.items():
        for name in ("colour", "name", "kind", "code"):
            engine.annotate.clear(name, everything=True, withdraw=True)
        assert values(engine) != before
        back = engine.annotate.import_(str(folder / form / file), by="ada")
        assert (back.bad_rows, values(engine)) == ([], before), (form, back.bad_rows, values(engine), before)
        assert json.loads(written.read_text())
    print(f"{PACKAGES}: converts it, and JSON, JSON_MIN and CSV come back whole")


if __name__ == "__main__":
    main()
