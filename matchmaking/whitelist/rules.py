"""The dated rules of the whitelist, who may be listed, and the grounds that a review finds (附件2 四(六)). Pure."""

from dataclasses import dataclass
from datetime import date

from kernel.policies import PolicyBook

SCHEME = "whitelist"


@dataclass(frozen=True)
class WhitelistRules:
    """What holds on a day. Working days unless a name says otherwise."""

    notice_days: int
    hearing_days: int
    appeal_days: int
    scale_years: int
    review_months: int
    removal_grounds: tuple[str, ...]
    suspension_grounds: tuple[str, ...]


def whitelist_rules(book: PolicyBook, day: date) -> WhitelistRules:
    """The rules of the day; raises `PolicySilent` for a missing value."""
    scheme = book.scheme(SCHEME)
    return WhitelistRules(
        notice_days=scheme.value("public_notice_working_days", day).integer,
        hearing_days=scheme.value("removal_notice_working_days", day).integer,
        appeal_days=scheme.value("appeal_working_days", day).integer,
        scale_years=scheme.value("reached_scale_stays_years", day).integer,
        review_months=scheme.value("review_months", day).integer,
        removal_grounds=scheme.value("removal_grounds", day).codes,
        suspension_grounds=scheme.value("suspension_grounds", day).codes,
    )


def review_period(day: date, months: int) -> str:
    """The running period of the review, by its first month (`2022-10`): years are cut into periods of so many months.

    A ground is told once in each; “每季度复核” is three months [default].
    """
    first = (day.year * 12 + day.month - 1) // months * months
    return f"{first // 12}-{first % 12 + 1:02d}"


@dataclass(frozen=True)
class FirmStanding:
    """What the whitelist must know of a firm on a day. `above_since`: since when above scale; `fell_on`: when it last fell out."""

    in_pool: bool
    above_since: date | None = None
    fell_on: date | None = None
    is_dishonest: bool = False


def years_after(day: date, years: int) -> date:
    """The same day so many years later; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def grounds_against(standing: FirmStanding, rules: WhitelistRules, day: date) -> list[str]:
    """Why a firm should not be on the list of a day; nothing for one that may. Grounds that only banks or courts know are not found here.

    “工业和信息化部门及时将列入培育库的企业名单抄送到金融部门…建立企业‘白名单’”: a firm in the pool; “升规3年以内” [default]: one that
    reached scale stays for the years of the policy.
    """
    found = ["dishonesty"] if standing.is_dishonest else []
    if standing.in_pool:
        return found
    if standing.above_since is not None:
        is_over = day >= years_after(standing.above_since, rules.scale_years)
        return [*found, "scale_years_over"] if is_over else found
    return [*found, "fell_below" if standing.fell_on is not None else "left_pool"]
