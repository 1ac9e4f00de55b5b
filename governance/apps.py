from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "governance"
    verbose_name = "Governance"

    def ready(self) -> None:
        from governance import checks  # noqa: F401
        from governance.changes import kinds
        from governance.changes.system_kind import SystemKind

        kinds.register(SystemKind())
