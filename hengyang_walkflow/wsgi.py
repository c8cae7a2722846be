"""The door for web servers."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from granian.utils.proxies import wrap_wsgi_with_proxy_headers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hengyang_walkflow.settings")
application = get_wsgi_application()
if settings.TRUSTED_PROXIES:
    # The visitor's address, not the proxy's, for lockout and audit; https as the visitor sees it.
    application = wrap_wsgi_with_proxy_headers(application, settings.TRUSTED_PROXIES)
