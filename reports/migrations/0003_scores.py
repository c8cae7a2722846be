"""考核表 say whose they are and as of which day; results, objections; a deduction has no full points."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0017_scoring_policy'),
        ('reports', '0002_figure_snapshots'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ScoreCard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('group', models.CharField(max_length=50, verbose_name='组别')),
                ('total', models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True, verbose_name='总分')),
                ('grade', models.CharField(blank=True, max_length=1, verbose_name='等次')),
                ('rank', models.PositiveIntegerField(blank=True, null=True, verbose_name='组内名次')),
            ],
            options={
                'verbose_name': '考核结果',
                'verbose_name_plural': '考核结果',
            },
        ),
        migrations.CreateModel(
            name='ScoreObjection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(max_length=1000, verbose_name='异议')),
                ('raised_at', models.DateTimeField(verbose_name='提出时间')),
                ('is_upheld', models.BooleanField(blank=True, null=True, verbose_name='是否采纳')),
                ('answer', models.TextField(blank=True, max_length=1000, verbose_name='答复')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='答复时间')),
            ],
            options={
                'verbose_name': '考核异议',
                'verbose_name_plural': '考核异议',
            },
        ),
        migrations.RemoveConstraint(
            model_name='scoreline',
            name='scoreline_within_max',
        ),
        migrations.RemoveConstraint(
            model_name='scoresheet',
            name='scoresheet_one_published',
        ),
        migrations.AddField(
            model_name='scoresheet',
            name='on',
            field=models.DateField(null=True, verbose_name='截至日期'),
        ),
        migrations.AddField(
            model_name='scoresheet',
            name='organization',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='score_sheets', to='campaigns.organization', verbose_name='考核范围'),
        ),
        migrations.AddConstraint(
            model_name='scoreline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('points__gte', 0), ('points__lte', models.F('max_points'))), models.Q(('max_points', 0), ('points__lt', 0)), _connector='OR'), name='scoreline_within_max', violation_error_message='得分应在 0 和满分之间，扣分项没有满分。'),
        ),
        migrations.AddConstraint(
            model_name='scoresheet',
            constraint=models.CheckConstraint(condition=models.Q(('period', ''), _negated=True), name='scoresheet_period', violation_error_message='请填写考核期。'),
        ),
        migrations.AddConstraint(
            model_name='scoresheet',
            constraint=models.UniqueConstraint(condition=models.Q(('published_at__isnull', True)), fields=('campaign', 'organization', 'period'), name='scoresheet_one_draft', violation_error_message='同一考核期只能有一张未公布的考核表。'),
        ),
        migrations.AddConstraint(
            model_name='scoresheet',
            constraint=models.CheckConstraint(condition=models.Q(('superseded_by__isnull', True), ('published_at__isnull', False), _connector='OR'), name='scoresheet_superseded_later', violation_error_message='只有公布过的考核表才会被更正。'),
        ),
        migrations.AddConstraint(
            model_name='scoresheet',
            constraint=models.CheckConstraint(condition=models.Q(('superseded_by__isnull', True), models.Q(('superseded_by', models.F('id')), _negated=True), _connector='OR'), name='scoresheet_not_own_correction', violation_error_message='考核表不能更正它自己。'),
        ),
        migrations.AddConstraint(
            model_name='scoresheet',
            constraint=models.UniqueConstraint(condition=models.Q(('published_at__isnull', False), ('superseded_by__isnull', True)), fields=('campaign', 'organization', 'period'), name='scoresheet_one_published', violation_error_message='同一考核期只能有一张有效的考核表。'),
        ),
        migrations.AddField(
            model_name='scorecard',
            name='organization',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='score_cards', to='campaigns.organization', verbose_name='单位'),
        ),
        migrations.AddField(
            model_name='scorecard',
            name='sheet',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cards', to='reports.scoresheet'),
        ),
        migrations.AddField(
            model_name='scoreobjection',
            name='answered_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='答复人'),
        ),
        migrations.AddField(
            model_name='scoreobjection',
            name='card',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='objections', to='reports.scorecard'),
        ),
        migrations.AddField(
            model_name='scoreobjection',
            name='raised_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='提出人'),
        ),
        migrations.AddConstraint(
            model_name='scorecard',
            constraint=models.UniqueConstraint(fields=('sheet', 'organization'), name='scorecard_once', violation_error_message='同一张考核表中一个单位只有一个结果。'),
        ),
        migrations.AddConstraint(
            model_name='scorecard',
            constraint=models.CheckConstraint(condition=models.Q(('grade__in', ['', 'A', 'B', 'C', 'D'])), name='scorecard_grade_known', violation_error_message='等次不正确。'),
        ),
        migrations.AddConstraint(
            model_name='scorecard',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('grade', ''), ('rank__isnull', True), ('total__isnull', True)), models.Q(('rank__gte', 1), ('rank__isnull', False), ('total__gte', 0), ('total__isnull', False), ('total__lte', 100), models.Q(('grade', ''), _negated=True)), _connector='OR'), name='scorecard_total_whole', violation_error_message='总分应在 0 和 100 之间，并有等次和名次。'),
        ),
        migrations.AddConstraint(
            model_name='scoreobjection',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='scoreobjection_said', violation_error_message='请写明异议和理由。'),
        ),
        migrations.AddConstraint(
            model_name='scoreobjection',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at__isnull', True), ('answered_by__isnull', True), ('is_upheld__isnull', True)), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), ('is_upheld__isnull', False), models.Q(('answer', ''), _negated=True)), _connector='OR'), name='scoreobjection_answer_whole', violation_error_message='答复要写明是否采纳和理由，并有答复人和时间。'),
        ),
        migrations.AddConstraint(
            model_name='scoreobjection',
            constraint=models.UniqueConstraint(condition=models.Q(('answered_at__isnull', True)), fields=('card',), name='scoreobjection_one_open', violation_error_message='上一条异议还没有答复。'),
        ),
        migrations.AddConstraint(
            model_name='scoreobjection',
            constraint=models.CheckConstraint(condition=models.Q(('raised_by__isnull', True), ('answered_by__isnull', True), models.Q(('raised_by', models.F('answered_by')), _negated=True), _connector='OR'), name='scoreobjection_other', violation_error_message='提出人不能答复自己的异议。'),
        ),
        migrations.AddConstraint(
            model_name='scoreobjection',
            constraint=models.CheckConstraint(condition=models.Q(('answered_at__isnull', True), ('raised_at__isnull', True), ('answered_at__gte', models.F('raised_at')), _connector='OR'), name='scoreobjection_in_order', violation_error_message='答复不能早于提出。'),
        ),
    ]
