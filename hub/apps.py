from django.apps import AppConfig


class HubConfig(AppConfig):
    name = "hub"
    verbose_name = "Hub"

    def ready(self) -> None:
        from governance.changes import kinds
        from governance.changes.release import after_release
        from hub import checks, reach, roles  # noqa: F401
        from hub.database import grants
        from hub.demonstration import events  # noqa: F401
        from hub.flow import control, replay, replay_work, resolve  # noqa: F401 - they describe their audit events
        from hub.interface_kind import InterfaceKind
        from hub.releases import release_touched
        from hub.services import decisions, exports, looks, triage, views  # noqa: F401
        from hub.services import grants as service_grants  # noqa: F401
        from hub.sign_in import checks as sign_in_checks  # noqa: F401

        kinds.register(InterfaceKind())
        after_release(release_touched)
        grants.connect()
        roles.connect()
