"""What the web server and the worker of a browser test load: the product, under the test's clock."""

from hengyang_walkflow.tests.e2e.clock import turn

turn()

from hengyang_walkflow.celery import app as celery  # noqa: E402 the clock must be turned before models load
from hengyang_walkflow.wsgi import application  # noqa: E402

__all__ = ["application", "celery"]
