"""load_example [--scale demo|city|province] [--seed N] [--anchor DATE] [--json]: the example city (contract §2)."""

import json

from django.utils import timezone

from campaigns.ground.refusal import NotAllowed
from campaigns.management.sentence import SentenceCommand
from reports.example.load import SCALES, load
from reports.example.timeline import ANCHOR


class Command(SentenceCommand):
    help = "装入示例城市(行动第 62 天的样子);已经装入的保持原样。"
