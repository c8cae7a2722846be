"""Commands of the contract that a later issue builds answer with a sentence and exit 2, never a traceback.

Building one replaces its small file in `commands/`; when the last is built this file goes.
"""

import json

from django.core.management.base import BaseCommand, CommandError


class NotBuilt(BaseCommand):
    """Takes whatever arguments the contract gives the command, does nothing, says so.

    `does` is what the command will do one day, in the words of the contract (§2).
    """

    does = ""
    requires_system_checks = []
    stealth_options = ("on", "seed", "count", "ratio", "out", "campaign")

    def create_parser(self, prog_name, subcommand, **kwargs):
        self.name = subcommand
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.parse_args = lambda args=None, namespace=None: parser.parse_known_args(args, namespace)[0]
        return parser

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="最后一行输出 JSON")

    def handle(self, *args, **options):
        sentence = f"命令 {self.name}（{self.does}）尚未建成，本版本不能使用。"
        if options.get("json"):
            self.stdout.write(json.dumps({"error": sentence}, ensure_ascii=False))
        raise CommandError(sentence, returncode=2)
