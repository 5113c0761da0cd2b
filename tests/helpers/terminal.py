"""The command line in this process: the same words and the same text, without seconds of imports for every call.

What depends on a process of its own (what help imports, `python -m lookscape`) is asked of a real one.
"""

import contextlib
import io
import os
import subprocess
import sys
from unittest.mock import patch

from lookscape.interfaces.cli.app import main


def lookscape(*words: str, columns: int = 80) -> "subprocess.CompletedProcess[str]":
    """Its exit code and what it said, as subprocess.run would tell; a bug is raised as it is."""
    said, complained = io.StringIO(), io.StringIO()
    with (
        patch.object(sys, "argv", ["lookscape", *words]),
        patch.object(sys.modules["__main__"], "__package__", ""),  # else the program is named after pytest's
        patch.dict(os.environ, {"COLUMNS": str(columns)}),
        contextlib.redirect_stdout(said),
        contextlib.redirect_stderr(complained),
    ):
        try:
            main()
            code = 0
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return subprocess.CompletedProcess(["lookscape", *words], code, said.getvalue(), complained.getvalue())
