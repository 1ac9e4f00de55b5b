"""The ledger takes rows too: it is numbered in the order of insertion. Entries that are there come along."""

from django.db import migrations, models
from django.db.models.functions import Now

KEPT = "uid, kind, root, size, content, fingerprint, recorded_at"
COPY = f"""
INSERT INTO governance_ledgerline ({KEPT})
SELECT id, kind, root, size, content, fingerprint, recorded_at FROM governance_ledgerentry ORDER BY id
"""  # noqa: S608 - no name comes from outside


def text(length):
    return models.CharField(max_length=length, blank=True, default="", db_default="")


class Migration(migrations.Migration):

    dependencies = [("governance", "0005_plural_names")]

    operations = [
        migrations.CreateModel(
            name="LedgerLine",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("uid", models.UUIDField(null=True, unique=True)),
                ("xid", models.BigIntegerField(default=0, db_default=0)),
                ("kind", models.CharField(max_length=32)),
                ("table_name", text(64)),
                ("row_key", text(160)),
                ("row_version", models.PositiveIntegerField(default=0, db_default=0)),
                ("operation", text(8)),
                ("old", models.TextField(null=True)),
                ("new", models.TextField(null=True)),
                ("act", models.TextField(blank=True, default="", db_default="")),
                ("root", text(64)),
                ("size", models.PositiveIntegerField(default=0, db_default=0)),
                ("content", models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))),
                ("fingerprint", text(160)),
                ("session", text(160)),
                ("recorded_at", models.DateTimeField(db_default=Now())),
            ],
            options={
                "verbose_name_plural": "ledger entries",
                "indexes": [models.Index(fields=["table_name", "row_key"], name="ledger_row")],
            },
        ),
        migrations.RunSQL(COPY, migrations.RunSQL.noop),
        migrations.DeleteModel("LedgerEntry"),
        migrations.RenameModel("LedgerLine", "LedgerEntry"),
    ]
