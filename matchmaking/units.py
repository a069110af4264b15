"""How figures are written: amounts typed in 万元 (the service keeps fen), rates with two decimals or more."""

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

YUAN_PER_WAN = 10_000
UNITS = ("yuan", "wan")
_NUMBER = re.compile(r"\d{1,11}(?:,\d{3})*(?:\.\d{1,12})?", re.ASCII)


def in_yuan(typed: str, unit: str) -> str:
    """What was typed, as yuan; anything that is no number stays as it is and is refused by the field."""
    plain = unicodedata.normalize("NFKC", typed).strip()
    if unit != "wan" or not _NUMBER.fullmatch(plain):
        return typed
    yuan = f"{Decimal(plain.replace(',', '')) * YUAN_PER_WAN:f}"
    return yuan.rstrip("0").rstrip(".") if "." in yuan else yuan


def with_yuan(typed: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The typed fields with `<name>_unit` taken out and `<name>` in yuan, for each named amount."""
    plain = dict(typed)
    for name in names:
        unit = plain.pop(f"{name}_unit", "yuan")
        if isinstance(plain.get(name), str):
            plain[name] = in_yuan(plain[name], unit)
    return plain


def shown_rate(rate: Decimal) -> Decimal:
    """The rate with two decimals, or as many as it needs: how files and pages write it."""
    plain = rate.normalize()
    exponent = plain.as_tuple().exponent
    return plain if isinstance(exponent, int) and exponent < -2 else plain.quantize(Decimal("0.01"))
