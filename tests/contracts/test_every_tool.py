"""Every file in tools/ is a whole tool: documented, flat, and there in Python, terminal, HTTP and docs."""

import json
import sys
import typing
from pathlib import Path

import pytest
from pydantic import BaseModel

from lookscape import parts
from lookscape.engine import Engine
from lookscape.interfaces.http.app import create_app
from lookscape.tools import _tool
from lookscape.tools._tool import Tool, every_tool
from terminal import lookscape

TOOLS = list(every_tool())
REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "tools"


@pytest.fixture(params=TOOLS, ids=lambda tool: tool.path)
def tool(request: pytest.FixtureRequest) -> Tool:
    return request.param


def test_there_are_tools_in_every_group() -> None:
    assert {"manage", "search", "measure"} <= set(_tool.groups())
    assert all(_tool.tools(group) for group in _tool.groups())


def test_it_says_what_it_does(tool: Tool) -> None:
    first = tool.docstring.split("\n", 1)[0]
    assert first.endswith(".")
    assert 10 < len(first) < 100
    assert tool.module.run.__doc__


def test_its_params_are_flat_described_and_refuse_unknown_names(tool: Tool) -> None:
    assert issubclass(tool.params, _tool.Params)
    for name, info in tool.params.model_fields.items():
        assert info.description, f"{name} has no description"
        kinds = [info.annotation, *typing.get_args(info.annotation)]
        assert not any(isinstance(kind, type) and issubclass(kind, BaseModel) for kind in kinds), f"{name} is nested"
    assert tool.params.model_config["extra"] == "forbid"


def test_its_result_is_a_record_without_pixels(tool: Tool) -> None:
    assert issubclass(tool.result, _tool.Result)
    schema = json.dumps(tool.result.model_json_schema())
    assert '"format": "binary"' not in schema
    assert "base64" not in schema


def test_python_offers_it(tool: Tool) -> None:
    engine = Engine.__new__(Engine)
    bound = getattr(getattr(engine, tool.group), tool.name)
    assert bound.__doc__ == tool.docstring


def test_the_terminal_offers_it_with_every_parameter(tool: Tool) -> None:
    words = [tool.command] if tool.group == _tool.TOP_LEVEL else [tool.group, tool.command]
    ran = lookscape(*words, "--help", columns=200)
    assert ran.returncode == 0
    shown = ran.stdout
    for name in tool.params.model_fields:
        wanted = name.upper() if name in tool.positionals else f"--{name.replace('_', '-')}"
        assert wanted in shown
    assert "--json" in shown
    assert "--catalogue" in shown


def test_http_offers_it(tool: Tool, openapi: dict) -> None:
    entry = openapi["paths"][f"/api/v1/{tool.path}"]["post"]
    schema = entry["requestBody"]["content"]["application/json"]["schema"]
    assert set(schema["properties"] if tool.params.model_fields else {}) == set(tool.params.model_fields)
    assert str(202 if tool.slow else 200) in entry["responses"]
    assert {"404", "422"} <= set(entry["responses"])


def test_the_docs_have_it(tool: Tool) -> None:
    assert (REFERENCE / f"{tool.group}-{tool.command}.md").read_text(encoding="utf-8").startswith(f"# {tool.path}\n")


@pytest.fixture(scope="module")
def openapi(tmp_path_factory: pytest.TempPathFactory) -> dict:
    app = create_app(Engine.open(tmp_path_factory.mktemp("empty")), worker=False)
    return app.app.openapi()


def test_a_new_file_is_a_tool_with_no_other_edit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = '''"""Say a word back."""
from lookscape.tools import _tool

class Params(_tool.Params):
    """What."""
    word: str = _tool.positional("a word")

class Result(_tool.Result):
    """It."""
    said: str

def run(engine, params, progress):
    """Say it."""
    return Result(said=params.word)
'''
    (tmp_path / "echo.py").write_text(source)
    package = parts.load_module("lookscape.tools.measure")
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    monkeypatch.setattr(package.__spec__, "submodule_search_locations", package.__path__)
    parts.names.cache_clear()
    parts.summary.cache_clear()
    parts.docstring.cache_clear()
    try:
        engine = Engine.open(tmp_path / "catalogue")
        assert engine.measure.echo("hello").said == "hello"
        app = create_app(engine, worker=False)
        assert "/api/v1/measure/echo" in app.app.openapi()["paths"]
    finally:
        parts.names.cache_clear()
        sys.modules.pop("lookscape.tools.measure.echo", None)
