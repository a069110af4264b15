"""Fiscal shares 分级承担: who pays which part of an award (notice, closing sentence; domain §4). Pure, whole fen.

"涉及市内五区的由市区两级各承担50%，涉及县(市)、石龙区的全部由当地财政承担": five inner districts city and district, elsewhere
the place itself. Parts are exact and add up; the odd fen is the city's [default], whatever the order of the parties.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal, cast, get_args

from kernel.bilingual import Text
from kernel.errors import Refused
from kernel.money import half_up
from kernel.policies import PolicyBook
from kernel.regions import REGIONS

SCHEME = "fiscal-shares"
CITY = "city"
PROVINCE = "province"
CENTRAL_BANK = "central_bank"
PROVINCE_PART = Fraction(1, 2)  # 省级与地方 1:1, main text 二
ROUNDING = "half_up_fen"

# rows 11, 13 and 30: funds that pay by rules of their own
FUNDS = ("employment_fund", "insurance_fund", "compensation_fund")

Split = Literal[
    "closing_sentence",
    "province_first",
    "city_alone",
    "region_alone",
    "province",
    "central_bank_tool",
    "employment_fund",
    "insurance_fund",
    "compensation_fund",
]


PAYER_TITLES = {
    CITY: Text("市级", "City"),
    PROVINCE: Text("省级", "Province"),
    CENTRAL_BANK: Text("人民银行工具", "Central bank's tool"),
    "employment_fund": Text("就业补助资金", "Employment fund"),
    "insurance_fund": Text("失业保险基金", "Unemployment insurance fund"),
    "compensation_fund": Text("贷款风险补偿资金", "Loan-risk compensation fund"),
    **{region.code: region.name for region in REGIONS},
}


def payer_title(code: str) -> Text:
    """Who bears a share, in words."""
    return PAYER_TITLES.get(code) or Text(code, code)


@dataclass(frozen=True)
class ShareRule:
    """How awards are shared on a day; `odd_fen_owner` is `city` or `region`."""

    inner_regions: frozenset[str]
    inner_city_share: Decimal
    inner_region_share: Decimal
    odd_fen_owner: str = CITY
    policy_digest: str = ""


@dataclass(frozen=True)
class Share:
    """One payer's part: `city`, `province`, `central_bank`, a fund or a fiscal region's code; its exact share of the award, and fen."""

    payer: str
    part: Fraction
    amount: int


def share_rule_in_force(book: PolicyBook, on: date) -> ShareRule:
    """The rule on the qualifying date; raises `PolicySilent` on a day that no document covers."""
    scheme = book.scheme(SCHEME)
    rule = ShareRule(
        inner_regions=frozenset(scheme.value("inner_regions", on=on).codes),
        inner_city_share=scheme.value("inner_city_share", on=on).rate,
        inner_region_share=scheme.value("inner_region_share", on=on).rate,
        odd_fen_owner=scheme.value("odd_fen_owner", on=on).code,
        policy_digest=scheme.digest_on(on),
    )
    outer, rounding = scheme.value("outer_region_share", on=on).rate, scheme.value("rounding", on=on).code
    if outer != 1 or rule.inner_city_share + rule.inner_region_share != 1 or rounding != ROUNDING:
        raise Refused(
            "shares_do_not_add_up",
            "分级承担的各方比例加起来不是 100%，或取整方式不是四舍五入到分，请改政策文件",
            "The fiscal shares do not add up to 100 %, or the rounding is not half up to the fen; mend the policy file",
        )
    return rule


def parties(region: str, rule: ShareRule) -> tuple[tuple[str, Fraction], ...]:
    """Who pays an award of a beneficiary of the region, city first, each with an exact part; the parts sum to 1."""
    if region not in rule.inner_regions:
        return ((region, Fraction(1)),)
    return ((CITY, Fraction(rule.inner_city_share)), (region, Fraction(rule.inner_region_share)))


def _two_parts(amount: int, first: Fraction, odd_to_first: bool) -> tuple[int, int]:
    """An amount in two exact parts; a fen that cannot be cut goes to one side as the policy says."""
    if odd_to_first:
        second = _half_down(amount * (1 - first))
        return amount - second, second
    own = _half_down(amount * first)
    return own, amount - own


def _half_down(value: Fraction) -> int:
    """Nearest fen, a half towards zero: what is left over falls to the other side."""
    nearest = half_up(value)
    return nearest if abs(nearest - value) != Fraction(1, 2) else nearest - (1 if value > 0 else -1)


def _local(amount: int, region: str, rule: ShareRule, whole: Fraction) -> tuple[Share, ...]:
    payers = parties(region, rule)
    if len(payers) == 1:
        return (Share(region, whole, amount),)
    city, district = _two_parts(amount, payers[0][1], rule.odd_fen_owner == CITY)
    return (Share(CITY, whole * payers[0][1], city), Share(region, whole * payers[1][1], district))


def split_mode(code: str) -> Split:
    """The code of a policy's `split` as a way to split; one that cannot be done is refused."""
    if code not in get_args(Split):
        raise Refused("policy_not_implemented", f"还不会按“{code}”分担", f"Sharing by “{code}” is not implemented")
    return cast(Split, code)


def _sole_payer(by: Split, region: str) -> str | None:
    """Who pays an award that is not shared; None where it is."""
    named = {"central_bank_tool": CENTRAL_BANK, "city_alone": CITY, "region_alone": region, "province": PROVINCE}
    return by if by in FUNDS else named.get(by)


def split(amount: int, region: str, rule: ShareRule, by: Split = "closing_sentence") -> tuple[Share, ...]:
    """An award in fen by payer; the parts sum to it exactly, a recovery (negative) mirrors its award.

    `province_first` (满负荷, main text 二): province and locality 1 : 1, the closing sentence inside the local half, an odd
    fen to the locality. `city_alone`: transfers from the city to counties (domain §5, rows 4 and 16). `central_bank_tool`: the
    growth reward, where a document has it paid by the central bank's own tool. `region_alone`, `province` and the funds: one payer
    whatever the region (rows 6, 11, 13, 30, 37, 42).
    """
    sole = _sole_payer(by, region)
    if sole is not None:
        return (Share(sole, Fraction(1), amount),)
    if by == "closing_sentence":
        return _local(amount, region, rule, Fraction(1))
    local, province = _two_parts(amount, 1 - PROVINCE_PART, odd_to_first=True)
    return (Share(PROVINCE, PROVINCE_PART, province), *_local(local, region, rule, 1 - PROVINCE_PART))
