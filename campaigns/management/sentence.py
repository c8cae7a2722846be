"""Commands that never end in a traceback: wrong usage is one Chinese sentence and exit 2 (contract §2)."""

import json
import re
from datetime import date
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError


def a_day(text: str) -> date:
    """An argument that is a day, YYYY-MM-DD and of this age (contract §2, §6: 1950–2100). Raises ValueError."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) or not "1950" <= text[:4] <= "2100":
        raise ValueError(f"no day: {text!r}")
    return date.fromisoformat(text)


class SentenceCommand(BaseCommand):
    """`usage` is how the command is called, in one line. Subclasses answer through `tell` and `wrong_usage`."""

    usage = ""
    requires_system_checks = []
    as_json = False

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any):
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.error = self._refuse_arguments
        parser.add_argument("--json", action="store_true", help="最后一行输出一个 JSON 对象")
        return parser

    def run_from_argv(self, argv: list[str]) -> None:
        self.as_json = "--json" in argv
        super().run_from_argv(argv)

    def execute(self, *args: Any, **options: Any):
        self.as_json = bool(options.get("json"))
        return super().execute(*args, **options)

    def tell(self, sentence: str, result: dict[str, Any]) -> None:
        """One sentence for a person and, with --json, the last line for a program."""
        self.stdout.write(sentence)
        if self.as_json:
            self.stdout.write(json.dumps(result, ensure_ascii=False, default=str))

    def wrong_usage(self, sentence: str) -> NoReturn:
        """Exit 2 with a sentence."""
        if self.as_json:
            self.stdout.write(json.dumps({"error": sentence}, ensure_ascii=False))
        raise CommandError(sentence, returncode=2)

    def _refuse_arguments(self, message: str) -> NoReturn:
        sentence = f"命令用法不对。用法：python manage.py {self.usage}"
        if not getattr(self, "_called_from_command_line", False):
            self.wrong_usage(sentence)
        if self.as_json:
            self.stdout.write(json.dumps({"error": sentence}, ensure_ascii=False))
        self.stderr.write(sentence)
        raise SystemExit(2)
