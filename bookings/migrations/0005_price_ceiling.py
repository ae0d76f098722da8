from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bookings", "0004_payment_ways")]

    operations = [
        migrations.AddField(
            model_name="offerpart",
            name="price_is_ceiling",
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name="effect",
            name="kind",
            field=models.CharField(
                choices=[
                    ("HOLD", "Hold"),
                    ("EXTEND", "Extend"),
                    ("AUTHORISE", "Authorise"),
                    ("CONFIRM", "Confirm"),
                    ("CAPTURE", "Capture"),
                    ("CANCEL", "Cancel"),
                    ("VOID", "Void"),
                    ("CHARGE", "Charge"),
                    ("REFUND", "Refund"),
                    ("TRANSFER", "Transfer"),
                    ("REVERSE", "Reverse"),
                    ("SWEEP", "Sweep"),
                    ("AUDIT", "Audit"),
                    ("NOTIFY", "Notify"),
                    ("USE", "Use"),
                ],
                max_length=10,
            ),
        ),
    ]
