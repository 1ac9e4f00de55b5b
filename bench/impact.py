"""What a change reaches, measured: the closure over 20,000 nodes and 60,000 edges, as a JSON line.

    make bench-impact

A layered graph as configurations are: each object is used by a few of the layers after it. ``closure_ms`` is the whole
computation that a page waits for while somebody types (nodes, paths, owners, highest criticality); ``draft_ms`` adds
the graph of a draft with one object changed, and its hash. Exits 0 only where the closure's median keeps ``FLOOR_MS``.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hub.settings")
os.environ.setdefault("HUB_HOME", tempfile.mkdtemp(prefix="bench-impact-"))
django.setup()  # the registry of kinds stands beside the graph; no database is opened

from governance.changes.impact.computed import impact_of_nodes  # noqa: E402
from governance.changes.weighing.graph import CRITICALITIES, Edge, Facts, Graph, Node, Told  # noqa: E402

NODES, EDGES, LAYERS, ROUNDS = 20_000, 60_000, 12, 15
FLOOR_MS = 500.0  # for the largest closure of all; a shared two-core machine needs about a quarter of it


def made(seed: int = 4) -> dict[tuple[str, str], Told]:
    """Objects in layers, each used by objects of the layers after it."""
    chance = random.Random(seed)
    nodes = [Node("object", f"{number:05d}") for number in range(NODES)]
    edges: dict[Node, list[Edge]] = {node: [] for node in nodes}
    layer = NODES // LAYERS
    for _ in range(EDGES):
        used = chance.randrange(NODES - layer)
        user = min(NODES - 1, (used // layer + 1) * layer + chance.randrange(layer))
        edges[nodes[user]].append(Edge(nodes[used], nodes[user], "is used by"))
    return {
        node.reference: Told.of(
            held,
            Facts(node.key, f"Owner {int(node.key) % 40}", CRITICALITIES[int(node.key) % 5], int(node.key) % 3 == 0),
        )
        for node, held in edges.items()
    }


def timed(act: Callable[[], object]) -> list[float]:
    """Milliseconds of each round."""
    found = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        act()
        found.append((time.perf_counter() - started) * 1000)
    return found


def main() -> int:
    told = made()
    started = time.perf_counter()
    graph = Graph(told)
    building = (time.perf_counter() - started) * 1000
    sizes = {
        node: len(graph.reach([node])) for node in (Node("object", f"{number:05d}") for number in range(0, 400, 20))
    }
    widest = max(sizes, key=lambda node: sizes[node])
    usual = sorted(sizes, key=lambda node: sizes[node])[len(sizes) // 2]
    deep = Node("object", f"{NODES * 3 // 4:05d}")

    def closure(node: Node) -> object:
        found = impact_of_nodes([node], graph)
        return found.owners, found.highest_criticality, found.objects

    def draft() -> object:
        key = ("object", f"{NODES - 1:05d}")
        return graph.replaced({key: Told.of((), Facts())}).digest

    widest_ms = timed(lambda: closure(widest))
    line = {
        "bench": "impact",
        "nodes": NODES,
        "edges": sum(len(one.edges) for one in told.values()),
        "graph_ms": round(building, 1),
        "widest_reaches": sizes[widest],
        "widest_closure_ms": round(statistics.median(widest_ms), 1),
        "widest_closure_worst_ms": round(max(widest_ms), 1),
        "usual_reaches": sizes[usual],
        "usual_closure_ms": round(statistics.median(timed(lambda: closure(usual))), 1),
        "deep_reaches": len(graph.reach([deep])),
        "deep_closure_ms": round(statistics.median(timed(lambda: closure(deep))), 2),
        "draft_ms": round(statistics.median(timed(draft)), 1),
        "floor_ms": FLOOR_MS,
    }
    line["passed"] = line["widest_closure_ms"] <= FLOOR_MS
    sys.stdout.write(json.dumps(line) + "\n")
    return 0 if line["passed"] else 1


if __name__ == "__main__":
    sys.exit(main())
