"""How terms read on pages, in both languages: ranges, lists of codes, labels of states."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from kernel.bilingual import Text
from kernel.money import grouped
from kernel.web.formats import capitals, short_wan
from matchmaking.market_files.writing import MET_BY_ANOTHER, SEATS_FULL
from matchmaking.marks import COUNTER_GUARANTEES
from matchmaking.marks_today import rules_today
from matchmaking.matching import vocabulary
from matchmaking.matching.eligibility import REFUSALS
from matchmaking.themes import SCOPES, THEMES
from matchmaking.units import shown_rate

ALL = Text("不限", "any")
NO_PRODUCTS = "no_products"
NOT_MET = {
    **REFUSALS,
    NO_PRODUCTS: Text("来的银行没有带产品", "no bank brought a product"),
    SEATS_FULL: Text("有能谈的银行，但席位排满了", "banks could talk, but their seats are taken"),
    MET_BY_ANOTHER: Text("本企业另一份申请已经约上", "another request of the enterprise has a meeting"),
}


def listed(codes: Iterable[str], labels: Mapping[str, Text], empty: Text = ALL) -> Text:
    """The labels of codes in the order of the vocabulary; `empty` for none."""
    chosen = set(codes)
    texts = [text for code, text in labels.items() if code in chosen]
    if not texts:
        return empty
    return Text("、".join(text.zh for text in texts), ", ".join(text.en for text in texts))


def wan_range(least: int, most: int) -> Text:
    """`10 万到 500 万`."""
    return Text(
        f"{short_wan(least)} 万到 {short_wan(most)} 万", f"{short_wan(least)} to {short_wan(most)} × 10,000 yuan"
    )


def months(least: int, most: int) -> Text:
    """`3 到 36 个月`."""
    if least == most:
        return Text(f"{least} 个月", f"{least} months")
    return Text(f"{least} 到 {most} 个月", f"{least} to {most} months")


def in_words(fen: int) -> Text:
    """An amount as it is written out: 人民币…整 in Chinese, `CNY 1,200,000.00` in English."""
    return Text(capitals(fen), f"CNY {grouped(fen)}")


def rate(percent: Decimal) -> str:
    """`3.85`: a rate in percent with at least two decimals."""
    return f"{shown_rate(percent):f}"


NO_DEPOSIT_ASKED = Text("不收", "none")
NO_COUNTER = Text("不要", "none")


def deposit_words(percent: Decimal) -> Text:
    """`贷款金额的 10.00%`, or that none is asked for."""
    if not percent:
        return NO_DEPOSIT_ASKED
    return Text(f"贷款金额的 {rate(percent)}%", f"{rate(percent)}% of the loan")


def counter_words(kinds: Iterable[str]) -> Text:
    """The counter-guarantees asked for, or that none is."""
    return listed(kinds, COUNTER_GUARANTEES, NO_COUNTER)


INSTITUTION_LABELS = {
    "city_commercial_bank": Text("城市商业银行", "city commercial bank"),
    "rural_commercial_bank": Text("农村商业银行", "rural commercial bank"),
    "rural_cooperative_bank": Text("农村合作银行", "rural cooperative bank"),
    "rural_credit_cooperative": Text("农村信用合作联社", "rural credit cooperative"),
    "village_bank": Text("村镇银行", "village bank"),
    "private_bank": Text("民营银行", "private bank"),
    "development_bank": Text("开发性金融机构", "development bank"),
    "policy_bank": Text("政策性银行", "policy bank"),
    "branch": Text("外地银行分支机构", "branch of an outside bank"),
}


def theme_options() -> list[tuple[str, Text]]:
    """The choices of a theme."""
    return [(code, theme.title) for code, theme in THEMES.items()]


def scope_options() -> list[tuple[str, Text]]:
    """Who holds a session."""
    return list(SCOPES.items())


def kind_options() -> list[tuple[str, Text]]:
    """The kinds of lenders."""
    return list(INSTITUTION_LABELS.items())


def why_not(code: str) -> Text:
    """What a refusal code, or a reason for meeting nobody, means."""
    return NOT_MET.get(code, Text(code, code))


def page_values() -> dict[str, Any]:
    """What every page of the matchmaking may use."""
    return {
        "GUARANTEES": vocabulary.GUARANTEE_KINDS,
        "PURPOSES": vocabulary.PURPOSES,
        "TAGS": vocabulary.TAGS,
        "SECTIONS": vocabulary.SECTIONS,
        "REGIONS": vocabulary.REGIONS,
        "COUNTER_GUARANTEES": COUNTER_GUARANTEES,
        "is_long": lambda months: rules_today().is_long(months),
        "deposit_words": deposit_words,
        "counter_words": counter_words,
        "listed": listed,
        "wan_range": wan_range,
        "months": months,
        "rate": rate,
        "in_words": in_words,
        "why_not": why_not,
    }
