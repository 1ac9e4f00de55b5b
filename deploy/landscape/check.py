"""Play the main job from a fresh start, and believe only what stands in the real systems afterwards.

    plain          an inspection fails in Tryton; the lot is quarantined, a task opened, both noted on the alert
    tryton away    the same, with Tryton stopped in the middle and started again
    answer lost    the same, with the answers of both writes lost after they were applied
    no mapping     an inspection in a unit that no standard knows: quarantined with its sentence, no effect

Prints what happened to each message. Exit status 0 only if every effect stands once.
"""

from __future__ import annotations

import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import roundup as roundup_server
import tryton as tryton_server
from inspect_lot import inspect, inspector_of
from install import install, is_current
from layout import HERE, LANDSCAPE, Home
from processes import free_port, stop
from processes import start as start_process
from progress import Progress
from reset import reset
from show import show
from start import start

from hub import Hub

SETTLED = ("complete", "quarantined", "rejected")
WAIT_SECONDS = 120.0


@dataclass
class Stage:
    """The running landscape, and what each scenario inspected."""

    home: Home
    hub: Hub
    state: dict[str, Any] = field(default_factory=dict)
    proxies: dict[str, int] = field(default_factory=dict)
    alerts: dict[str, tuple[str, str]] = field(default_factory=dict)  # alert → (scenario, lot)

    def inspect(self, scenario: str, lot: str, control: str = "") -> str:
        """An inspection that fails; the number of the alert that Tryton opened."""
        found = inspect(inspector_of(self.state), lot, control=control)
        alert = found["alerts"][0]["number"]
        self.alerts[alert] = (scenario, lot)
        return alert

    def order(self, proxy: str, path: str) -> None:
        """Tell a proxy what to do."""
        address = f"http://127.0.0.1:{self.proxies[proxy]}/_proxy/{path}"
        with urllib.request.urlopen(urllib.request.Request(address, method="POST"), timeout=10):
            pass

    def message(self, alert: str) -> dict[str, Any] | None:
        return next((one for one in self.hub.messages() if one["business_key"] == alert), None)

    def settled(self, alert: str) -> dict[str, Any] | None:
        found = self.message(alert)
        return found if found and found["state"] in SETTLED else None


def until(condition: Callable[[], Any], what: str) -> Any:
    """Wait for a condition, and give what it gave."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.2)
    raise SystemExit(f"{what} did not happen within {WAIT_SECONDS:.0f} s.")


def set_up(stage: Stage) -> None:
    """Fresh systems, a proxy before each, a fresh hub."""
    reset(stage.home)
    stage.proxies = {"tryton": free_port(), "roundup": free_port()}
    tracker = f"http://127.0.0.1:{stage.proxies['roundup']}/quality"
    stage.state = start(stage.home, tryton_port=0, roundup_port=0, roundup_address=tracker)
    for name, port in stage.proxies.items():
        target = f"http://127.0.0.1:{stage.state[name]['port']}"
        command = [sys.executable, HERE / "proxy.py", "--listen", str(port), "--target", target]
        start_process(stage.home, f"proxy-{name}", command, port=port)
    stage.state["tryton"]["proxied_url"] = f"http://127.0.0.1:{stage.proxies['tryton']}"
    stage.hub.connect(stage.state)
    stage.hub.start()


def plain(stage: Stage) -> None:
    alert = stage.inspect("plain", "2001-26001")
    until(lambda: stage.settled(alert), "The end of the plain message")


def tryton_away(stage: Stage) -> None:
    """Stopped as soon as the hub knows of the alert: reading, quarantine or references are cut in the middle."""
    alerts = [stage.inspect("tryton away", lot) for lot in ("2001-26002", "2001-26003", "2001-26004")]
    until(lambda: stage.message(alerts[0]), "The first message")
    stop(stage.home, tryton_server.SERVER)
    time.sleep(4)  # an outage has a length; it is not waited for, it is the scenario
    start(stage.home, tryton_port=0, roundup_port=0, only="tryton")
    for alert in alerts:
        until(lambda alert=alert: stage.settled(alert), f"The end of {alert}")


def answer_lost(stage: Stage) -> None:
    stage.order("tryton", "drop?answers=1&match=internal.do")
    stage.order("roundup", "drop?answers=1&match=issue")
    alert = stage.inspect("answer lost", "2001-26005")
    until(lambda: stage.settled(alert), "The end of the message whose answers were lost")


def no_mapping(stage: Stage) -> None:
    alert = stage.inspect("no mapping", "2002-26001", control="Old supplier sheet")
    until(lambda: stage.settled(alert), "The quarantine of the message that cannot be mapped")


def verdicts(stage: Stage) -> list[tuple[str, bool]]:
    """One line a message, with whether all is as it must be in the real systems."""
    found = show(stage.state)
    return [_verdict(stage, found, alert) for alert in stage.alerts]


def _verdict(stage: Stage, found: dict[str, Any], alert: str) -> tuple[str, bool]:
    scenario, lot = stage.alerts[alert]
    message = stage.message(alert) or {"state": "missing", "id": "", "sentence": ""}
    trace = stage.hub.get(f"/api/v1/messages/{message['id']}") if message["id"] else {"deliveries": []}
    tries = [attempt["outcome"] for one in trace["deliveries"] for attempt in one["attempts"]]
    effects = _effects(found, alert, lot)
    wanted = {"shipments": 0, "issues": 0, "references": 0} if scenario == "no mapping" else dict.fromkeys(effects, 1)
    state = "quarantined" if scenario == "no mapping" else "complete"
    good = effects == wanted and message["state"] == state
    said = message["sentence"] or " ".join(tries)
    counts = ", ".join(f"{count} {name}" for name, count in effects.items())
    return (
        f"{'ok ' if good else 'BAD'} {scenario:<12} {alert:<8} {lot:<11} {message['state']:<12} {counts} | {said}",
        good,
    )


def _effects(found: dict[str, Any], alert: str, lot: str) -> dict[str, int]:
    """What stands in the real systems for one alert."""
    shipments = [one for one in found["shipments"] if [lot] in [line[:1] for line in one["lots"]]]
    issues = [one for one in found["issues"] if one["interlock_original_id"] == alert]
    noted = [
        one
        for one in found["alerts"]
        if one["number"] == alert and one["quarantine_reference"] and one["tracker_reference"]
    ]
    return {
        "shipments": sum(one["state"] == "done" for one in shipments) if len(shipments) < 2 else len(shipments),
        "issues": len(issues),
        "references": len(noted),
    }


def main() -> int:
    home = Home(LANDSCAPE / "check")
    stage = Stage(home, Hub(home, free_port()))
    if not is_current():
        install()
    progress = Progress(5)
    try:
        for sentence, act in (
            ("fresh systems and a fresh hub", set_up),
            ("a plain failed inspection", plain),
            ("Tryton stopped in the middle", tryton_away),
            ("answers lost after the write", answer_lost),
            ("a record that cannot be mapped", no_mapping),
        ):
            with progress.step(sentence):
                act(stage)
        found = verdicts(stage)
    finally:
        for name in ("hub", "proxy-tryton", "proxy-roundup", tryton_server.SERVER, roundup_server.SERVER):
            stop(home, name)
    for line, _ in found:
        print(line)
    good = sum(good for _, good in found)
    print(f"{good} passed, {len(found) - good} failed")
    return 0 if good == len(found) else 1


if __name__ == "__main__":
    sys.exit(main())
