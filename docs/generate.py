"""Writes the pages of docs/reference/ from the tools, models, backends and sources themselves; --check compares.

python docs/generate.py            write, and draw the rooms (docs/rooms.py)
python docs/generate.py --check    exit 1 and name the pages that are not as they should be
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import rooms

from lookscape import parts
from lookscape.tools._tool import TOP_LEVEL, Tool, every_tool

REFERENCE = Path(__file__).parent / "reference"
FOLDERS = (
    ("lookscape.representation.models", "models", "Models", "`embed MODEL` takes any; some are trained first."),
    ("lookscape.representation.recipes", "recipes", "Recipes", "`train RECIPE` takes any of them."),
    (
        "lookscape.representation.networks.backbones",
        "backbones",
        "Libraries of backbones",
        "`pretrained:LIBRARY/NETWORK`.",
    ),
    ("lookscape.representation.inference.runtimes", "runtimes", "Inference engines", "LOOKSCAPE_RUNTIME chooses."),
    ("lookscape.index.backends", "backends", "Index backends", "LOOKSCAPE_BACKEND chooses."),
    ("lookscape.index.layouts", "layouts", "Layouts of maps", "`atlas map --method` chooses."),
    ("lookscape.catalogue.sources", "sources", "Sources", "`ingest SOURCE` reads any of them."),
    ("lookscape.catalogue.gates", "gates", "Gates", "Every photo passes all of them on ingest."),
    ("lookscape.catalogue.measures", "measures", "Measures", "`gauge` takes all of them of every photo."),
    ("lookscape.catalogue.checks", "checks", "Checks", "`clean check` runs them, people review what they find."),
    ("lookscape.classifiers.saliency", "saliency", "Heat maps", "`predict explain --method` chooses."),
    ("lookscape.services.labels.formats", "formats", "Files of labels", "`annotate export --format` chooses."),
    ("lookscape.interfaces.cli.commands", "commands", "Commands", "The other commands are tools."),
)
"""Folders of parts, one file each: package, page, title, and how a part is chosen."""


def main() -> None:
    """Write or check."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--check", action="store_true", help="change nothing")
    pages = {REFERENCE / name: text for name, text in _pages().items()}
    if options.parse_args().check:
        _check(pages)
        return
    for path in set(REFERENCE.rglob("*.md")) - set(pages):
        path.unlink()
    for path, text in pages.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    rooms.write()


def _check(pages: dict[Path, str]) -> None:
    stale = [path for path, text in pages.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    stale += sorted(set(REFERENCE.rglob("*.md")) - set(pages))
    if stale:
        names = ", ".join(str(path.relative_to(REFERENCE)) for path in stale)
        sys.exit(f"these pages are not as the code says: {names}; run: python docs/generate.py")


def _pages() -> dict[str, str]:
    tools = list(every_tool())
    pages = {"README.md": _contents(tools)}
    pages |= {f"tools/{tool.group}-{tool.command}.md": _tool_page(tool) for tool in tools}
    pages |= {f"{file}.md": _folder_page(package, title, intro) for package, file, title, intro in FOLDERS}
    return pages


def _contents(tools: list[Tool]) -> str:
    lines = ["# Reference", "", "Made from the code by `python docs/generate.py`.", "", "## Tools", ""]
    lines += [f"- [{tool.path}](tools/{tool.group}-{tool.command}.md): {tool.summary}" for tool in tools]
    lines += ["", "## Parts", "", *(f"- [{title}]({file}.md)" for _, file, title, _ in FOLDERS), ""]
    return "\n".join(lines)


def _tool_page(tool: Tool) -> str:
    command = tool.command if tool.group == TOP_LEVEL else f"{tool.group} {tool.command}"
    names = " ".join(name.upper() for name in tool.positionals)
    example = dict.fromkeys(tool.positionals, "...")
    lines = [f"# {tool.path}", "", tool.docstring, "", "| from | call |", "|---|---|"]
    lines += [
        f"| terminal | `lookscape {command} {names}`".rstrip() + " |",
        f"| Python | `engine.{tool.group}.{tool.name}({', '.join(tool.positionals)})` |",
        f"| HTTP | `POST /api/v1/{tool.path}` with `{json.dumps(example)}` |",
    ]
    if tool.slow:
        lines += ["", "Runs as a job over HTTP: the answer is 202 with the job, to be watched at `/api/v1/jobs/ID`."]
    lines += ["", "## Parameters", "", *_fields(tool.params.model_json_schema()), ""]
    lines += ["## Result", "", *_fields(tool.result.model_json_schema())]
    return "\n".join(lines) + "\n"


def _fields(schema: dict[str, Any]) -> list[str]:
    if not schema.get("properties"):
        return ["None."]
    required = set(schema.get("required", ()))
    lines = ["| name | type | default | meaning |", "|---|---|---|---|"]
    for name, field in schema["properties"].items():
        default = "required" if name in required else f"`{json.dumps(field.get('default'))}`"
        lines.append(f"| `{name}` | {_type(field)} | {default} | {field.get('description', '')} |")
    for title, nested in schema.get("$defs", {}).items():
        lines += ["", f"### {title}", "", nested.get("description", ""), "", *_fields(nested)]
    return lines


def _type(field: dict[str, Any]) -> str:
    if "$ref" in field:
        return str(field["$ref"].rsplit("/", 1)[-1])
    if "anyOf" in field:
        return " or ".join(_type(arm) for arm in field["anyOf"])
    if "enum" in field:
        return " or ".join(f"`{value}`" for value in field["enum"])
    if field.get("type") == "array":
        return f"list of {_type(field.get('items', {}))}"
    limits = [f"{sign} {field[key]}" for key, sign in (("minimum", "≥"), ("maximum", "≤")) if key in field]
    return " ".join([str(field.get("type", "any")), *limits])


def _folder_page(package: str, title: str, intro: str) -> str:
    lines = [f"# {title}", "", intro, ""]
    for name in parts.names(package):
        lines += [f"## {name.replace('_', '-')}", "", parts.docstring(package, name), ""]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
