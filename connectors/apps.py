from django.apps import AppConfig


class ConnectorsConfig(AppConfig):
    name = "connectors"
    verbose_name = "Connectors"

    def ready(self) -> None:
        from django.conf import settings

        from connectors.connection_kind import ConnectionKind
        from connectors.registry import registry
        from governance.changes import kinds

        registry.load(settings.CONNECTORS)
        kinds.register(ConnectionKind())
