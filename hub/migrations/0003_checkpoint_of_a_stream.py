from django.db import migrations, models


def name_their_stream(apps, schema_editor):
    """A checkpoint that is there belongs to the stream that its interface polls now."""
    checkpoints = apps.get_model("hub", "Checkpoint").objects
    for control in apps.get_model("hub", "InterfaceControl").objects.select_related("release__revision"):
        source = (control.release.revision.content or {}).get("source", {})
        if source.get("mode") == "poll":
            place = {"connection_key": source["connection"], "stream": source["stream"]}
            checkpoints.filter(interface_key=control.release.interface_key).update(**place)


def keep_the_newest(apps, schema_editor):
    """Back to one checkpoint an interface, the one that was saved last."""
    seen = set()
    for checkpoint in apps.get_model("hub", "Checkpoint").objects.order_by("-saved_at", "-id"):
        if checkpoint.interface_key in seen:
            checkpoint.delete()
        seen.add(checkpoint.interface_key)


class Migration(migrations.Migration):

    dependencies = [
        ("hub", "0002_ready_dependents"),
    ]

    operations = [
        migrations.AddField(
            model_name="checkpoint",
            name="connection_key",
            field=models.CharField(default="", max_length=160),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="checkpoint",
            name="stream",
            field=models.TextField(default=""),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="checkpoint",
            name="interface_key",
            field=models.CharField(max_length=160),
        ),
        migrations.RunPython(name_their_stream, keep_the_newest),
        migrations.AddConstraint(
            model_name="checkpoint",
            constraint=models.UniqueConstraint(
                fields=("interface_key", "connection_key", "stream"), name="one_checkpoint_a_stream"
            ),
        ),
    ]
