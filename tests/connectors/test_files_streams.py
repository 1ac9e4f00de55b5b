"""Files of a folder: what is taken, how it is read, where it goes, and what a broken one does not stop."""

import gzip
import io
import json
import os
import time
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest

from connectors import configuration
from connectors.contrib.files import Files
from connectors.errors import Misconfigured, Unreachable
from connectors.records import BrokenRecord, Checkpoint, Record

pytestmark = pytest.mark.req("B5")
SAMPLES = Path(__file__).parent / "fixtures" / "files"


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "plant" / "in"
    folder.mkdir(parents=True)
    return folder


def connector(inbox, **source):
    stream = {"folder": "in", "format": "csv", "identity": ["lot"], "page_size": 2, "settle": 0} | source
    settings = {"folder": str(inbox.parent), "streams": {"lots": stream}}
    return Files(configuration.load(Files.Settings, settings))


def read(inbox, since=None, **source):
    """Every page, committed as the hub would."""
    with connector(inbox, **source) as files:
        stream, pages = files.stream("lots"), []
        for page in stream.read(since):
            pages.append(page)
            stream.committed(page)
        return pages


def items(pages):
    return [item for page in pages for item in page.records]


def lots(pages):
    return [item.identity[0] for item in items(pages) if isinstance(item, Record)]


def reasons(pages):
    return [item.reason for item in items(pages) if isinstance(item, BrokenRecord)]


def names(inbox, folder):
    where = inbox.parent / folder
    return sorted(path.name for path in where.iterdir()) if where.exists() else []


def kept(page):
    return Checkpoint(json.loads(json.dumps(page.checkpoint.cursor)))


def test_a_broken_line_costs_only_itself(inbox):
    (inbox / "lots.csv").write_bytes((SAMPLES / "broken_lines.csv").read_bytes())
    pages = read(inbox)
    assert lots(pages) == ["A-1", "A-4", "A-7", "A-8"]
    assert [item.data["note"] for item in items(pages) if item.identity == ("A-7",)] == ["two\nlines"]
    assert reasons(pages) == [
        "Line 3 of lots.csv has 2 columns where the header has 3.",
        "Line 4 of lots.csv is not CSV: ',' expected after '\"'.",
        "Line 6 of lots.csv has no value in its identity field 'lot'.",
    ]
    assert (names(inbox, "in"), names(inbox, "done")) == ([], ["lots.csv"])


def test_what_a_quoted_field_of_a_broken_record_says_is_no_record(inbox):
    broken = '"L-1","a remark\nL-9,released\n",surplus\n'
    (inbox / "lots.csv").write_text(f"lot,verdict\n{broken}L-2,ok\n")
    pages = read(inbox)
    assert lots(pages) == ["L-2"]
    assert reasons(pages) == ["The record in lines 2 to 4 of lots.csv has 3 columns where the header has 2."]
    (kept_whole,) = (item.raw for item in items(pages) if isinstance(item, BrokenRecord))
    assert kept_whole.decode() == broken


def test_what_a_quoted_field_of_a_sound_record_says_is_its_value(inbox):
    (inbox / "lots.csv").write_text('lot,verdict\nL-1,"a remark\nL-9,released\n"\nL-2,ok\n')
    pages = read(inbox)
    assert lots(pages) == ["L-1", "L-2"]
    assert items(pages)[0].data["verdict"] == "a remark\nL-9,released\n"
    assert reasons(pages) == []


def test_every_line_is_accounted_for(inbox):
    text = "lot,amount\n" + "".join(f"L-{n},{n}\n" if n % 7 else f'L-{n},"x\n' for n in range(100))
    (inbox / "lots.csv").write_text(text)
    pages = read(inbox, page_size=9)
    assert len(items(pages)) == 100
    assert len(reasons(pages)) == 15
    assert lots(pages) == [f"L-{n}" for n in range(100) if n % 7]


