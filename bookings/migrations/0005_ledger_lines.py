from django.db import migrations, models

from bookings.ledger import triggers


def install(apps, schema_editor):
    triggers.install(schema_editor)


def remove(apps, schema_editor):
    triggers.remove(schema_editor)


def shares_of_payers(apps, schema_editor):
    share = apps.get_model("bookings", "ProductShare")
    paid = apps.get_model("bookings", "OfferProduct").objects.exclude(payer="resident").filter(price_minor__gt=0)
    share.objects.bulk_create(
        share(product=product, payer=product.payer, amount_minor=product.price_minor)
        for product in paid.iterator()
    )


class Migration(migrations.Migration):
    """Who owes what of a product, and which booking an entry is about.

    SQLite makes the table of entries anew for a column, and with it the triggers go: they are installed again.
    """

    dependencies = [("bookings", "0005_price_ceiling")]

    operations = [
        migrations.CreateModel(
            name="ProductShare",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("payer", models.CharField(max_length=60)),
                ("amount_minor", models.BigIntegerField()),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=models.deletion.CASCADE, related_name="shares", to="bookings.offerproduct"
                    ),
                ),
            ],
            options={
                "ordering": ["product_id", "payer"],
                "constraints": [
                    models.UniqueConstraint(fields=("product", "payer"), name="product_share_once"),
                    models.CheckConstraint(condition=models.Q(("amount_minor__gt", 0)), name="product_share_positive"),
                    models.CheckConstraint(
                        condition=models.Q(("payer", "resident"), _negated=True), name="product_share_of_others"
                    ),
                ],
            },
        ),
        migrations.RunPython(shares_of_payers, migrations.RunPython.noop),
        migrations.RunPython(remove, install),
        migrations.AddField(
            model_name="ledgerentry",
            name="reference",
            field=models.CharField(blank=True, default="", max_length=30),
        ),
        migrations.RunPython(install, remove),
    ]
