from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bookings", "0002_ledger_triggers")]
    operations = [migrations.AddField("offer", "back_from", models.PositiveSmallIntegerField(null=True))]
