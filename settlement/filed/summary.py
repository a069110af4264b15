"""What a settlement says on the screen: how much in all, how much of it waits and for what, and who would pay."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kernel.bilingual import Text
from kernel.money import grouped
from settlement.fee_subsidy import FEE_HOLD_TITLES
from settlement.filed.fee_settling import FeeSettlement
from settlement.filed.settling import GrowthSettlement
from settlement.fiscal_shares import CENTRAL_BANK, CITY, PROVINCE, Share
from settlement.growth_reward import HOLD_TITLES
from settlement.returns.codes import REGIONS

_PAYERS = {
    CITY: Text("市级", "city"),
    PROVINCE: Text("省级", "province"),
    CENTRAL_BANK: Text("人民银行工具", "central bank's tool"),
    **{region.code: region.label for region in REGIONS},
}


@dataclass(frozen=True)
class _Told:
    """One statement as far as the screen shows it; fen, None where nobody knows."""

    amount: int | None
    hold: str | None
    title: Text


def _statements(settled: GrowthSettlement | FeeSettlement) -> list[_Told]:
    nothing = Text("", "")
    if isinstance(settled, FeeSettlement):
        return [
            _Told(one.amount, one.hold_reason, FEE_HOLD_TITLES[one.hold_reason] if one.hold_reason else nothing)
            for one in settled.assessments
        ]
    return [
        _Told(one.amount, one.hold_reason, HOLD_TITLES[one.hold_reason] if one.hold_reason else nothing)
        for one in settled.assessments
    ]


def _sum(statements: Iterable[_Told]) -> str:
    return grouped(sum(one.amount for one in statements if one.amount is not None))


def _unknown(statements: Iterable[_Told]) -> Text:
    """How many of them have no amount at all."""
    many = sum(one.amount is None for one in statements)
    return Text(f"，其中 {many} 张没有金额", f", {many} of them without an amount") if many else Text("", "")


def _held(statements: Sequence[_Told]) -> list[Text]:
    """Each reason to wait with its statements and their sum, in the order of the statements."""
    by_reason: dict[str, list[_Told]] = defaultdict(list)
    for one in statements:
        if one.hold is not None:
            by_reason[one.hold].append(one)
    return [_reason(code, each) for code, each in by_reason.items()]


def _reason(code: str, each: Sequence[_Told]) -> Text:
    count, total, unknown = len(each), _sum(each), _unknown(each)
    return Text(
        f"  暂缓 {code}：{count} 张 {total} 元{unknown.zh}。{each[0].title.zh}",
        f"  held, {code}: {count} with {total} yuan{unknown.en}. {each[0].title.en}",
    )


def _payers(shares: Mapping[str, tuple[Share, ...]]) -> Text:
    totals: dict[str, int] = defaultdict(int)
    for share in (share for each in shares.values() for share in each):
        totals[share.payer] += share.amount
    paid = [(payer, totals[payer]) for payer in _PAYERS if totals.get(payer)]
    if not paid:
        return Text("", "")
    zh = "，".join(f"{_PAYERS[payer].zh} {grouped(fen)}" for payer, fen in paid)
    en = ", ".join(f"{_PAYERS[payer].en} {grouped(fen)}" for payer, fen in paid)
    return Text(f"  承担：{zh}", f"  borne by: {en}")


def summary(settled: GrowthSettlement | FeeSettlement, out: Path) -> str:
    """The sums of a settlement in both languages, Chinese first."""
    statements = _statements(settled)
    held = [one for one in statements if one.hold is not None]
    warnings = sum(fault.severity == "warning" for fault in settled.faults)
    count, total, waiting = len(statements), _sum(statements), _sum(held)
    head = Text(
        f"{settled.quarter}：{count} 张结算单，合计 {total} 元，其中暂缓 {len(held)} 张 {waiting} 元，提示 {warnings} 条",
        f"{settled.quarter}: {count} statements, {total} yuan in all, of which {len(held)} with {waiting} yuan are held, "
        f"{warnings} warnings",
    )
    lines = [head, *_held(statements), _payers(settled.shares)]
    told = [line for line in lines if line.zh]
    return "\n".join([*(line.zh for line in told), *(line.en for line in told), f"→ {out}"])
