from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "governance"
    verbose_name = "Governance"

    def ready(self) -> None:
        from governance import checks  # noqa: F401
        from governance.changes import enforced, kinds, rules
        from governance.changes.choosing import policies_stay
        from governance.changes.choosing.policy_kind import ApprovalPolicyKind
        from governance.changes.deciding import signable
        from governance.changes.releasing import restoring
        from governance.changes.system_kind import SystemKind
        from governance.changes.weighing import ground
        from governance.console import signed_change
        from governance.guard import connections, install, rights, tables
        from governance.ledger import telling  # noqa: F401 - it describes its audit events
        from governance.models import EffectiveRevision, SealedCheckpoint, SealedLeaf
        from governance.models.change_request import ChangeCounter
        from governance.review import records
        from governance.services import (
            impact_files,  # noqa: F401 - it describes its audit event
            signed_records,  # noqa: F401 - describes its audit events
        )
        from governance.signing import ceremony  # noqa: F401 - describes its audit events

        kinds.register(ApprovalPolicyKind())
        kinds.register(SystemKind())
        rules.add(policies_stay.some_stay)
        ground.judge_by(restoring.may_come_back)
        signable.register(signed_change.shown)
        rights.register()
        tables.guard(EffectiveRevision, is_in_ledger=True)
        tables.guard(ChangeCounter)
        for sealed in (SealedLeaf, SealedCheckpoint):
            tables.guard(sealed, is_append_only=True)  # no line in the ledger: it would have to be sealed in its turn
        records.register()
        enforced.connect()
        connections.connect()
        rights.connect()
        install.connect()
