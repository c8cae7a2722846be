"""Made-up names. Given names are drawn from uncommon literary characters so that no real official is meant."""

import random
from collections.abc import Iterator

SURNAMES = (
    "陈李王张刘黄周吴罗谭彭曾蒋唐邓何肖谢贺欧阳廖易龙段尹傅邹熊阳颜文资贾申屈祝莫梁胡郭宋邱雷"
    "江汤戴陆龚万夏邵洪聂单柳凌盛匡全席"
).replace("欧阳", "欧")
FIRST = "承砚书砺怀景知予望仲叔若以行守慎敬思亦允秉端朴其惟载嘉乐延启清澹宜可维则"
SECOND = "舟岚川禾野樵垣澄溪洲圃岩柯棠桐笙钧铎墨章简衡沅浦津蘅芷葭薇苓"


def names(rng: random.Random) -> Iterator[str]:
    """Endless different three-character names in an order that `rng` decides."""
    given = [first + second for first in FIRST for second in SECOND]
    every = [surname + name for name in given for surname in SURNAMES]
    rng.shuffle(every)
    yield from every


def citizen(rng: random.Random) -> str:
    """How a work order names a citizen: 姓 and a polite word, never a full name."""
    return rng.choice(SURNAMES) + rng.choice(("先生", "女士", "女士", "先生", "师傅", "大爷", "阿姨"))
