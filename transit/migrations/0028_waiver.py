from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('transit', '0027_dry_run'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='region',
            name='waiver_asked_by',
            field=models.ForeignKey(
                blank=True, help_text='Who asks for that; it holds once another officer agrees.', null=True,
                on_delete=models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
