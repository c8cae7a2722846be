"""What happened to a ledger item, line by line, and what was handed in to show that it is mended."""

from django.db import models
from django.db.models import Q

from campaigns.ground.constraints import known_value
from campaigns.models import Posting, StoredFile, User
from issues.enums import Deed, LedgerState, MoveName
from issues.models.ledger import LedgerItem


class LedgerEntry(models.Model):
    """One line of an item's history: who, when, why, from where to where. Never changed."""

    item = models.ForeignKey(LedgerItem, on_delete=models.PROTECT, related_name="entries")
    sequence = models.PositiveIntegerField("序号")
    move = models.CharField("动作", max_length=12, choices=[*Deed.choices, *MoveName.choices])
    source = models.CharField("原状态", max_length=12, choices=LedgerState, blank=True)
    target = models.CharField("新状态", max_length=12, choices=LedgerState)
    note = models.TextField("说明", max_length=2000, blank=True)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(
        User, verbose_name="操作人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    posting = models.ForeignKey(
        Posting, verbose_name="身份", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    by_text = models.CharField("操作人姓名单位", max_length=120)
    due_on = models.DateField("当时时限", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "台账历史"
        constraints = [
            models.UniqueConstraint(
                fields=["item", "sequence"],
                name="ledgerentry_numbered_once",
                violation_error_message="台账历史序号重复。",
            ),
            models.CheckConstraint(
                name="ledgerentry_reason_given",
                condition=~Q(
                    move__in=[
                        "DECLINE",
                        "SEND_BACK",
                        "PROGRESS",
                        "FAIL_REVIEW",
                        "RETURN",
                        "RETURN_QUICK",
                        "REFUSE",
                        "MERGE",
                        "ESCALATE",
                        "REOPEN",
                        "REOPEN_QUICK",
                        "GIVE_NUMBER",
                        "ABSORB",
                        "HAND_OVER",
                        "REMIND",
                        "SHIFT",
                        "MEET",
                    ]
                )
                | ~Q(note=""),
                violation_error_message="请写明理由。",
            ),
            known_value(
                "target", LedgerState.values, name="ledgerentry_target_known", message="状态不正确。"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.sequence} {self.get_move_display()}"


class ItemEvidence(models.Model):
    """佐证材料 of an item: what shows that it is mended."""

    item = models.ForeignKey(LedgerItem, on_delete=models.PROTECT, related_name="evidence")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    caption = models.CharField("说明", max_length=200, blank=True)
    phash = models.CharField("感知指纹", max_length=16, blank=True, db_index=True)
    taken_at = models.DateTimeField("拍摄时间", null=True, blank=True)
    added_at = models.DateTimeField("上传时间")
    added_by = models.ForeignKey(User, verbose_name="上传人", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "整改佐证"
        constraints = [
            models.UniqueConstraint(
                fields=["item", "file"],
                name="itemevidence_once",
                violation_error_message="该材料已经上传。",
            )
        ]

    def __str__(self) -> str:
        return self.caption or self.file.name
