"""Two confirmations of one preview at the same moment: one writes, the other finds it done."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from campaigns.actions.imports import IMPORTERS, confirm_import, preview_import
from campaigns.ground.audit import AuditEvent
from campaigns.models import ImportRun, Person, User
from campaigns.tests.book_builders import book_bytes
from campaigns.tests.factories import NOW, make_unit

HEADER = ["人员编号", "姓名", "单位编码", "职务", "身份"]


@pytest.mark.django_db(transaction=True)
def test_a_double_click_imports_once():
    make_unit("430400", name="市人民政府")
    system = User.objects.get(username="system")
    people = IMPORTERS["people"]
    content = book_bytes(("表", [HEADER, ["N1", "张三", "430400", "科长", "工作人员"]]))
    run = preview_import(importer=people, content=content, name="a.xlsx", mode="stop", by=system, now=NOW)
    start = Barrier(2)

    def click(_) -> str:
        start.wait(timeout=20)
        try:
            return confirm_import(
                importer=people, run=ImportRun.objects.get(pk=run.pk), by=system, now=NOW
            ).state
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(click, range(2))) == ["DONE", "DONE"]
    assert Person.objects.filter(code="N1").count() == 1
    assert AuditEvent.objects.filter(verb="导入").count() == 1
