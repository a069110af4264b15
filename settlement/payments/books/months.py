"""Months of the books in a path."""

import re

from kernel.errors import NotFound
from kernel.periods import is_sensible_year


def month_in_path(text: str) -> str:
    """`2022-10` of a URL; NotFound for anything else."""
    found = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text, re.ASCII)
    if found is None or not is_sensible_year(int(found[1])):
        raise NotFound("month_not_found", "没有这个月份", "There is no such month")
    return text
