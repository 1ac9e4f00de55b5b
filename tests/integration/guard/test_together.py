"""Many governed rows at once leave the same evidence as one after the other, under the same guards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import django.utils.timezone
import pytest
from django.db import connection

from governance.actors import DEMONSTRATION
from governance.errors import LostUpdate, NoChangeContext, UngovernedWrite
from governance.guard.context import change
from governance.guard.found import differences
from governance.guard.mac import is_attested
from governance.ledger.leaf import EVIDENCE
from governance.models import LedgerEntry, Person
from governance.models.together import PORTION, change_together, create_together
from tests.factories.trail import Trail, new_person, seal_all

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("M6.6"), pytest.mark.xdist_group("guard")]

REASON = "Many rows of a test"
OF_ITS_OWN = {"history_id", "history_date", "act_id", "act_correlation_id", "act_recorded_at", "row_hash", "row_mac"}


@pytest.fixture
def trail(transactional_db, tmp_path, settings) -> Trail:
    return Trail(tmp_path, settings)


def persons(count: int) -> list[Person]:
    return [new_person(f"person-{number:04}") for number in range(count)]


def test_many_leave_what_one_leaves(trail):
    """More than one portion of them; names that are not ASCII among them."""
    people = persons(PORTION + 7)
    people[0].full_name = "Zoë Müller"
    with change(by=DEMONSTRATION, reason=REASON):
        create_together(people)
        people[1].title = "Head of quality"
        change_together(people, ["title"])
        one = new_person("one")
        one.save()
    seal_all()
    assert trail.found() == ""
    assert differences(connection) == []
    kept = list(Person.history.filter(username__startswith="person-"))
    assert len(kept) == 2 * len(people)
    assert all(is_attested(row) for row in kept)
    alone, among = one.history.get(), people[0].history.get(row_version=1)
    for name in (name for name in EVIDENCE if name not in OF_ITS_OWN):
        assert getattr(alone, name) == getattr(among, name), name
    assert alone.act_id == among.act_id
    assert len({row.history_id for row in kept}) == len(kept)


def test_their_time_is_the_clock_of_the_database(trail):
    with connection.cursor() as cursor:
        cursor.execute("SELECT CURRENT_TIMESTAMP")
        before = cursor.fetchone()[0]
    with change(by=DEMONSTRATION, reason=REASON):
        create_together(persons(3))
    before = before if isinstance(before, datetime) else datetime.fromisoformat(before).replace(tzinfo=UTC)
    for row in Person.history.all():
        assert 0 <= (row.act_recorded_at - before).total_seconds() < 5


def test_the_clock_of_the_program_is_not_asked(trail, monkeypatch):
    """It may run a second behind, which the guards would take: history says the time that the ledger says."""
    slow = django.utils.timezone.now() - timedelta(seconds=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: slow)
    with change(by=DEMONSTRATION, reason=REASON):
        people = persons(3)
        create_together(people)
        change_together(people, ["title"])
        alone = new_person("one")
        alone.save()
    lines = LedgerEntry.objects.filter(table_name=Person._meta.db_table)
    told = {(UUID(line.row_key), line.row_version): line.recorded_at for line in lines}
    kept = list(Person.history.all())
    assert len(kept) == 7
    for row in kept:
        assert abs(row.history_date - row.act_recorded_at) < timedelta(milliseconds=10)  # two readings on PostgreSQL
        assert abs(row.history_date - told[row.id, row.row_version]) < timedelta(seconds=0.5)


def test_what_is_refused_of_one_is_refused_of_many(trail):
    people = persons(3)
    with pytest.raises(NoChangeContext):
        create_together(people)
    people[1]._history_date = datetime(2019, 1, 1, tzinfo=UTC)
    with pytest.raises(UngovernedWrite, match="_history_date is not taken"), change(by=DEMONSTRATION, reason=REASON):
        create_together(people)
    people = persons(3)
    with change(by=DEMONSTRATION, reason=REASON):
        create_together(people)
    trail.write("person-0001", title="Meanwhile")
    with pytest.raises(LostUpdate), change(by=DEMONSTRATION, reason=REASON):
        change_together(people, ["title"])
    assert LedgerEntry.objects.filter(table_name=Person._meta.db_table).count() == 4
