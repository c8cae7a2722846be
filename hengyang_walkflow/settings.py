"""Settings, read from the environment through django-environ; `.env.example` lists every variable.

With nothing set the product runs embedded: SQLite, a folder as broker, secrets made once and kept beside the
database file. With DATABASE_URL and REDIS_URL set the same code runs on PostgreSQL and Redis.
"""

import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env", overwrite=False)

PRODUCTION = env.bool("PRODUCTION", default=False)
DEBUG = env.bool("DEBUG", default=False)
if PRODUCTION and DEBUG:
    raise ImproperlyConfigured("PRODUCTION=1 时 DEBUG 必须为 0。")
_database_url = env.str("DATABASE_URL", default="") or f"sqlite:///{BASE_DIR / '.data' / 'walkflow.sqlite3'}"
REDIS_URL = env.str("REDIS_URL", default="")


def _data_dir() -> Path:
    """Where secrets, the broker folder and the scheduler's lock live: beside the SQLite file, else in .data/.

    DATA_DIR says otherwise, where code and state must lie apart.
    """
    if env.str("DATA_DIR", default=""):
        return Path(env.str("DATA_DIR")).resolve()
    if _database_url.startswith("sqlite:///") and ":memory:" not in _database_url:
        return Path(_database_url.removeprefix("sqlite:///")).resolve().parent
    return BASE_DIR / ".data"


DATA_DIR = _data_dir()
DATA_DIR.mkdir(parents=True, exist_ok=True)


SHORTEST_SECRET = 32


def _kept_secret(name: str) -> str:
    """A secret from the environment, or one made once and kept in DATA_DIR (mode 600).

    PRODUCTION=1 takes it from the environment only and refuses to start without it, or with one that can be guessed.
    """
    value = env.str(name, default="")
    keys = value.split(",") if name == "FIELD_KEYS" else [value]
    if PRODUCTION and value and min(len(key.strip()) for key in keys) < SHORTEST_SECRET:
        raise ImproperlyConfigured(f"PRODUCTION=1 时 {name} 每个至少 {SHORTEST_SECRET} 个字符。")
    if value:
        return value
    if PRODUCTION:
        raise ImproperlyConfigured(f"PRODUCTION=1 时必须设置环境变量 {name}。")
    path = DATA_DIR / f"{name.lower()}.txt"
    if not path.exists():
        # Whole or not there: another process that starts at this moment never reads half a secret.
        with tempfile.NamedTemporaryFile("w", dir=DATA_DIR) as draft:  # made with mode 600
            draft.write(secrets.token_urlsafe(48))
            draft.flush()
            with suppress(FileExistsError):
                path.hardlink_to(draft.name)
    return path.read_text().strip()


SECRET_KEY = _kept_secret("SECRET_KEY")
# Keys for encrypted personal data, newest first: comma separated, any text of 32 characters or more.
FIELD_KEYS = [key.strip() for key in _kept_secret("FIELD_KEYS").split(",") if key.strip()]
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
if PRODUCTION and (not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS):
    raise ImproperlyConfigured("PRODUCTION=1 时必须设置 ALLOWED_HOSTS，且不能为 *。")
ALLOWED_HOSTS = ALLOWED_HOSTS or ["*"]
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "import_export",
    "django_htmx",
    "axes",
    "campaigns",
    "issues",
    "reports",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "campaigns.access.PostingMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "hengyang_walkflow.urls"
WSGI_APPLICATION = "hengyang_walkflow.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "hengyang_walkflow.menu.shell",
            ],
        },
    }
]

