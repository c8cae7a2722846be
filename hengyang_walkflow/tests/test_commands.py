"""What every command of contract §2 keeps: wrong usage is one Chinese sentence and exit 2, a traceback never."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command, get_commands, load_command_class

from campaigns.management.sentence import SentenceCommand, a_day

OURS = ("campaigns", "issues", "reports")
NAMES = sorted(name for name, app in get_commands().items() if app in OURS)
OF_THE_CONTRACT = {
    "load_example",
    "import_data",
    "collect_sheets",
    "export_data",
    "open_tasks",
    "run_chase",
    "deliver_notices",
    "raise_clues",
    "draw_sample",
    "build_package",
    "check_figures",
    "check_truths",
    "verify_audit",
    "score",
    "backup",
    "restore",
}


def test_all_commands_are_there():
    assert set(NAMES) >= OF_THE_CONTRACT


@pytest.mark.parametrize("name", NAMES)
def test_wrong_usage_is_a_sentence_and_two(name, capsys):
    command = load_command_class(get_commands()[name], name)
    assert isinstance(command, SentenceCommand)
    command._called_from_command_line = True
    with pytest.raises(SystemExit) as stopped:
        command.run_from_argv(["manage.py", name, "--json", "--no-such-option"])
    told = capsys.readouterr()
    assert stopped.value.code == 2
    assert f"用法：python manage.py {name}" in told.err
    assert json.loads(told.out.splitlines()[-1])["error"].startswith("命令用法不对")


@pytest.mark.parametrize(
    "text", ["2022-02-30", "20220620", "2022-6-1", "1949-12-31", "21019-01-01", "昨天", ""]
)
def test_a_day_is_written_one_way_and_is_of_this_age(text):
    with pytest.raises(ValueError, match="day|month"):
        a_day(text)


@pytest.mark.parametrize("name", ["export_data", "run_chase", "raise_clues", "open_tasks", "score"])
def test_commands_refuse_a_day_that_is_none(name):
    kind = ["people", "--out", "x.xlsx"] if name == "export_data" else []
    with pytest.raises(CommandError) as refused:
        call_command(name, *kind, "--on", "9999-12-31")
    assert refused.value.returncode == 2


@pytest.mark.django_db
def test_a_folder_is_no_backup(tmp_path):
    out = StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command("restore", str(tmp_path), "--json", stdout=out)
    assert stopped.value.code == 1
    assert "不能读取" in json.loads(out.getvalue().splitlines()[-1])["error"]
