"""When a picture was taken, as its camera wrote it: the one fact read from EXIF before all of it is dropped."""

from datetime import datetime

from django.utils import timezone
from PIL import Image
from PIL.ExifTags import IFD, Base

_WRITTEN = "%Y:%m:%d %H:%M:%S"


def taken_at(image: Image.Image) -> datetime | None:
    """DateTimeOriginal of an opened picture as an aware moment in local time; None for none or nonsense."""
    try:
        exif = image.getexif()
        written = exif.get_ifd(IFD.Exif).get(Base.DateTimeOriginal) or exif.get(Base.DateTime)
        return timezone.make_aware(datetime.strptime(str(written).strip("\0 "), _WRITTEN))
    except (ValueError, OverflowError, OSError, SyntaxError, TypeError, KeyError):
        return None
