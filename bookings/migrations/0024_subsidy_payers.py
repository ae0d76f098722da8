from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("bookings", "0022_acts_told"),
    ]

    operations = [
        migrations.RemoveConstraint("subsidybudget", "subsidy_budget_once"),
        migrations.AddConstraint(
            "subsidybudget",
            models.UniqueConstraint(
                fields=["service_code", "subsidy", "year", "payer"], name="subsidy_budget_once"
            ),
        ),
    ]
