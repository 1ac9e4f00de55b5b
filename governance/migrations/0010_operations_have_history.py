"""Operations that are older than their history get the row of it that says how they were found."""

from django.db import migrations
from django.utils import timezone

from governance.actors import MIGRATION
from governance.fingerprint import fingerprint
from governance.ids import uuid7

AS_IT_STANDS = """
UPDATE governance_historicalchangeoperation SET recorded_at = (
    SELECT o.recorded_at FROM governance_changeoperation o WHERE o.id = governance_historicalchangeoperation.id)
"""
REASON = "The operation is older than the history of operations"


def write_first_rows(apps, schema_editor):
    operations = apps.get_model("governance", "ChangeOperation")
    history = apps.get_model("governance", "HistoricalChangeOperation")
    operations.objects.filter(row_version=0).update(row_version=1)
    columns = [field.attname for field in operations._meta.concrete_fields]
    act = {
        "act_id": uuid7(),
        "act_correlation_id": str(uuid7()),
        "act_reason": REASON,
        "act_actor": MIGRATION.frozen(),
        "act_actor_id": MIGRATION.id,
        "act_source": "migration",
        "act_fingerprint": fingerprint(),
        "history_type": "+",
        "history_date": timezone.now(),
    }
    for values in operations.objects.values(*columns).iterator():
        history.objects.create(history_id=uuid7(), **values, **act)
    schema_editor.execute(AS_IT_STANDS)  # SQLite keeps times as text, and Python would write more digits


class Migration(migrations.Migration):
    dependencies = [("governance", "0009_change_control")]

    operations = [migrations.RunPython(write_first_rows, migrations.RunPython.noop)]
