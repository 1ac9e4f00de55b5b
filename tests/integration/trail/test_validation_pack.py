"""``manage.py validation_pack`` writes what an inspector asks for first, and says openly what is missing."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from governance.clauses import capabilities
from governance.fingerprint import fingerprint
from governance.models import Signature
from hub.selectors import clauses
from hub.validation import pack
from tests.factories.deciding import engineer, put_policies_in_force
from tests.factories.trail import past_the_guards, run

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("B3")]


def made(folder) -> tuple[str, bytes, str]:
    out = io.StringIO()
    call_command("validation_pack", str(folder), stdout=out)
    return (folder / "validation-pack.html").read_text(), (folder / "validation-pack.pdf").read_bytes(), out.getvalue()


def test_both_files_are_written_with_progress(world, tmp_path):
    html, paper, told = made(tmp_path / "pack")
    assert paper.startswith(b"%PDF-1.7")
    assert fingerprint() in html
    assert [one for one in capabilities() if f'<td class="key">{one}</td>' not in html] == []
    for part in ("11.10(e)", "EU GMP Annex 11", "Nothing was signed here yet.", "findings of the audit trail"):
        assert part in html
    assert told.index("Reading requirements") < told.index("Writing HTML") < told.index("validation-pack.pdf")


def test_it_says_that_there_are_no_results(world, tmp_path, monkeypatch):
    (tmp_path / "tests").mkdir()
    without = clauses.matrix(tmp_path)
    monkeypatch.setattr(pack, "matrix", lambda: without)
    html, _, _ = made(tmp_path / "pack")
    assert "There are no test results here" in html
    assert "The tests themselves are not part of this installation" in html


def test_a_failed_test_is_an_open_point(world, tmp_path, monkeypatch):
    folder = tmp_path / ".test-output" / "results"
    folder.mkdir(parents=True)
    named = '<properties><property name="req" value="M6.1"/></properties><failure/>'
    (folder / "one.xml").write_text(f'<testsuite><testcase classname="a" name="b">{named}</testcase></testsuite>')
    (folder / "two.xml").write_text("<testsuite>")
    found = clauses.matrix(tmp_path)
    monkeypatch.setattr(pack, "matrix", lambda: found)
    html = made(tmp_path / "pack")[0]
    assert "M6.1: 1 test(s) failed in the last run." in html
    assert "The results in two.xml cannot be read: that run did not end." in html


def test_an_old_signature_that_is_not_valid_is_an_open_point_though_it_is_not_printed(world, tmp_path, monkeypatch):
    author = engineer()
    put_policies_in_force(world.cast, author)
    oldest = Signature.objects.order_by("signed_at", "id").first()
    with past_the_guards(Signature._meta.db_table):
        run(f"UPDATE {Signature._meta.db_table} SET reason = 'Another one' WHERE position = {oldest.position} "
            f"AND subject_id = '{oldest.subject_id}' AND subject_kind = '{oldest.subject_kind}'")  # fmt: skip
    monkeypatch.setattr(pack, "SIGNATURES", 1)
    html = made(tmp_path / "pack")[0]
    count = Signature.objects.count()
    assert f"All {count} were checked. The newest 1 stand here" in html
    assert f"A signature of {oldest.person['name']} is not valid: What is stored beside it" in html


def test_a_folder_that_cannot_be_made_is_told(world, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match="file"):
        made(tmp_path / "file")
