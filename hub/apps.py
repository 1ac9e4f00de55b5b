from django.apps import AppConfig


class HubConfig(AppConfig):
    name = "hub"
    verbose_name = "Hub"

    def ready(self) -> None:
        from governance.changes import kinds
        from governance.changes.releasing.release import after_release
        from governance.changes.visibility import seen_by
        from governance.review.closing import SignedReview
        from governance.signing import brake, subjects
        from hub import checks, late, reach, reviewed, roles, sealing  # noqa: F401
        from hub.console import samples  # noqa: F401 - offers real messages to the back-test of mappings
        from hub.database import grants, guards
        from hub.demonstration import events  # noqa: F401
        from hub.documents import agreement
        from hub.flow import control  # noqa: F401 - describes its audit events
        from hub.flow.replaying import replay, replay_work  # noqa: F401 - they describe their audit events
        from hub.flow.replaying.replay_signing import SignedPlan
        from hub.flow.sending import resolve  # noqa: F401 - describes its audit events
        from hub.interface_kind import InterfaceKind
        from hub.permissions import visible_connections, visible_interfaces
        from hub.releases import release_touched
        from hub.services import decisions, exports, looks, triage, views  # noqa: F401
        from hub.services import grants as service_grants  # noqa: F401
        from hub.sign_in import checks as sign_in_checks  # noqa: F401
        from hub.sign_in.signing import SigningBrake

        kinds.register(InterfaceKind())
        agreement.connect()
        brake.use(SigningBrake())
        subjects.register(SignedPlan())
        subjects.register(SignedReview())
        after_release(release_touched)
        seen_by("interface", visible_interfaces)
        seen_by("connection", visible_connections)
        guards.register()
        reviewed.register()
        grants.connect()
        roles.connect()
        sealing.connect()
