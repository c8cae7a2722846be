"""`first_security USERNAME`: grant the first 安全管理员 of an empty server and print the one-time password."""

import secrets

from django.utils import timezone

from campaigns.actions.founding import grant_first_security
from campaigns.ground.refusal import NotAllowed
from campaigns.management.sentence import SentenceCommand


class Command(SentenceCommand):
    help = "在新装的系统里授权第一位安全管理员（只能用一次），并给出一次性密码。"
    usage = "first_security 登录账号"

    def add_arguments(self, parser):
        parser.add_argument("username")

    def handle(self, *args, **options):
        password = f"{secrets.token_urlsafe(9)}a1"
        try:
            posting = grant_first_security(
                username=options["username"], password=password, now=timezone.now()
            )
        except NotAllowed as refusal:
            self.tell(str(refusal), {"error": str(refusal)})
            raise SystemExit(1) from None
        self.tell(
            f"已授权 {posting.person.name} 为安全管理员。一次性密码：{password}（首次登录必须修改）",
            {"username": options["username"], "password": password},
        )
