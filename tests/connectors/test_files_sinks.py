"""One file a record: never half, never twice, never outside of its folder."""

from decimal import Decimal

import pytest

from connectors import configuration
from connectors.base import Guarantee
from connectors.contrib.files import Files
from connectors.errors import Misconfigured, RecordRejected
from connectors.records import Record

pytestmark = pytest.mark.req("B5")


def sink(base, **target):
    settings = {"folder": str(base), "sinks": {"out": {"folder": "out"} | target}}
    files = Files(configuration.load(Files.Settings, settings))
    files.open()
    return files.sink("out")


@pytest.fixture
def base(tmp_path):
    (tmp_path / "out").mkdir()
    return tmp_path


def written(base):
    return {path.name: path.read_text() for path in (base / "out").iterdir()}


def test_writing_twice_is_one_file(base):
    record = Record(("L-1",), {"lot": "L-1", "ph": Decimal("7.10"), "big": 12345678901234567890})
    receipts = {sink(base, prefix="capa-").write(record, idempotency_key="0193-ab") for _ in range(2)}
    assert {receipt.external_id for receipt in receipts} == {"out/capa-0193-ab.json"}
    assert written(base) == {"capa-0193-ab.json": '{"lot":"L-1","ph":7.10,"big":12345678901234567890}\n'}


def test_it_can_be_asked(base):
    record, out = Record((), {"lot": "L-1"}), sink(base)
    assert out.find(record, idempotency_key="k") is None
    assert out.write(record, idempotency_key="k") == out.find(record, idempotency_key="k")
    assert type(out).guarantee() is Guarantee.NATIVE


def test_csv_has_the_columns_declared(base):
    out = sink(base, format="csv", columns=["lot", "note"], delimiter=";", encoding="cp1252")
    out.write(Record((), {"note": 'a "µ";b', "lot": "L-1", "more": 1}), idempotency_key="k")
    assert (base / "out" / "k.csv").read_bytes() == 'lot;note\r\nL-1;"a ""µ"";b"\r\n'.encode("cp1252")


@pytest.mark.parametrize("key", ["../../etc/passwd", "a/b", ".hidden", "", "ü", "x" * 300, "a\0b"])
def test_a_key_never_leads_out_of_the_folder(base, key):
    sink(base).write(Record((), {"lot": "L-1"}), idempotency_key=key)
    (name,) = written(base)
    assert len(name) == 64 + len(".json")
    assert [path.name for path in base.iterdir()] == ["out"]


@pytest.mark.parametrize(
    ("target", "data", "field"),
    [
        ({"format": "csv", "encoding": "ascii"}, {"lot": "µ"}, "lot"),
        ({"format": "csv"}, {"lot": ["a"]}, "lot"),
        ({"format": "json"}, {"lot": "\ud800"}, None),
    ],
)
def test_a_record_that_cannot_be_written_is_refused(base, target, data, field):
    with pytest.raises(RecordRejected) as caught:
        sink(base, **target).write(Record((), data), idempotency_key="k")
    assert field is None or field in caught.value.field_errors
    assert written(base) == {}


def test_a_missing_folder_halts(base):
    with pytest.raises(Misconfigured, match="no such file or directory"):
        sink(base, folder="nowhere").write(Record((), {"lot": 1}), idempotency_key="k")


@pytest.mark.parametrize("target", [{"folder": "../x"}, {"prefix": "a/b"}, {"prefix": ".x"}, {"format": "xml"}])
def test_a_wrong_declaration_is_refused(base, target):
    with pytest.raises(Misconfigured):
        sink(base, **target)


def test_a_link_laid_where_the_file_is_begun_is_not_written_through(base, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "precious"
    elsewhere.write_text("precious")
    (base / "out" / ".k.json.part").symlink_to(elsewhere)
    sink(base).write(Record((), {"lot": "L-1"}), idempotency_key="k")
    assert elsewhere.read_text() == "precious"
    assert not (base / "out" / "k.json").is_symlink()
    assert written(base) == {"k.json": '{"lot":"L-1"}\n'}


def test_what_a_broken_off_attempt_left_does_not_stop_the_next(base):
    (base / "out" / ".k.json.part").write_text('{"lot":"a much longer half of a reco')
    sink(base).write(Record((), {"lot": "L-1"}), idempotency_key="k")
    assert written(base) == {"k.json": '{"lot":"L-1"}\n'}
