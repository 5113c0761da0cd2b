"""Runs many commands in one interpreter, so that what is heavy is imported once: for tests in a copy of the code.

python many_commands.py < asked.json > answers.json

Asked is a list of `{"name", "words", "environment"}`; words are those of `lookscape WORDS`, or a script and its
options. Answers are `{name: {"code", "stdout", "stderr"}}`.
"""

import contextlib
import io
import json
import os
import runpy
import sys
from pathlib import Path
from unittest import mock


def main() -> None:
    """Read, run, answer."""
    asked = json.load(sys.stdin)
    json.dump({one["name"]: answer(one["words"], one["environment"]) for one in asked}, sys.stdout)


def answer(words: list[str], environment: dict[str, str]) -> dict:
    """Run one command as its own process would."""
    with (
        contextlib.redirect_stdout(io.StringIO()) as stdout,
        contextlib.redirect_stderr(io.StringIO()) as stderr,
        mock.patch.dict(os.environ, environment),
        mock.patch.object(sys, "argv", words if words[0].endswith(".py") else ["lookscape", *words]),
    ):
        code = run(words)
    return {"code": code, "stdout": stdout.getvalue(), "stderr": stderr.getvalue()}


def run(words: list[str]) -> object:
    """Its exit code; what a script prints when it exits with a sentence counts as 1."""
    from lookscape.interfaces.cli.app import main as lookscape

    try:
        if words[0].endswith(".py"):
            with mock.patch.object(sys, "path", [str(Path(words[0]).parent), *sys.path]):
                runpy.run_path(words[0], run_name="__main__")
        else:
            lookscape()
    except SystemExit as ended:
        if isinstance(ended.code, str):
            sys.stderr.write(ended.code)
            return 1
        return ended.code or 0
    return 0


if __name__ == "__main__":
    main()
