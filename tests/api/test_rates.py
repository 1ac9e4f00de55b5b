"""Rates: counted for each account apart, said in headers, refused with a problem document."""

from __future__ import annotations

import pytest

from governance.api.protocol import counters
from governance.models import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.6")]


@pytest.fixture(autouse=True)
def _one_minute(monkeypatch):
    """The minute does not end within a test."""
    monkeypatch.setattr("governance.api.protocol.rates.time.time", lambda: 1_800_000_020.0)


def test_every_answer_says_what_is_left(api, world, settings):
    settings.HUB_API_RATE_READ, settings.HUB_API_RATE_WRITE = 10, 5
    found = api("get", "systems", by="olga")
    assert found["RateLimit-Policy"] == '"read";q=10;w=60'
    assert found["RateLimit"] == '"read";r=9;t=40'
    wrong = api("post", "replays", {}, by="olga")
    assert (wrong.status_code, wrong["RateLimit"]) == (422, '"write";r=4;t=40')


def test_too_many_requests_are_refused_until_the_minute_ends(api, world, settings, stranger):
    settings.HUB_API_RATE_READ = 3
    assert [api("get", "systems").status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    refused = api("get", "systems")
    assert refused["Content-Type"] == "application/problem+json"
    assert (refused["Retry-After"], refused["RateLimit"]) == ("40", '"read";r=0;t=40')
    assert refused.json()["errors"][0]["field"] == "RateLimit"
    assert api("get", "systems", token=stranger).status_code == 200  # another account has its own count
    assert api("post", "replays", {}).status_code == 422  # and writing is counted apart
    assert not Refusal.objects.filter(status=429).exists()  # a flood does not fill the trail


def test_the_intake_is_not_counted(api, client, world, settings):
    from tests.factories.world import sample
    from tests.integration.test_intake import post

    settings.HUB_API_RATE_WRITE = 1
    assert [post(client, world, sample(number)).status_code for number in range(3)] == [202, 202, 202]


def test_a_redis_that_does_not_answer_refuses_nobody():
    """This process counts alone meanwhile, and asks Redis again only after a rest."""
    lost = counters.InRedis("redis://127.0.0.1:1/0")
    assert [lost.add("person:1:read", 5) for _ in range(3)] == [1, 2, 3]
    assert lost.add("person:1:read", 6) == 1


@pytest.mark.services
def test_processes_share_one_count_in_redis(redis_url):
    one, other = counters.InRedis(redis_url), counters.InRedis(redis_url)
    assert [one.add("person:1:read", 7), other.add("person:1:read", 7), one.add("person:2:read", 7)] == [1, 2, 1]