DATABASES = {"default": env.db_url_config(_database_url)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "campaigns.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "login"
AXES_FAILURE_LIMIT = env.int("LOGIN_FAILURE_LIMIT", default=5)
AXES_COOLOFF_TIME = env.float("LOGIN_COOLOFF_HOURS", default=0.25)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "registration/locked.html"
AXES_HTTP_RESPONSE_CODE = 403
AXES_VERBOSE = False

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default="") or DATA_DIR / "static").resolve()
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default="") or DATA_DIR / "media").resolve()
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = DEBUG
UPLOAD_MAX_MB = env.int("UPLOAD_MAX_MB", default=20)
# The LibreOffice that turns papers into PDF: a path or a name; empty = `soffice` where it is found.
SOFFICE = env.str("SOFFICE", default="")
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# Without a mail server messages are files in a folder; the fourth slash begins the path.
_email_url = env.str("EMAIL_URL", default="") or f"filemail:///{DATA_DIR / 'mail'}"
vars().update(env.email_url_config(_email_url))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="walkflow@example.invalid")
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT_SECONDS", default=10)
PACKAGE_MAILBOX = env.str("PACKAGE_MAILBOX", default="")  # 市审改办's address for reported packages
# Group robots and other systems may be told only at addresses that begin with one of these.
WEBHOOK_ALLOWED = env.list(
    "WEBHOOK_ALLOWED",
    default=["https://qyapi.weixin.qq.com/cgi-bin/webhook/send", "https://oapi.dingtalk.com/robot/send"],
)
WEBHOOK_TIMEOUT_SECONDS = env.float("WEBHOOK_TIMEOUT_SECONDS", default=10)
WEBHOOK_PROXY = env.str("WEBHOOK_PROXY", default="")
SITE_URL = env.str("SITE_URL", default="")
EXAMPLE_PASSWORD = env.str("EXAMPLE_PASSWORD", default="Zoujieyou@2022")
SITE_NAME = env.str("SITE_NAME", default="走流程")

SESSION_COOKIE_AGE = env.int("SESSION_IDLE_MINUTES", default=480) * 60
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SECURE_HSTS_SECONDS = 31536000 if PRODUCTION else 0
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT") if env.str("SECURE_SSL_REDIRECT", "") else PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]  # asked by machines on the inside, in plain HTTP
# Whose X-Forwarded-For and -Proto are believed (wsgi.py); nobody's unless named: a visitor can write them, too.
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

_SELF = ["'self'"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": _SELF,
        "style-src": _SELF,
        "img-src": ["'self'", "blob:", "data:"],
        "connect-src": _SELF,
        "font-src": _SELF,
        "manifest-src": _SELF,
        "worker-src": _SELF,
        "form-action": _SELF,
        "frame-src": _SELF,
        "frame-ancestors": _SELF,
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    }
}

IMPORT_EXPORT_USE_TRANSACTIONS = True
IMPORT_EXPORT_SKIP_ADMIN_LOG = True

CELERY_TIMEZONE = TIME_ZONE
CELERY_ENABLE_UTC = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = None
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# Nothing to remember between starts: what a day still owes is found out by the ticks themselves (schedule.py).
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
# A broker that is down must not hold up a request: give up soon, the reaper sends again (ground.jobs).
_GIVE_UP_SOON = {"max_retries": 1, "interval_start": 0, "interval_step": 0.2, "connect_retries_timeout": 2}
JOB_HEARTBEAT_SECONDS = env.float("JOB_HEARTBEAT_SECONDS", default=10)
JOB_STALE_SECONDS = env.float("JOB_STALE_SECONDS", default=60)
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 1900,
        "socket_connect_timeout": 2,
        **_GIVE_UP_SOON,
    }
else:
    _broker = DATA_DIR / "broker"
    CELERY_WORKER_ENABLE_REMOTE_CONTROL = False  # its mailboxes would litter the folder
    for _folder in ("queue", "taken", "control"):
        (_broker / _folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_URL = "filesystem://localhost"
    CELERY_BROKER_TRANSPORT = "hengyang_walkflow.spool:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_broker / "queue"),
        "data_folder_out": str(_broker / "queue"),
        "taken_folder": str(_broker / "taken"),
        "control_folder": str(_broker / "control"),
        "polling_interval": 0.2,
    }

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
}