def test_it_goes_on_in_the_middle_of_a_file(inbox):
    (inbox / "lots.csv").write_text("lot\n" + "".join(f"L-{n}\n" for n in range(7)))
    with connector(inbox) as files:
        pages = list(files.stream("lots").read(None))
    assert [len(page.records) for page in pages] == [2, 2, 2, 1]
    assert [page.settle is None for page in pages] == [True, True, True, False]
    for number, page in enumerate(pages[:-1]):
        with connector(inbox) as files:
            rest = list(files.stream("lots").read(kept(page)))
        assert lots(rest) == lots(pages[number + 1 :])


def test_another_file_of_that_name_is_read_from_its_start(inbox):
    (inbox / "lots.csv").write_text("lot\n" + "".join(f"L-{n}\n" for n in range(7)))
    with connector(inbox) as files:
        first = next(files.stream("lots").read(None))
    (inbox / "lots.csv").write_text("lot\nM-1\nM-2\nM-3\n")
    assert lots(read(inbox, kept(first))) == ["M-1", "M-2", "M-3"]


def test_a_crash_between_commit_and_move_repeats_the_same_identities(inbox):
    (inbox / "lots.csv").write_text("lot\nL-1\nbroken,line\n")
    with connector(inbox) as files:
        before = list(files.stream("lots").read(None))
    again = read(inbox, kept(before[-1]))
    assert [item.identity for item in items(again)] == [item.identity for item in items(before)]
    assert names(inbox, "done") == ["lots.csv"]


def test_committing_twice_moves_once_and_never_another_file(inbox):
    (inbox / "lots.csv").write_text("lot\nL-1\n")
    with connector(inbox) as files:
        stream = files.stream("lots")
        page = next(stream.read(None))
        assert names(inbox, "in") == ["lots.csv"]
        stream.committed(page)
        (inbox / "lots.csv").write_text("lot\nL-2\nL-3\n")
        stream.committed(page)
    assert (names(inbox, "in"), names(inbox, "done")) == (["lots.csv"], ["lots.csv"])


def test_a_file_of_last_week_is_not_replaced(inbox):
    for content in ("lot\nL-1\n", "lot\nL-22\n", "lot\nL-333\n"):
        (inbox / "lots.csv").write_text(content)
        read(inbox)
    assert len(names(inbox, "done")) == 3


def test_files_come_in_the_order_asked_for(inbox):
    for age, name in enumerate(("b.csv", "c.csv", "a.csv")):
        (inbox / name).write_text(f"lot\n{name[0]}\n")
        os.utime(inbox / name, (age, age))
    with connector(inbox, order="mtime") as files:
        assert lots(files.stream("lots").read(None)) == ["b", "c", "a"]
    assert lots(read(inbox, order="name")) == ["a", "b", "c"]


def test_a_file_that_is_still_being_written_is_left_alone(inbox):
    for name in ("a.csv.part", "b.tmp", ".c.csv", "d.xlsx", "young.csv", "old.csv"):
        (inbox / name).write_text("lot\nL-1\n")
    os.utime(inbox / "old.csv", (1, 1))
    read(inbox, pattern="*.csv*", settle=3600)
    assert names(inbox, "done") == ["old.csv"]
    assert len(names(inbox, "in")) == 5


def test_a_file_just_written_rests_unless_the_stream_says_otherwise(inbox):
    (inbox / "lots.csv").write_text("lot\nL-1\n")
    resting = {"folder": "in", "format": "csv", "identity": ["lot"]}
    settings = {"folder": str(inbox.parent), "streams": {"lots": resting}}
    with Files(configuration.load(Files.Settings, settings)) as files:
        assert list(files.stream("lots").read(None)) == []
        long_ago = time.time() - 5
        os.utime(inbox / "lots.csv", (long_ago, long_ago))
        assert lots(files.stream("lots").read(None)) == ["L-1"]


