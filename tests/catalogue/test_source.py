"""How a spec such as `rendered:500` or `photos/` finds its source."""

from pathlib import Path

import pytest

from lookscape.catalogue.source import FileRow, SourceOptions, read_file, read_source
from lookscape.errors import UsageError

OPTIONS = SourceOptions()


def test_a_named_kind_wins_and_dashes_are_underscores(tmp_path: Path) -> None:
    assert read_source("rendered:3", OPTIONS).kind == "rendered"
    assert read_source(f"folder:{tmp_path}", OPTIONS).kind == "folder"
    with pytest.raises(UsageError, match="does not contain train-images"):
        read_source(f"fashion-mnist:{tmp_path}", OPTIONS)


def test_bare_paths_find_the_source_that_reads_them(tmp_path: Path) -> None:
    files, urls = tmp_path / "files.csv", tmp_path / "urls.csv"
    files.write_text("file_name,url\n1.jpg,http://a.example/1.jpg\n")
    urls.write_text("url\n")
    assert read_source(str(tmp_path), OPTIONS).kind == "folder"
    assert read_source(str(files), OPTIONS).kind == "table"
    urls.write_text("url\nhttp://a.example/1.jpg\n")
    assert read_source(str(urls), OPTIONS).kind == "links"


def test_a_colon_in_a_path_is_no_kind(tmp_path: Path) -> None:
    (tmp_path / "shop:2026").mkdir()
    assert read_source(str(tmp_path / "shop:2026"), OPTIONS).kind == "folder"


@pytest.mark.parametrize(("name", "message"), [("nothing", "is not there"), ("notes.md", "not a folder or a table")])
def test_what_no_source_reads_is_refused_with_the_kinds_there_are(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "notes.md").write_text("x")
    with pytest.raises(
        UsageError, match=f"{message}.*fashion-mnist:..., .*folder:..., links:..., .*table:"
    ):
        read_source(str(tmp_path / name), OPTIONS)


def test_a_file_is_read_up_to_a_little_over_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lookscape.catalogue.imaging.MAX_BYTES", 100)
    (tmp_path / "large").write_bytes(bytes(1000))
    assert len(read_file(str(tmp_path / "large"))) == 101


def test_the_state_of_a_file_is_everything_that_may_change() -> None:
    row = FileRow(path="1.jpg", stamp="1", product_id="P", name="N", attributes={"a": "ü"})
    assert row.state == ("1", "P", "N", '{"a": "ü"}')
