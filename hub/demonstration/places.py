"""Where the systems of the demonstration live. Nothing of it lies outside HUB_HOME."""

from __future__ import annotations

from pathlib import Path


class Places:
    """All paths below one home folder."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.root = home / "demo"
        self.marker = self.root / "on"
        self.counter = self.root / "next-record"
        self.token = home / "demo-token"
        self.mes = self.root / "mes" / "outbox"
        self.metrology = self.root / "metrology" / "outbox"
        self.tasks = self.root / "tracker" / "tasks"

    def database(self, system: str) -> Path:
        """The SQLite file of one system."""
        return self.root / f"{system}.sqlite3"

    def make(self) -> None:
        """The folders; those that are there stay as they are."""
        for folder in (self.mes, self.metrology, self.tasks):
            folder.mkdir(parents=True, exist_ok=True)
