"""Commands of the contract that a later issue builds answer with a sentence and exit 2, never a traceback.

Building one replaces its small file in `commands/`; when the last is built this file goes.
"""

from typing import Any

from campaigns.management.sentence import SentenceCommand


class NotBuilt(SentenceCommand):
    """Takes whatever arguments the contract gives the command, does nothing, says so.

    `does` is what the command will do one day, in the words of the contract (§2).
    """

    does = ""
    stealth_options = ("on", "seed", "count", "ratio", "out", "campaign")

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any):
        self.name = subcommand
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.parse_args = lambda args=None, namespace=None: parser.parse_known_args(args, namespace)[0]
        return parser

    def handle(self, *args: Any, **options: Any) -> None:
        self.wrong_usage(f"命令 {self.name}（{self.does}）尚未建成，本版本不能使用。")
