"""Made-up credit codes that pass the check digit and can be told from real ones: two letters and a running number."""

from typing import Final

from kernel.credit_code import ALPHABET, complete

COMPANY: Final = "91"
SHOP: Final = "92"
COOPERATIVE: Final = "93"
OFFICE: Final = "11"

_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_NO_CODE_OF_ITS_OWN = (
    "410471",
    "410472",
)  # the development zones: GB/T 2260 gives them none, the city registers their firms


def credit_code(kind: str, region: str, number: int, series: str = "MA") -> str:
    """The code of the `number`-th made-up party of a series, registered in `region`; its organisation code checks too (GB 11714)."""
    place = "410400" if region in _NO_CODE_OF_ITS_OWN else region
    organisation = f"{series}{number:06d}"
    return complete(f"{kind}{place}{organisation}{_organisation_check(organisation)}")


def failing(code: str) -> str:
    """The code with the next character for its check digit: well-formed, and wrong."""
    return code[:-1] + ALPHABET[(ALPHABET.index(code[-1]) + 1) % len(ALPHABET)]


def _organisation_check(organisation: str) -> str:
    values = (int(character, 36) for character in organisation)
    check = (11 - sum(w * v for w, v in zip(_ORGANISATION_WEIGHTS, values, strict=True)) % 11) % 11
    return "X" if check == 10 else str(check)
