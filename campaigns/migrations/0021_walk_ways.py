"""A walk tells its steps on its own row (campaigns.process_ways); the next migration fills those there are."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0020_full_width_punctuation'),
    ]

    operations = [
        migrations.AddField(
            model_name='walksession',
            name='way',
            field=models.TextField(blank=True, editable=False, verbose_name='环节顺序'),
        ),
        migrations.AddField(
            model_name='walksession',
            name='way_minutes',
            field=models.TextField(blank=True, editable=False, verbose_name='各环节分钟'),
        ),
        migrations.AddConstraint(
            model_name='walksession',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('way', ''), ('way_minutes', '')), models.Q(models.Q(('way', ''), _negated=True), models.Q(('way_minutes', ''), _negated=True)), _connector='OR'), name='walksession_way_whole', violation_error_message='环节顺序和各环节分钟要么都有，要么都没有。'),
        ),
    ]
