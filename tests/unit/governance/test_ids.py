"""UUIDv7 of our own."""

from datetime import UTC, datetime, timedelta

from governance.ids import floor_of, time_of, uuid7


def test_ids_of_one_process_never_run_backwards():
    made = [uuid7() for _ in range(20_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_version_and_variant_are_those_of_rfc_9562():
    made = uuid7()
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"


def test_an_id_knows_its_time():
    assert abs(time_of(uuid7()) - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_bound_is_below_every_id_of_its_moment_and_above_those_before():
    moment = datetime(2026, 11, 1, tzinfo=UTC)
    assert time_of(floor_of(moment)) == moment
    assert floor_of(moment - timedelta(milliseconds=1)) < floor_of(moment) < uuid7()
