"""The twelve fiscal regions 区县 of the city, by code and by name (GB/T 2260; domain §1).

Codes and names are facts, so they stand here; which five share costs with the city is a dated reading and stands in
`config/policies/fiscal-shares.toml`. The two development zones have no GB/T 2260 code: 410471 and 410472 are our own.
A paying region is never taken from a credit code, whose digits 3 to 8 name the registering authority.
"""

from dataclasses import dataclass

from kernel.bilingual import Text
from kernel.errors import NotFound


@dataclass(frozen=True)
class Region:
    """One fiscal region, in the order in which pages list them."""

    code: str
    name: Text
    aliases: tuple[str, ...] = ()

    @property
    def spellings(self) -> tuple[str, ...]:
        """Every accepted spelling, in lower case as they are compared."""
        return tuple(text.lower() for text in (self.code, self.name.zh, self.name.en, *self.aliases))


def _region(code: str, zh: str, en: str, *aliases: str) -> Region:
    return Region(code, Text(zh, en), aliases)


REGIONS = (
    _region("410402", "新华区", "Xinhua"),
    _region("410403", "卫东区", "Weidong"),
    _region("410411", "湛河区", "Zhanhe"),
    _region("410472", "城乡一体化示范区", "Demonstration Zone", "示范区"),
    _region("410471", "高新区", "High-tech Zone", "高新技术产业开发区"),
    _region("410404", "石龙区", "Shilong"),
    _region("410421", "宝丰县", "Baofeng"),
    _region("410422", "叶县", "Yexian"),
    _region("410423", "鲁山县", "Lushan"),
    _region("410425", "郏县", "Jiaxian"),
    _region("410481", "舞钢市", "Wugang"),
    _region("410482", "汝州市", "Ruzhou"),
)
OUTSIDE = _region("outside", "市外", "outside the city")

_BY_CODE = {region.code: region for region in REGIONS}
_BY_SPELLING = {spelling: region for region in REGIONS for spelling in region.spellings}


class UnknownRegion(NotFound):
    """The code or name is none of the city's fiscal regions."""

    def __init__(self, text: str) -> None:
        names = "、".join(region.name.zh for region in REGIONS)
        super().__init__(
            "unknown_region",
            f"“{text}”不是本市的区县；可填代码或名称：{names}",
            f"“{text}” is not a fiscal region of the city; write a code or a name: {', '.join(_BY_CODE)}",
        )


def region(code: str) -> Region:
    """The region of a code."""
    if code not in _BY_CODE:
        raise UnknownRegion(code)
    return _BY_CODE[code]


def find_region(text: str) -> Region | None:
    """The region of a code or a name as people write it; `None` for anything else, outside the city included."""
    return _BY_SPELLING.get(text.strip().lower())
