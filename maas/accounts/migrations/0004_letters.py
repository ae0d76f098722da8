"""What is told of applications is a letter; those of which nobody was told yet are written."""

from typing import Any

from django.db import migrations
from django.db.models import F
from django.db.models.functions import Now


def write(apps: Any, _schema: Any) -> None:
    """The letters that the last sweep would have sent."""
    letters = apps.get_model("transit", "Letter").objects
    for row in apps.get_model("accounts", "OperatorApplication").objects.exclude(told=F("state")):
        about = {"application": row.pk, "state": row.state}
        key = f"application:{row.pk}:{row.state}"
        letters.create(kind="application", key=key, about=about, created_at=Now(), not_before=Now())


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_applications"), ("transit", "0030_letters")]

    operations = [
        migrations.RunPython(write, migrations.RunPython.noop),
        migrations.RemoveField("operatorapplication", "told"),
    ]
