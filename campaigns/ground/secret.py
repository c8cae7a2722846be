"""Personal data at rest: Fernet encryption and a keyed blind index for exact look-ups.

The first of settings.FIELD_KEYS encrypts; all of them decrypt, so keys can be rotated.
"""

import base64
import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet(
        [Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest())) for key in keys]
    )


def blind_index(text: str) -> str:
    """A keyed digest of `text` (64 hex): equal texts give equal digests, and nobody can read it back."""
    if not text:
        return ""
    return hmac.digest(settings.FIELD_KEYS[-1].encode(), text.encode(), "sha256").hex()


def check_readable(cipher: str | None) -> None:
    """Raise cryptography's InvalidToken when none of the keys reads `cipher` (for `restore`, before it writes)."""
    if cipher:
        _box(tuple(settings.FIELD_KEYS)).decrypt(cipher.encode())


def mask_phone(phone: str) -> str:
    """138****1234: the first three and last four digits."""
    if len(phone) < 8:
        return "*" * len(phone)
    return f"{phone[:3]}{'*' * (len(phone) - 7)}{phone[-4:]}"


def mask_name(name: str) -> str:
    """李**: a citizen's name with only the family name shown (domain.md §4.6)."""
    return f"{name[:1]}**" if name else ""


class SecretField(models.TextField):
    """A text that is encrypted in the database and plain in Python. It can't be filtered by: keep a blind index."""

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        if not value:
            return value
        return _box(tuple(settings.FIELD_KEYS)).encrypt(value.encode()).decode()

    def from_db_value(self, value, expression, connection):
        if not value:
            return value
        try:
            return _box(tuple(settings.FIELD_KEYS)).decrypt(value.encode()).decode()
        except InvalidToken:
            return ""
