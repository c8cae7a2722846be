"""A reported package by mail to 市审改办, where the installation names an address (PACKAGE_MAILBOX)."""

from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from campaigns.ground import audit
from campaigns.ground.jobs import Job, enqueue
from reports.models import Package
from reports.papers.document import chinese_date

LARGEST = 15 * 1024 * 1024  # what mail servers usually take; a larger package is sent as a link


def ask_for_mail(*, package: Package, now: datetime) -> Job | None:
    """Queue the mail; None where no address is configured. A package reported again isn't sent a second time."""
    if not settings.PACKAGE_MAILBOX:
        return None
    return enqueue(
        kind="package_mail", by=None, now=now, key=f"package_mail:{package.pk}", package=package.pk
    )


def mail_package(*, package: Package, now: datetime) -> str:
    """Send it and note it; returns the address. Raises what the mail server says, so that the job fails and is retried."""
    message = _message(package)
    message.send()
    with transaction.atomic():
        detail = {"收件": settings.PACKAGE_MAILBOX, "sha256": package.file.sha256}
        audit.record(by=None, verb="邮件报送总结材料包", subject=package, detail=detail, now=now)
    return settings.PACKAGE_MAILBOX


def _message(package: Package) -> EmailMessage:
    unit, stored = package.organization, package.file
    lines = [
        f"{unit.name}上报“走流程、解难题、优服务”行动总结材料包，数据截至{chinese_date(package.on)}。",
        f"文件：{stored.name}",
        f"SHA-256：{stored.sha256}",
        f"下载：{settings.SITE_URL}{package.get_absolute_url()}",
    ]
    message = EmailMessage(
        subject=f"{unit.label}总结材料包（截至{package.on.isoformat()}）",
        body="\n".join([*lines, "", "此邮件由系统自动发送，请登录系统接收或退回，不要直接回复。"]),
        to=[settings.PACKAGE_MAILBOX],
        headers={"Message-ID": f"<package-{package.pk}@walkflow>"},
    )
    if stored.size <= LARGEST:
        with stored.file.open("rb") as opened:
            message.attach(stored.name, opened.read(), "application/zip")
    return message
