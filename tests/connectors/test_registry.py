"""The registry takes complete connectors, once, and says what others lack."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass

import pytest

from connectors.base import Connector, Sink, Stream
from connectors.contrib.demo import Demo, DemoFlaky
from connectors.errors import Misconfigured, Unsupported
from connectors.records import Health
from connectors.registry import Registry, registry


@dataclass(frozen=True)
class Nothing:
    pass


@dataclass
class Thawed:
    pass


@dataclass(frozen=True)
class Talkative:
    password: str = ""


class Good(Connector):
    key, label, Settings = "good", "Good system", Nothing

    def check(self) -> Health:
        return Health(True)


class NamelessStream(Stream):
    def read(self, since):
        yield from ()


class Things(NamelessStream):
    name = "things"


class Half(Sink):
    name = "things"


def test_it_is_callable_iterable_and_subscriptable():
    fresh = Registry()
    assert fresh(Demo) is Demo
    fresh.register(DemoFlaky)
    assert list(fresh) == [Demo, DemoFlaky]
    assert fresh["demo"] is Demo
    assert ("demo" in fresh, "sap" in fresh, len(fresh)) == (True, False, 2)
    assert isinstance(registry, Registry)


def test_an_unknown_key_is_unsupported_and_the_known_ones_are_told():
    fresh = Registry()
    fresh(Demo)
    with pytest.raises(Unsupported, match="has no connector 'sap'; it has: demo"):
        fresh["sap"]


@pytest.mark.req("B6")
def test_a_key_is_taken_once():
    fresh = Registry()
    fresh(Good)
    again = type("Again", (Good,), {})
    for connector in (again, Good):
        with pytest.raises(Misconfigured, match=r"the key 'good' is taken by .*Good"):
            fresh(connector)
    assert fresh["good"] is Good


@pytest.mark.req("B6")
@pytest.mark.parametrize(
    ("attributes", "fault"),
    [
        ({"key": "Good One"}, "needs a 'key' of lower-case"),
        ({"key": ""}, "needs a 'key'"),
        ({"label": ""}, "needs a 'label'"),
        ({"Settings": Thawed}, "'Settings' must be a frozen dataclass"),
        ({"Settings": dict}, "'Settings' must be a frozen dataclass"),
        ({"Credentials": Talkative}, "Credentials would print password"),
        ({"check": Connector.check}, "does not define check"),
        ({"streams": (NamelessStream,)}, "stream NamelessStream needs a 'name'"),
        ({"streams": (Things, Things)}, "two streams called 'things'"),
        ({"streams": (type("Lost", (Things,), {"identity": ()}),)}, "at least one 'identity' field"),
        ({"streams": (Half,)}, "is not a subclass of Stream"),
        ({"sinks": (Half,)}, "sink 'things' does not define write"),
        ({"webhook": Things}, "is not a subclass of Webhook"),
    ],
)
def test_an_incomplete_class_is_refused_with_what_it_lacks(attributes, fault):
    broken = type("Broken", (Good,), attributes)
    with pytest.raises(Misconfigured, match=fault):
        Registry().register(broken)


def test_what_is_no_connector_is_refused():
    with pytest.raises(Misconfigured, match=r"not a subclass of connectors\.base\.Connector"):
        Registry().register(dict)


def test_dotted_paths_are_loaded_and_the_same_class_twice_is_one():
    fresh = Registry()
    fresh.load(["connectors.contrib.demo.Demo", "connectors.contrib.demo.connector.Demo"], group="")
    assert list(fresh) == [Demo]


@pytest.mark.parametrize("path", ["connectors.contrib.demo.Absent", "no.such.Thing", "Demo", ""])
def test_a_path_that_leads_nowhere_is_named(path):
    with pytest.raises(Misconfigured, match=f"The connector '{path}' cannot be found"):
        Registry().load([path], group="")


@pytest.mark.req("B6")
@pytest.mark.parametrize(
    ("body", "fault"),
    [("1 / 0", "'broken' .* cannot be loaded"), ("Thing = dict", "not a subclass")],
)
def test_a_package_that_announces_something_broken_is_named(tmp_path, monkeypatch, body, fault):
    (tmp_path / "broken_plugin.py").write_text(body)
    metadata = tmp_path / "broken_plugin-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: broken-plugin\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[interlock.connectors]\nbroken = broken_plugin:Thing\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(Misconfigured, match=fault):
        Registry().load()
    sys.modules.pop("broken_plugin", None)


def test_the_built_in_connectors_register_together():
    fresh = Registry()
    names = ("Demo", "DemoFlaky", "DemoRejecting", "DemoSilent", "DemoHalted")
    fresh.load(["connectors.contrib.rest.GenericRest", *(f"connectors.contrib.demo.{n}" for n in names)], group="")
    assert [connector.key for connector in fresh] == [
        "rest",
        "demo",
        "demo_flaky",
        "demo_rejecting",
        "demo_silent",
        "demo_halted",
    ]


@pytest.mark.req("B6")
def test_connectors_run_where_there_is_no_django():
    """The worker at the edge has none; nor may a connector lean on the hub's settings."""
    code = (
        "import sys; sys.modules['django'] = None\n"
        "import connectors.conformance\n"
        "from connectors.registry import registry\n"
        "registry.load(['connectors.contrib.rest.GenericRest', 'connectors.contrib.demo.Demo'], group='')\n"
        "assert [c.key for c in registry] == ['rest', 'demo']\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
