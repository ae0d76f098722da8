from django.db import migrations


class Migration(migrations.Migration):
    """Who owes a product is in its shares. Apart, as PostgreSQL changes no table with rows that wait for their checks."""

    dependencies = [("bookings", "0005_ledger_lines")]

    operations = [migrations.RemoveField(model_name="offerproduct", name="payer")]
