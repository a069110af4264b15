"""What the banks bring to the weekly market: desks and sixty products."""

from collections.abc import Iterable
from typing import Any, Final

from config.demonstration.plan import REGION_CODES, Lender, read
from kernel.money import FEN_PER_WAN, yuan

BANK_COLUMNS: Final = ("institution_code", "name", "desks", "seats")
PRODUCT_COLUMNS: Final = (
    "product_id", "institution_code", "name", "amount_min", "amount_max", "term_min", "term_max", "rate_min", "rate_max",
    "guarantee_kinds", "industries", "regions", "purposes", "required_tags", "promised_days", "valid_from", "valid_to", "quota",
)  # fmt: skip

Row = tuple[object, ...]


def bank_rows(lenders: Iterable[Lender]) -> list[Row]:
    """The village banks send one clerk for part of the time: fewer seats than slots."""
    return [(bank.code, bank.name, bank.desks, 10 if bank.kind == "village_bank" else "") for bank in lenders]


def product_rows(lenders: Iterable[Lender]) -> list[Row]:
    """Five products a bank, each a family of `products.toml` at the bank's own spread and in its own regions."""
    families = read("products")
    return [_product(bank, number, families[slug]) for bank in lenders for number, slug in enumerate(bank.products, 1)]


def _product(bank: Lender, number: int, family: dict[str, Any]) -> Row:
    regions = [region for region in family.get("regions", REGION_CODES) if region in bank.lends_in]
    return (
        f"{bank.prefix}{number:02d}",
        bank.code,
        family["name"],
        *(yuan(amount * FEN_PER_WAN) for amount in family["amount"]),
        *family["term"],
        *(percentage(rate + bank.spread) for rate in family["rate"]),
        ";".join(family["guarantees"]),
        ";".join(family.get("industries", ())),
        ";".join(regions if len(regions) < len(REGION_CODES) else ()),
        ";".join(family.get("purposes", ())),
        ";".join(family.get("required_tags", ())),
        family["promised_days"],
        family.get("valid_from", "2022-01-01"),
        family.get("valid_to", "2022-12-31"),
        yuan(family["quota"] * FEN_PER_WAN) if "quota" in family else "",
    )


def percentage(basis_points: int) -> str:
    """`4.35` for 435 basis points."""
    return f"{basis_points // 100}.{basis_points % 100:02d}"
