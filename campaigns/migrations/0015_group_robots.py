import campaigns.ground.secret
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0014_plan_constraints'),
    ]

    operations = [
        migrations.AddField(
            model_name='delivery',
            name='digest_on',
            field=models.DateField(blank=True, null=True, verbose_name='哪天的提醒'),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='channel',
            field=models.CharField(choices=[('email', '电子邮件'), ('robot', '群机器人')], default='email', max_length=10, verbose_name='渠道'),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='notice',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='campaigns.notice', verbose_name='消息'),
        ),
        migrations.CreateModel(
            name='Robot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('WECOM', '企业微信'), ('DINGTALK', '钉钉'), ('WEBHOOK', '通用接口')], max_length=10, verbose_name='渠道')),
                ('name', models.CharField(max_length=60, verbose_name='群名称')),
                ('url', campaigns.ground.secret.SecretField(verbose_name='地址')),
                ('secret', campaigns.ground.secret.SecretField(blank=True, verbose_name='密钥')),
                ('is_active', models.BooleanField(default=True, verbose_name='启用')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='robots', to='campaigns.organization', verbose_name='单位')),
            ],
            options={
                'verbose_name': '群机器人',
                'verbose_name_plural': '群机器人',
            },
        ),
        migrations.AddField(
            model_name='delivery',
            name='robot',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='campaigns.robot', verbose_name='群机器人'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(fields=('robot', 'digest_on'), name='delivery_once_per_group_and_day', violation_error_message='这个群当天已有发送记录。'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('channel', 'email'), ('digest_on__isnull', True), ('notice__isnull', False), ('robot__isnull', True)), models.Q(('channel', 'robot'), ('digest_on__isnull', False), ('notice__isnull', True), ('robot__isnull', False)), _connector='OR'), name='delivery_to_person_or_group', violation_error_message='发送记录要么是给个人的邮件，要么是给群的当天提醒。'),
        ),
        migrations.AddConstraint(
            model_name='robot',
            constraint=models.UniqueConstraint(fields=('organization', 'name'), name='robot_once_per_group', violation_error_message='这个单位已有同名的群。'),
        ),
        migrations.AddConstraint(
            model_name='robot',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['WECOM', 'DINGTALK', 'WEBHOOK'])), name='robot_kind_known', violation_error_message='渠道不正确。'),
        ),
        migrations.AddConstraint(
            model_name='robot',
            constraint=models.CheckConstraint(condition=models.Q(('url', ''), _negated=True), name='robot_has_address', violation_error_message='请填写地址。'),
        ),
    ]
