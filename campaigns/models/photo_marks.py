"""照片指纹 a register brings along for photos the system never saw: kept so that the same photo is found again (R6)."""

from django.db import models

from campaigns.ground.constraints import known_value
from campaigns.models.sessions import WalkSession


class PhotoMark(models.Model):
    """One fingerprint of one photo of a walk: its SHA-256 (64 hex) or its perceptual hash (16 hex)."""

    SHA256, PHASH = "sha256", "phash"

    session = models.ForeignKey(WalkSession, on_delete=models.CASCADE, related_name="photo_marks")
    kind = models.CharField("种类", max_length=8, choices=[(SHA256, "SHA-256"), (PHASH, "感知指纹")])
    value = models.CharField("指纹", max_length=64, db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = "照片指纹"
        constraints = [
            models.UniqueConstraint(
                fields=["session", "kind", "value"],
                name="photomark_once",
                violation_error_message="该照片指纹已经登记。",
            ),
            known_value(
                "kind", ["sha256", "phash"], name="photomark_kind_known", message="照片指纹种类不正确。"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}={self.value}"
