"""0001 to 0008 in one, as a new database needs it; see campaigns."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("reports", "0001_initial"),
        ("reports", "0002_figure_snapshots"),
        ("reports", "0003_scores"),
        ("reports", "0004_score_scope"),
        ("reports", "0005_score_scope_required"),
        ("reports", "0006_submission_flow"),
        ("reports", "0007_printed"),
        ("reports", "0008_paper_drafts"),
    ]

    dependencies = [
        ('campaigns', '0001_squashed_0019_notice_line_link'),
        ('issues', '0001_squashed_0015_full_width_punctuation'),
    ]

    operations = [
        migrations.CreateModel(
            name='Package',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(verbose_name='截至日期')),
                ('manifest', models.JSONField(default=dict, verbose_name='目录')),
                ('built_at', models.DateTimeField(verbose_name='生成时间')),
                ('built_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='生成人')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='packages', to='campaigns.campaign')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='campaigns.storedfile', verbose_name='文件')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='packages', to='campaigns.organization', verbose_name='单位')),
                ('scans', models.ManyToManyField(blank=True, related_name='+', to='campaigns.storedfile', verbose_name='盖章扫描件')),
            ],
            options={
                'verbose_name': '总结材料包',
                'verbose_name_plural': '总结材料包',
            },
        ),
        migrations.CreateModel(
            name='ScoreSheet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('period', models.CharField(max_length=20, verbose_name='考核期')),
                ('on', models.DateField(verbose_name='截至日期')),
                ('policy', models.JSONField(default=dict, verbose_name='考核办法')),
                ('made_at', models.DateTimeField(verbose_name='制表时间')),
                ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='公布时间')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='score_sheets', to='campaigns.campaign')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='score_sheets', to='campaigns.organization', verbose_name='考核范围')),
                ('published_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='公布人')),
                ('superseded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reports.scoresheet', verbose_name='更正表')),
            ],
            options={
                'verbose_name': '考核表',
                'verbose_name_plural': '考核表',
                'constraints': [models.CheckConstraint(condition=models.Q(('period', ''), _negated=True), name='scoresheet_period', violation_error_message='请填写考核期。'), models.UniqueConstraint(condition=models.Q(('published_at__isnull', True)), fields=('campaign', 'organization', 'period'), name='scoresheet_one_draft', violation_error_message='同一考核期只能有一张未公布的考核表。'), models.CheckConstraint(condition=models.Q(('superseded_by__isnull', True), ('published_at__isnull', False), _connector='OR'), name='scoresheet_superseded_later', violation_error_message='只有公布过的考核表才会被更正。'), models.CheckConstraint(condition=models.Q(('superseded_by__isnull', True), models.Q(('superseded_by', models.F('id')), _negated=True), _connector='OR'), name='scoresheet_not_own_correction', violation_error_message='考核表不能更正它自己。'), models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', True), ('published_by__isnull', True)), models.Q(('published_at__isnull', False), ('published_by__isnull', False)), _connector='OR'), name='scoresheet_published_whole', violation_error_message='公布人和公布时间要么都有,要么都没有。'), models.UniqueConstraint(condition=models.Q(('published_at__isnull', False), ('superseded_by__isnull', True)), fields=('campaign', 'organization', 'period'), name='scoresheet_one_published', violation_error_message='同一考核期只能有一张有效的考核表。')],
            },
        ),
        migrations.CreateModel(
            name='ScoreLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(max_length=20, verbose_name='项目')),
                ('points', models.DecimalField(decimal_places=2, max_digits=6, verbose_name='得分')),
                ('max_points', models.DecimalField(decimal_places=2, max_digits=6, verbose_name='满分')),
                ('because', models.TextField(max_length=1000, verbose_name='依据')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='score_lines', to='campaigns.organization')),
                ('sheet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='reports.scoresheet')),
            ],
            options={
                'verbose_name': '考核得分',
                'verbose_name_plural': '考核得分',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('points__gte', 0), ('points__lte', models.F('max_points'))), models.Q(('max_points', 0), ('points__lt', 0)), _connector='OR'), name='scoreline_within_max', violation_error_message='得分应在 0 和满分之间，扣分项没有满分。'), models.UniqueConstraint(fields=('sheet', 'organization', 'rule'), name='scoreline_once', violation_error_message='同一单位同一项目只能有一行得分。')],
            },
        ),
        migrations.CreateModel(
            name='ScoreCard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('group', models.CharField(max_length=50, verbose_name='组别')),
                ('total', models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True, verbose_name='总分')),
                ('grade', models.CharField(blank=True, max_length=1, verbose_name='等次')),
                ('rank', models.PositiveIntegerField(blank=True, null=True, verbose_name='组内名次')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='score_cards', to='campaigns.organization', verbose_name='单位')),
                ('sheet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cards', to='reports.scoresheet')),
            ],
            options={
                'verbose_name': '考核结果',
                'verbose_name_plural': '考核结果',
                'constraints': [models.UniqueConstraint(fields=('sheet', 'organization'), name='scorecard_once', violation_error_message='同一张考核表中一个单位只有一个结果。'), models.CheckConstraint(condition=models.Q(('grade__in', ['', 'A', 'B', 'C', 'D'])), name='scorecard_grade_known', violation_error_message='等次不正确。'), models.CheckConstraint(condition=models.Q(models.Q(('grade', ''), ('rank__isnull', True), ('total__isnull', True)), models.Q(('rank__gte', 1), ('rank__isnull', False), ('total__gte', 0), ('total__isnull', False), ('total__lte', 100), models.Q(('grade', ''), _negated=True)), _connector='OR'), name='scorecard_total_whole', violation_error_message='总分应在 0 和 100 之间，并有等次和名次。')],
            },
        ),
        migrations.CreateModel(
            name='Submission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('DRAFT', '拟稿'), ('SUBMITTED', '已上报'), ('ACCEPTED', '已接收'), ('RETURNED', '已退回')], default='DRAFT', max_length=10, verbose_name='状态')),
                ('plan', models.TextField(blank=True, max_length=5000, verbose_name='实施方案')),
                ('words', models.TextField(blank=True, max_length=5000, verbose_name='工作总结补充说明')),
                ('submitted_at', models.DateTimeField(blank=True, null=True, verbose_name='上报时间')),
                ('is_late', models.BooleanField(default=False, verbose_name='逾期上报')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='审核时间')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='退回原因')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='submissions', to='campaigns.campaign')),
                ('deadline', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='submission', to='campaigns.deadline')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='审核人')),
                ('files', models.ManyToManyField(blank=True, related_name='+', to='campaigns.storedfile', verbose_name='扫描件')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='submissions', to='campaigns.organization')),
                ('package', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='submissions', to='reports.package', verbose_name='上报的材料包')),
                ('submitted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='上报人')),
            ],
            options={
                'verbose_name': '上报',
                'verbose_name_plural': '上报',
                'constraints': [models.UniqueConstraint(fields=('campaign', 'organization'), name='submission_once', violation_error_message='该单位已有上报材料。'), models.CheckConstraint(condition=models.Q(('state__in', ['DRAFT', 'SUBMITTED', 'ACCEPTED', 'RETURNED'])), name='submission_state_known', violation_error_message='上报状态不正确。'), models.CheckConstraint(condition=models.Q(models.Q(('submitted_at__isnull', True), ('submitted_by__isnull', True)), models.Q(('submitted_at__isnull', False), ('submitted_by__isnull', False)), _connector='OR'), name='submission_submitted_whole', violation_error_message='上报人和上报时间要么都有,要么都没有。'), models.CheckConstraint(condition=models.Q(models.Q(('package__isnull', True), ('submitted_at__isnull', True)), models.Q(('package__isnull', False), ('submitted_at__isnull', False)), _connector='OR'), name='submission_submitted_iff_packed', violation_error_message='上报过的要有材料包，没有上报的不能有。'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'DRAFT'), ('submitted_at__isnull', True)), models.Q(models.Q(('state', 'DRAFT'), _negated=True), ('submitted_at__isnull', False)), _connector='OR'), name='submission_draft_iff_unsubmitted', violation_error_message='拟稿没有上报时间，其他状态都要有。'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True)), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='submission_decided_whole', violation_error_message='审核人和审核时间要么都有，要么都没有。'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', False), ('state__in', ('ACCEPTED', 'RETURNED'))), models.Q(models.Q(('state__in', ('ACCEPTED', 'RETURNED')), _negated=True), ('decided_at__isnull', True)), _connector='OR'), name='submission_decided_iff', violation_error_message='接收或退回的要有审核时间，其他状态不能有。'), models.CheckConstraint(condition=models.Q(('decided_at__isnull', True), ('submitted_at__isnull', True), ('decided_at__gte', models.F('submitted_at')), _connector='OR'), name='submission_decided_after_submitted', violation_error_message='审核时间不能早于上报时间。'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'RETURNED'), models.Q(('reason', ''), _negated=True)), models.Q(models.Q(('state', 'RETURNED'), _negated=True), ('reason', '')), _connector='OR'), name='submission_reason_iff_returned', violation_error_message='退回的要写原因，其他状态没有退回原因。'), models.CheckConstraint(condition=models.Q(('is_late', False), ('submitted_at__isnull', False), _connector='OR'), name='submission_late_is_submitted', violation_error_message='上报过的才有逾期上报。')],
            },
        ),
        migrations.CreateModel(
            name='SubmissionEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('target', models.CharField(choices=[('DRAFT', '拟稿'), ('SUBMITTED', '已上报'), ('ACCEPTED', '已接收'), ('RETURNED', '已退回')], max_length=10, verbose_name='动作')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('who', models.CharField(max_length=200, verbose_name='身份')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='说明')),
                ('is_late', models.BooleanField(default=False, verbose_name='逾期')),
                ('content', models.JSONField(blank=True, default=dict, verbose_name='上报内容')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='办理人')),
                ('package', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reports.package', verbose_name='材料包')),
                ('submission', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='reports.submission')),
            ],
            options={
                'verbose_name': '上报过程',
                'verbose_name_plural': '上报过程',
                'constraints': [models.CheckConstraint(condition=models.Q(('target__in', ['SUBMITTED', 'ACCEPTED', 'RETURNED'])), name='submissionentry_target_known', violation_error_message='动作不正确。'), models.CheckConstraint(condition=models.Q(models.Q(('package__isnull', False), ('target', 'SUBMITTED')), models.Q(models.Q(('target', 'SUBMITTED'), _negated=True), ('package__isnull', True)), _connector='OR'), name='submissionentry_packed_iff_submitted', violation_error_message='上报的要有材料包，其他动作没有。'), models.CheckConstraint(condition=models.Q(models.Q(('target', 'RETURNED'), _negated=True), models.Q(('note', ''), _negated=True), _connector='OR'), name='submissionentry_return_said', violation_error_message='请写明退回原因。')],
            },
        ),
        migrations.CreateModel(
            name='Bulletin',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200, verbose_name='标题')),
                ('on', models.DateField(verbose_name='数据截至')),
                ('texts', models.JSONField(default=dict, verbose_name='拟稿内容')),
                ('body', models.JSONField(default=dict, verbose_name='正文')),
                ('state', models.CharField(choices=[('DRAFT', '拟稿'), ('SUBMITTED', '待批准'), ('APPROVED', '已批准'), ('ISSUED', '已印发')], default='DRAFT', max_length=10, verbose_name='状态')),
                ('number', models.CharField(blank=True, max_length=50, null=True, verbose_name='期号')),
                ('drafted_at', models.DateTimeField(verbose_name='拟稿时间')),
                ('approved_at', models.DateTimeField(blank=True, null=True, verbose_name='批准时间')),
                ('names_people', models.BooleanField(default=False, verbose_name='准予写明姓名')),
                ('returned_because', models.CharField(blank=True, max_length=200, verbose_name='退回意见')),
                ('issued_at', models.DateTimeField(blank=True, null=True, verbose_name='印发时间')),
                ('approved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='批准人')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bulletins', to='campaigns.campaign')),
                ('drafted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='拟稿人')),
                ('file', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='campaigns.storedfile', verbose_name='印发文件')),
                ('issued_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='签发人')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bulletins', to='campaigns.organization', verbose_name='发文单位')),
                ('supersedes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='correction', to='reports.bulletin', verbose_name='更正的通报')),
            ],
            options={
                'verbose_name': '通报',
                'verbose_name_plural': '通报',
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['DRAFT', 'SUBMITTED', 'APPROVED', 'ISSUED'])), name='bulletin_state_known', violation_error_message='通报状态不正确。'), models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='bulletin_titled', violation_error_message='通报要有标题。'), models.UniqueConstraint(fields=('organization', 'number'), name='bulletin_number_once', violation_error_message='同一单位的期号不能重复。'), models.CheckConstraint(condition=models.Q(models.Q(('approved_at__isnull', True), ('approved_by__isnull', True)), models.Q(('approved_at__isnull', False), ('approved_by__isnull', False)), _connector='OR'), name='bulletin_approved_whole', violation_error_message='批准人和批准时间要么都有，要么都没有。'), models.CheckConstraint(condition=models.Q(models.Q(('approved_at__isnull', False), ('state__in', ['APPROVED', 'ISSUED'])), models.Q(models.Q(('state__in', ['APPROVED', 'ISSUED']), _negated=True), ('approved_at__isnull', True), ('names_people', False)), _connector='OR'), name='bulletin_approved_iff', violation_error_message='通报批准后才能印发。'), models.CheckConstraint(condition=models.Q(('drafted_by__isnull', True), ('approved_by__isnull', True), models.Q(('drafted_by', models.F('approved_by')), _negated=True), _connector='OR'), name='bulletin_four_eyes', violation_error_message='拟稿人不能批准自己拟的通报。'), models.CheckConstraint(condition=models.Q(models.Q(('issued_at__isnull', True), ('issued_by__isnull', True)), models.Q(('issued_at__isnull', False), ('issued_by__isnull', False)), _connector='OR'), name='bulletin_issued_whole', violation_error_message='签发人和印发时间要么都有,要么都没有。'), models.CheckConstraint(condition=models.Q(models.Q(('issued_at__isnull', True), ('number__isnull', True)), models.Q(('issued_at__isnull', False), ('number__isnull', False)), _connector='OR'), name='bulletin_issued_iff_numbered', violation_error_message='通报印发时才编期号。'), models.CheckConstraint(condition=models.Q(models.Q(('file__isnull', False), ('issued_at__isnull', False), ('state', 'ISSUED')), models.Q(models.Q(('state', 'ISSUED'), _negated=True), ('file__isnull', True), ('issued_at__isnull', True)), _connector='OR'), name='bulletin_issued_iff', violation_error_message='已印发的通报要有印发时间和印发文件。'), models.CheckConstraint(condition=models.Q(('supersedes__isnull', True), models.Q(('supersedes', models.F('id')), _negated=True), _connector='OR'), name='bulletin_corrects_another', violation_error_message='通报不能更正自己。')],
            },
        ),
        migrations.CreateModel(
            name='Experience',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=100, verbose_name='标题')),
                ('practice', models.TextField(max_length=3000, verbose_name='做法')),
                ('result', models.TextField(max_length=2000, verbose_name='成效')),
                ('state', models.CharField(choices=[('PROPOSED', '待审核'), ('ADOPTED', '已采用'), ('REJECTED', '不采用')], default='PROPOSED', max_length=10, verbose_name='状态')),
                ('proposed_at', models.DateTimeField(verbose_name='报送时间')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='审核时间')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='审核意见')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='experiences', to='campaigns.campaign')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='审核人')),
                ('measure', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='experiences', to='issues.measure', verbose_name='解决措施')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='experiences', to='campaigns.organization', verbose_name='报送单位')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='报送人')),
                ('session', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='experiences', to='campaigns.walksession', verbose_name='走流程登记')),
            ],
            options={
                'verbose_name': '典型经验',
                'verbose_name_plural': '典型经验',
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['PROPOSED', 'ADOPTED', 'REJECTED'])), name='experience_state_known', violation_error_message='典型经验状态不正确。'), models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='experience_titled', violation_error_message='典型经验要有标题。'), models.CheckConstraint(condition=models.Q(('practice', ''), _negated=True), name='experience_practice_said', violation_error_message='典型经验要写明做法。'), models.CheckConstraint(condition=models.Q(('result', ''), _negated=True), name='experience_result_said', violation_error_message='典型经验要写明成效。'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True)), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='experience_decided_whole', violation_error_message='审核人和审核时间要么都有，要么都没有。'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('reason', ''), ('state', 'PROPOSED')), models.Q(models.Q(('state', 'PROPOSED'), _negated=True), ('decided_at__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='experience_decided_iff', violation_error_message='采用或不采用都要有审核人、审核时间和意见。')],
            },
        ),
        migrations.CreateModel(
            name='FigureSnapshot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(verbose_name='日期')),
                ('key', models.CharField(max_length=30, verbose_name='指标')),
                ('numerator', models.PositiveIntegerField(verbose_name='分子')),
                ('denominator', models.PositiveIntegerField(blank=True, null=True, verbose_name='分母')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='snapshots', to='campaigns.campaign')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='snapshots', to='campaigns.organization')),
            ],
            options={
                'verbose_name': '指标快照',
                'verbose_name_plural': '指标快照',
                'constraints': [models.UniqueConstraint(fields=('campaign', 'organization', 'on', 'key'), name='figuresnapshot_once_a_day', violation_error_message='同一单位同一天同一指标只留一次快照。')],
            },
        ),
        migrations.CreateModel(
            name='PaperDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('SUMMARY', '工作总结'), ('RECTIFICATION', '整改情况报告'), ('WALK_PLAN', '走流程计划')], max_length=14, verbose_name='材料')),
                ('version', models.PositiveIntegerField(verbose_name='版本')),
                ('text', models.TextField(blank=True, max_length=30000, verbose_name='正文')),
                ('numbers_on', models.DateField(verbose_name='数据截至')),
                ('saved_at', models.DateTimeField(verbose_name='保存时间')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='paper_drafts', to='campaigns.campaign')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='paper_drafts', to='campaigns.organization', verbose_name='单位')),
                ('saved_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='保存人')),
            ],
            options={
                'verbose_name': '文字材料',
                'verbose_name_plural': '文字材料',
                'constraints': [models.UniqueConstraint(fields=('campaign', 'organization', 'kind', 'version'), name='paperdraft_version_once', violation_error_message='这一版刚刚有人保存过，请刷新后再改。'), models.CheckConstraint(condition=models.Q(('version__gte', 1)), name='paperdraft_from_one', violation_error_message='版本从 1 开始。'), models.CheckConstraint(condition=models.Q(('kind__in', ['SUMMARY', 'RECTIFICATION', 'WALK_PLAN'])), name='paperdraft_kind_known', violation_error_message='材料类别不正确。')],
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
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='答复人')),
                ('card', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='objections', to='reports.scorecard')),
                ('raised_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='提出人')),
            ],
            options={
                'verbose_name': '考核异议',
                'verbose_name_plural': '考核异议',
                'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='scoreobjection_said', violation_error_message='请写明异议和理由。'), models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at__isnull', True), ('answered_by__isnull', True), ('is_upheld__isnull', True)), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), ('is_upheld__isnull', False), models.Q(('answer', ''), _negated=True)), _connector='OR'), name='scoreobjection_answer_whole', violation_error_message='答复要写明是否采纳和理由，并有答复人和时间。'), models.UniqueConstraint(condition=models.Q(('answered_at__isnull', True)), fields=('card',), name='scoreobjection_one_open', violation_error_message='上一条异议还没有答复。'), models.CheckConstraint(condition=models.Q(('raised_by__isnull', True), ('answered_by__isnull', True), models.Q(('raised_by', models.F('answered_by')), _negated=True), _connector='OR'), name='scoreobjection_other', violation_error_message='提出人不能答复自己的异议。'), models.CheckConstraint(condition=models.Q(('answered_at__isnull', True), ('raised_at__isnull', True), ('answered_at__gte', models.F('raised_at')), _connector='OR'), name='scoreobjection_in_order', violation_error_message='答复不能早于提出。')],
            },
        ),
    ]
