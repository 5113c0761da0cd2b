"""The demo runs end to end on drawn products and says what came of each step."""

import subprocess
import sys
from pathlib import Path


def test_the_demo_learns_a_language_and_describes_a_product(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    words = ["demo", str(folder), "--photos", "rendered:30,size=64", "--no-serve", "--steps", "2"]
    ran = subprocess.run([sys.executable, "-m", "lookscape", *words], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    for step in ("ingest:", "embed:", "measure:", "train:", "factors:"):
        assert step in ran.stdout
    assert "30 photos of 30 products" in ran.stdout
    assert "are reconstructed at" in ran.stdout
    assert (folder / "models" / "language" / "trained.json").is_file()
