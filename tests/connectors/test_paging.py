"""How lists go on, and how they end."""

from __future__ import annotations

import json

import pytest

from connectors.answer import Answer
from connectors.errors import Misconfigured
from connectors.paging import Ask, CursorToken, NextLink, Offset, PageNumber, Paginator, RangeHeader


def answer(body, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(200, named, json.dumps(body).encode(), "GET", "http://x/items")


def test_one_page_is_one_page():
    assert Paginator().next(Ask("/items"), answer([1]), [1]) is None


def test_a_next_link_is_followed_until_there_is_none():
    paginator, ask = NextLink("links.next"), Ask("/items", {"a": 1}, {"X": "y"})
    following = paginator.next(ask, answer({"links": {"next": "/items?p=2"}}), [1])
    assert following == Ask("/items?p=2", {}, {"X": "y"})
    for end in ({"links": {"next": None}}, {"links": {}}, {}, {"links": {"next": ""}}):
        assert paginator.next(ask, answer(end), [1]) is None


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ('<http://x/1>; rel="prev", <http://x/3>; rel="next"', "http://x/3"),
        ("<http://x/3>; title=a; rel=next", "http://x/3"),
        ('<http://x/3>; rel="last next"', "http://x/3"),
        ('<http://x/a,b>; rel="next"', "http://x/a,b"),
        ('<http://x/3>; rel="nextish"', None),
        ('<http://x/3>; rel="prev"', None),
        ("", None),
    ],
)
def test_a_next_link_may_be_a_header(header, found):
    following = NextLink().next(Ask("/items"), answer([1], Link=header), [1])
    assert (following.path if following else None) == found


def test_page_numbers_go_on_until_a_page_is_empty_or_the_total_is_reached():
    paginator = PageNumber(size_param="size", size=50)
    ask = paginator.first(Ask("/items"))
    assert ask.params == {"page": 1, "size": 50}
    assert paginator.next(ask, answer([]), list(range(7))).params["page"] == 2, "a short page is not the end"
    assert paginator.next(ask, answer([]), []) is None
    total = PageNumber(total_at="pages", first_page=0)
    first = total.first(Ask("/items"))
    assert total.next(first, answer({"pages": 2}), [1]).params["page"] == 1
    assert total.next(first.with_params(page=1), answer({"pages": 2}), [1]) is None


def test_an_offset_moves_by_what_came():
    paginator = Offset(limit=100, total_at="total")
    ask = paginator.first(Ask("/items"))
    following = paginator.next(ask, answer({"total": 60}), range(50))
    assert following.params == {"offset": 50, "limit": 100}, "the server capped the page"
    assert paginator.next(following, answer({"total": 60}), range(10)) is None
    assert Offset().next(ask, answer([]), []) is None


def test_a_token_is_sent_back_until_there_is_none():
    paginator = CursorToken("meta.next", "cursor")
    following = paginator.next(Ask("/items"), answer({"meta": {"next": "abc"}}), [])
    assert following.params == {"cursor": "abc"}
    for end in ({}, {"meta": {"next": None}}, {"meta": {"next": ""}}, {"meta": {"next": False}}):
        assert paginator.next(following, answer(end), [1]) is None


def test_a_range_moves_by_what_came_until_the_total():
    paginator = RangeHeader("records", 100)
    ask = paginator.first(Ask("/items"))
    assert ask.headers == {"Range": "records=0-99"}
    following = paginator.next(ask, answer([], Content_Range="records 0-49/60"), range(50))
    assert following.headers == {"Range": "records=50-149"}
    assert paginator.next(following, answer([], Content_Range="records 50-59/60"), range(10)) is None
    assert paginator.next(ask, answer([], Content_Range="records 0-99/*"), range(100)) is not None


@pytest.mark.req("B5")
@pytest.mark.parametrize(
    ("paginator", "ask", "body"),
    [
        (NextLink("next"), Ask("/items?p=2"), {"next": "/items?p=2"}),
        (CursorToken("next", "cursor"), Ask("/items", {"cursor": "abc"}), {"next": "abc"}),
    ],
)
def test_a_server_that_names_the_same_page_again_is_stopped(paginator, ask, body):
    with pytest.raises(Misconfigured, match="would never end"):
        paginator.next(ask, answer(body), [1])