def test_a_file_that_changes_while_it_is_read_is_left_for_the_next_time(inbox, monkeypatch):
    path = inbox / "lots.csv"
    path.write_text("lot\nL-1\n")
    with connector(inbox) as files:
        honest = files.place.read

        def read_while_somebody_appends(*arguments):
            content = honest(*arguments)
            path.write_text("lot\nL-1\nL-2\n")
            return content

        monkeypatch.setattr(files.place, "read", read_while_somebody_appends)
        assert list(files.stream("lots").read(None)) == []
    assert lots(read(inbox)) == ["L-1", "L-2"]


@pytest.mark.parametrize(
    ("encoding", "content", "said"),
    [
        ("utf-8", "lot\nµ\n".encode("cp1252"), r"utf-8, its declared encoding: at byte 4 stands 0xb5"),
        ("utf-8", "lot\nµ\n".encode("utf-16"), r"at byte 0 stands 0xff"),
        ("utf-16", "lot\nL-1\n".encode("utf-16-le"), r"no byte order mark at byte 0, and utf-16 needs one"),
        ("ascii", "lot\nL-é\n".encode(), r"ascii, its declared encoding: at byte 6 stands 0xc3"),
    ],
    ids=["cp1252 as utf-8", "utf-16 as utf-8", "utf-16 without mark", "utf-8 as ascii"],
)
def test_a_wrong_encoding_refuses_the_file_and_names_the_byte(inbox, encoding, content, said):
    (inbox / "a.csv").write_bytes(content)
    (inbox / "b.csv").write_bytes("lot\nL-9\n".encode(encoding))
    pages = read(inbox, encoding=encoding)
    assert len(reasons(pages)) == 1
    assert said in reasons(pages)[0]
    assert items(pages)[0].raw == content
    assert (lots(pages), names(inbox, "rejected"), names(inbox, "done")) == (["L-9"], ["a.csv"], ["b.csv"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_declared_encoding_is_read_and_its_mark_taken_off(inbox, encoding):
    (inbox / "a.csv").write_bytes("lot;Größe\nµ-1;3\n".encode(encoding))
    assert items(read(inbox, encoding=encoding, delimiter=";"))[0].data == {"lot": "µ-1", "Größe": "3"}


def test_json_lines_keep_numbers_exact_and_refuse_twins(inbox):
    (inbox / "lots.jsonl").write_text((SAMPLES / "lots.jsonl").read_text())
    pages = read(inbox, format="jsonl")
    assert items(pages)[0].data["ph"] == Decimal("7.10")
    assert str(items(pages)[0].data["ph"]) == "7.10"
    assert lots(pages) == ["J-1", "J-9"]
    assert reasons(pages) == [
        "Line 2 of lots.jsonl is not JSON: the field 'ph' stands twice.",
        "Line 3 of lots.jsonl is not JSON: NaN is not a number.",
        "Line 4 of lots.jsonl is not an object with fields.",
        "Line 5 of lots.jsonl is not JSON: it holds half a character (a lone surrogate).",
        "Line 6 of lots.jsonl is not JSON: Expecting ',' delimiter: line 1 column 15 (char 14).",
        "Line 7 of lots.jsonl has no value in its identity field 'lot'.",
    ]


def test_json_is_read_at_its_path(inbox):
    (inbox / "a.json").write_text('{"data": {"lots": [{"lot": 1}, 7, {"lot": "2"}]}}')
    (inbox / "b.json").write_text('{"data": {}}')
    (inbox / "c.json").write_text("[" * 100_000)
    pages = read(inbox, format="json", records_at="data.lots")
    assert lots(pages) == ["1", "2"]
    assert reasons(pages) == [
        "Item 2 of a.json is not an object with fields.",
        "The file b.json has nothing at 'data.lots': 'lots' is missing.",
        "The file c.json is not JSON: it is nested too deeply.",
    ]
    assert names(inbox, "rejected") == ["b.json", "c.json"]


def nested(levels: int, lot: str) -> str:
    """One object: itself a level, and lists in it."""
    return f'{{"lot": "{lot}", "in": {"[" * (levels - 1)}{"]" * (levels - 1)}}}'


def test_a_record_that_is_nested_deeper_than_anybody_reads_costs_only_itself(inbox):
    lines = [nested(100, "L-1"), nested(101, "L-2"), nested(700, "L-3"), nested(100_000, "L-4"), '{"lot": "L-5"}']
    (inbox / "lots.jsonl").write_text("\n".join(lines))
    pages = read(inbox, format="jsonl")
    assert lots(pages) == ["L-1", "L-5"]
    assert reasons(pages) == [
        "Line 2 of lots.jsonl is nested deeper than 100 levels.",
        "Line 3 of lots.jsonl is nested deeper than 100 levels.",
        "Line 4 of lots.jsonl is not JSON: it is nested too deeply.",
    ]
    assert [item.raw.decode() for item in items(pages) if isinstance(item, BrokenRecord)][2] == lines[3] + "\n"


@pytest.mark.parametrize("levels", [101, 700])
def test_so_it_is_within_a_list(inbox, levels):
    (inbox / "a.json").write_text(f'[{nested(levels, "L-1")}, {{"lot": "L-2"}}]')
    pages = read(inbox, format="json")
    assert lots(pages) == ["L-2"]
    assert reasons(pages) == ["Item 1 of a.json is nested deeper than 100 levels."]


def test_so_it_is_as_xml(inbox):
    (inbox / "a.xml").write_text(
        f"<r><Lot><lot>L-1</lot>{'<a>' * 120}x{'</a>' * 120}</Lot><Lot><lot>L-2</lot></Lot></r>"
    )
    (inbox / "b.xml").write_text("<Lot>" * 100_000)
    pages = read(inbox, format="xml", records_at="Lot", page_size=10)
    assert lots(pages) == ["L-2"]
    assert reasons(pages)[0] == "Element 1 of a.xml is nested deeper than 100 levels."
    assert reasons(pages)[1].startswith("The file b.xml is not well-formed XML: ")


def test_xml_elements_become_records(inbox):
    (inbox / "lots.xml").write_bytes((SAMPLES / "lots.xml").read_bytes())
    first, second, broken = items(read(inbox, format="xml", records_at="Lot", page_size=10))
    assert first.data == {
        "@unit": "kg", "lot": "X-1", "amount": "12.50",
        "test": [{"name": "pH", "value": "7.1"}, {"name": "Fe"}],
    }  # fmt: skip
    assert second.data["lot"] == "X-2"
    assert broken.reason == "Element 3 of lots.xml has no value in its identity field 'lot'."
    assert b"<amount>1</amount>" in broken.raw


@pytest.mark.parametrize("sample", ["entity.xml", "laughs.xml", "external.xml", "laughing_attribute.xml"])
def test_document_types_and_entities_are_refused(inbox, sample):
    (inbox / sample).write_bytes((SAMPLES / sample).read_bytes())
    (inbox / "z.xml").write_text("<a><Lot><lot>X-1</lot></Lot></a>")
    pages = read(inbox, format="xml", records_at="Lot")
    assert lots(pages) == ["X-1"]
    assert len(reasons(pages)) == 1
    assert "DOCTYPE" in reasons(pages)[0] or "not well-formed" in reasons(pages)[0]
    assert "root:" not in str(items(pages))
    assert names(inbox, "rejected") == [sample]


def zipped(*members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def test_archives_are_read_in_the_order_of_their_members(inbox):
    (inbox / "a.csv.gz").write_bytes(gzip.compress(b"lot\nG-1\n"))
    (inbox / "b.zip").write_bytes(zipped(("../../two.csv", "lot\nZ-2\n"), ("one.csv", "lot\nZ-1\nx,y\n")))
    pages = read(inbox)
    assert lots(pages) == ["G-1", "Z-2", "Z-1"]
    assert reasons(pages) == ["Line 3 of b.zip!one.csv has 2 columns where the header has 1."]
    assert names(inbox, "done") == ["a.csv.gz", "b.zip"]


@pytest.mark.parametrize(
    ("name", "content", "limits", "said"),
    [
        ("a.gz", gzip.compress(bytes(20_000_000)), {}, "the limit set by 'max_ratio'"),
        ("a.zip", zipped(("x.csv", bytes(20_000_000))), {}, "the limit set by 'max_ratio'"),
        ("a.zip", zipped(*((f"{n}.csv", bytes(400_000)) for n in range(5))), {"max_bytes": 1_000_000},
         "more than 1000000 bytes, the limit set by 'max_bytes'"),
        ("a.zip", zipped(*((f"{n}.csv", b"") for n in range(1001))), {}, "has 1001 members"),
        ("a.zip", b"PK\x03\x04 no archive", {}, "is damaged"),
        ("a.gz", gzip.compress(b"lot\n" * 1000)[:-12], {}, "is damaged"),
        ("a.csv", b"lot\n" + b"L-1\n" * 100, {"max_bytes": 100}, "more than 100 bytes, 'max_bytes'"),
        ("a.csv", b"", {}, "must name every column"),
        ("a.csv", b"lot,lot\n1,2\n", {}, "has the column 'lot' twice"),
    ],
    ids=["gz bomb", "zip bomb", "large zip", "many members", "no zip", "cut gz", "large", "empty", "twins"],
)  # fmt: skip
def test_what_cannot_be_read_goes_to_quarantine_and_aside(inbox, name, content, limits, said):
    (inbox / name).write_bytes(content)
    (inbox / "z.csv").write_text("lot\nL-9\n")
    pages = read(inbox, **limits)
    assert said in reasons(pages)[0]
    assert (lots(pages), names(inbox, "rejected")) == (["L-9"], [name])
    assert len(items(pages)[0].raw) <= 64 * 1024


def test_a_link_is_not_followed(inbox, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text("lot\nS-1\n")
    (inbox / "lots.csv").symlink_to(secret)
    pages = read(inbox)
    assert (lots(pages), names(inbox, "rejected")) == ([], ["lots.csv"])
    assert "links are not followed" in reasons(pages)[0]
    assert secret.read_text() == "lot\nS-1\n"


def test_a_folder_that_is_a_link_out_of_the_base_is_refused(inbox, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (inbox.parent / "out").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Misconfigured, match="leads out of the base folder"):
        read(inbox, folder="out")
    (inbox / "lots.csv").write_text("lot\nL-1\n")
    with pytest.raises(Misconfigured, match="leads out of the base folder"):
        read(inbox, done="out/done")
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize(
    "source",
    [
        {"folder": "../elsewhere"}, {"done": "/etc"}, {"rejected": "a/../../b"}, {"done": "in"},
        {"encoding": "utf-9"}, {"encoding": "base64"}, {"format": "yaml"}, {"format": "xml"},
        {"delimiter": ";;"}, {"identity": []}, {"page_size": 0}, {"colour": "red"},
    ],
)  # fmt: skip
def test_a_wrong_declaration_is_refused(inbox, source):
    with pytest.raises(Misconfigured):
        connector(inbox, **source)


def test_the_base_must_lie_in_an_allowed_folder(inbox, tmp_path):
    (tmp_path / "other").mkdir()
    for root, ok in ((tmp_path, True), (tmp_path / "other", False)):
        settings = {"folder": str(inbox.parent), "roots": [str(root)]}
        health = Files(configuration.load(Files.Settings, settings)).check()
        assert health.ok is ok, health


def test_the_connection_test_says_what_waits(inbox):
    (inbox / "lots.csv").write_text("lot\n")
    assert "lots: 1 waiting" in connector(inbox).check().message
    assert not connector(inbox, folder="missing").check().ok
    assert names(inbox, "in") == ["lots.csv"]
    with pytest.raises(Unreachable):
        list(connector(inbox).stream("lots").read(None))
