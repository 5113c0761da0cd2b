"""Text tables as they come: header, separator and letters found out, every line that cannot be told is named alone."""

from pathlib import Path

import pytest

from lookscape.catalogue.tables.opening import open_table
from lookscape.catalogue.tables.reading import known_names, read_columns
from lookscape.catalogue.tables.records import records
from lookscape.catalogue.tables.table import Table
from lookscape.errors import UsageError


def table(folder: Path, text: str | bytes, *, name: str = "t.csv") -> Table:
    (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return open_table(folder / name, known=known_names)


def told(found: Table) -> list[tuple[str, dict[str, str], str]]:
    return [
        (line.place, {key: "|".join(said) for key, said in line.cells.items()}, line.problem) for line in found.lines()
    ]


def problems(found: Table) -> dict[str, str]:
    return {line.place: line.problem for line in found.lines() if line.problem}


@pytest.mark.parametrize(
    ("text", "columns", "words"),
    [
        ("file_name;Preis\na.jpg;12,50\n", ("file_name", "Preis"), "UTF-8 text separated by semicolons"),
        ("file_name\tnote\na.jpg\tx, y; z\n", ("file_name", "note"), "UTF-8 text separated by tabs"),
        ("Shop\n\nmade, on Monday\nsku|image\n1|a.jpg\n", ("sku", "image"), "separated by bars, header in line 4"),
        ("sep=;\nsku;image\n1;a.jpg\n", ("sku", "image"), "separated by semicolons, header in line 2"),
        ("sku,image\r1,a.jpg\r", ("sku", "image"), "separated by commas"),
        ("file_name,caption\nimage_1.jpg,photo of an image\n", ("file_name", "caption"), "separated by commas"),
        (
            "Seller SKU,Main Image URL\nitem_sku,main_image_url\n1,https://a.example/1.jpg\n",
            ("item_sku", "main_image_url"),
            "header in line 2",
        ),
    ],
)
def test_separator_and_header_are_found(tmp_path: Path, text: str, columns: tuple[str, ...], words: str) -> None:
    found = table(tmp_path, text)
    assert found.columns == columns
    assert words in found.found
    assert not problems(found)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_letters_are_found(tmp_path: Path, encoding: str) -> None:
    found = table(tmp_path, "file_name,Größe\ngrün.jpg,€ 5\n".encode(encoding))
    assert told(found) == [("line 2", {"file_name": "grün.jpg", "Größe": "€ 5"}, "")]


def test_a_stray_byte_is_a_fault_of_its_line(tmp_path: Path) -> None:
    text = "file_name,note\na.jpg,größe äöü ß\n".encode() + b"b.jpg,caf\xe9\nc.jpg,x\n"
    found = table(tmp_path, text)
    assert problems(found) == {"line 3": "a byte of it is no UTF-8, as the rest of the file is"}
    assert told(found)[0][1]["note"] == "größe äöü ß"


def test_a_table_without_a_header_says_so(tmp_path: Path) -> None:
    found = table(tmp_path, "a.jpg,red,38\nb.jpg,blue,39\n")
    assert found.columns == ("column 1", "column 2", "column 3")
    assert found.notes == ("there is no header: the columns are called 'column 1' to 'column 3'",)
    assert [record.photos for record in records(found, read_columns(found))] == [("a.jpg",), ("b.jpg",)]


def test_photos_are_found_by_how_cells_end(tmp_path: Path) -> None:
    found = table(tmp_path, "Datei,Farbe\na.jpg,rot\nb.PNG,blau\n")
    assert read_columns(found).photos == ("Datei",)


@pytest.mark.parametrize(
    ("lines", "faults"),
    [
        (['a.jpg,"two\nlines",1', 'b.jpg,"open,2', "c.jpg,z,3"], {"line 4": "never closed"}),
        (['a.jpg,"12" heel",1', "b.jpg,y,2"], {"line 2": "not doubled"}),
        (['a.jpg,"open,1', 'b.jpg,shut",2', "c.jpg,z,3"], {"line 2": "never closed", "line 3": ""}),
        (['a.jpg,x,"open', 'b.jpg,y,shut"', "c.jpg,z,3"], {"line 2": "whole rows"}),
        (['a.jpg,"one, two,\nthree, four",1', "c.jpg,z,3"], {}),
        (['a.jpg,"one,two,three\nfour",1', "c.jpg,z,3"], {}),
        (["a.jpg,x,1,", "b.jpg,y,2,,", "c.jpg,z,3,more"], {"line 4": "is a comma not quoted"}),
        (["a.jpg,x", "", ",,", " , ,", "b.jpg"], {"line 2": "missing", "line 6": "missing"}),
        (['a.jpg,"two\nlines"', "b.jpg,y,2"], {"line 2": "it goes on to line 3"}),
    ],
)
def test_a_fault_stays_in_its_line(tmp_path: Path, lines: list[str], faults: dict[str, str]) -> None:
    found = table(tmp_path, "\n".join(["file_name,note,size", *lines]) + "\n")
    named = problems(found)
    assert set(faults) - {place for place, words in faults.items() if not words} <= set(named)
    assert set(named) <= set(faults)
    assert all(words in named[place] for place, words in faults.items() if words)
    good = [place for place, _, problem in told(found) if not problem]
    assert len(good) + len(named) == len([line for line in lines if line.strip(" ,")]) or not faults


def test_columns_without_a_name_and_twins(tmp_path: Path) -> None:
    found = table(tmp_path, ",file_name,,colour,colour,\n0,a.jpg,x,red,dark,\n1,b.jpg,,black,,\n2,c.jpg,y,,,stray\n")
    assert found.notes == (
        "the first column has no name and numbers the rows: left out",
        "column 3 has no name; it is called so here",
        "there are 2 columns 'colour': several values of one",
    )
    assert [row for _, row, problem in told(found) if not problem] == [
        {"file_name": "a.jpg", "column 3": "x", "colour": "red|dark"},
        {"file_name": "b.jpg", "colour": "black"},
    ]
    assert problems(found) == {"line 4": "6 cells under 5 columns; is a comma not quoted?"}


def test_what_is_no_text_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="neither UTF-8, UTF-16 nor Windows-1252"):
        table(tmp_path, b"a,b\n\x81\x8d,1\n")
    with pytest.raises(UsageError, match=r"t\.csv is empty"):
        table(tmp_path, "  \n")


@pytest.mark.parametrize(
    ("cell", "photos"),
    [
        ("a.jpg|b.jpg", ("a.jpg", "b.jpg")),
        ("a.jpg, b.png ; c.webp", ("a.jpg", "b.png", "c.webp")),
        ("a,b.jpg", ("a,b.jpg",)),
        ("['a.jpg', 'b.jpg']", ("a.jpg", "b.jpg")),
        ('[""a.jpg""]', ("a.jpg",)),
        ('{""src"": ""a.jpg"", ""alt"": ""x""}', ("a.jpg",)),
        (
            "https://a.example/1,2.jpg, https://a.example/3.jpg",
            ("https://a.example/1,2.jpg", "https://a.example/3.jpg"),
        ),
        ("[oops.jpg", ("[oops.jpg",)),
    ],
)
def test_several_photos_in_a_cell(tmp_path: Path, cell: str, photos: tuple[str, ...]) -> None:
    found = table(tmp_path, f'sku,images\n1,"{cell}"\n')
    [record] = records(found, read_columns(found))
    assert record.photos == photos
