"""Whatever officers and operators are told becomes a letter; what was told of interfaces and feeds stays known."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def copy(apps: Any, _schema: Any) -> None:
    """Each alert is a letter, by the key that tells it from what is noted later."""
    get, rows = apps.get_model, []
    Letter = get("transit", "Letter")
    for alert in get("transit", "InterfaceAlert").objects.iterator():
        key = f"interface:{alert.interface_id}:{alert.key}"
        rows.append(_letter(Letter, alert, f"interface_{alert.kind}", key, alert.raised_at, alert.figures, alert.told))
    for alert in get("transit", "FeedAlert").objects.exclude(kind="ends").iterator():
        key = f"feed:{alert.interface_id}:{alert.kind}:{alert.at.isoformat()}:{alert.pk}"
        rows.append(_letter(Letter, alert, f"feed_{alert.kind}", key, alert.at, {"reason": alert.reason}, []))
    for state in get("transit", "FeedState").objects.exclude(warned_of=None).iterator():
        alert = get("transit", "FeedAlert").objects.filter(interface=state.interface_id, kind="ends").order_by("pk").last()
        if alert is not None:
            key = f"feed:{state.interface_id}:ends:{state.warned_of_id}"
            rows.append(_letter(Letter, alert, "feed_ends", key, alert.at, {"reason": alert.reason}, []))
    Letter.objects.bulk_create(rows, batch_size=500)


def _letter(Letter: Any, alert: Any, kind: str, key: str, at: Any, about: Any, told: Any) -> Any:
    return Letter(
        kind=kind, key=key, interface_id=alert.interface_id, about=about, created_at=at, not_before=at, told=told,
        sent_at=alert.told_at, outcome="sent" if alert.told_at else "",
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("transit", "0028_waiver")]

    operations = [
        migrations.AlterField("letter", "kind", models.CharField(max_length=24)),
        migrations.AlterField(
            "letter", "operator",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="letters", to="transit.operator"
            ),
        ),
        migrations.AddField(
            "letter", "interface",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="letters", to="transit.interface"
            ),
        ),
        migrations.AddField("letter", "told", models.JSONField(default=list)),
        migrations.RunPython(copy, migrations.RunPython.noop),
        migrations.RemoveField("feedstate", "warned_of"),
        migrations.DeleteModel("FeedAlert"),
        migrations.DeleteModel("InterfaceAlert"),
    ]
