"""What a bank of the demonstration makes of a referral: drawn act by act, each some working days after delivery."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any, Final

from config.demonstration.streams import percent, weighted
from matchmaking.referrals.asking import Approval
from matchmaking.referrals.reading import ShownReferral

WAN: Final = 1_000_000
NOTES: Final = ("电话约好上门看厂", "当面谈过，要近两年报表", "客户经理到企业看过货", "视频会上谈过，讲了利率和期限")
PAPERS: Final = ("近 12 个月对公流水", "近两年财务报表", "设备购销合同", "最近一期完税证明")
REFUSALS: Final = {
    "01": "系统里只查到六个月的纳税记录",
    "02": "报表和流水对不上，差额说不清",
    "04": "抵押物不足值，缺一位保证人",
    "05": "在其他行的余额已经不低，销售撑不住",
    "07": "采购合同还没有签",
    "10": "能给的利率高于企业的上限",
}
FIRST_FIRM: Final = "恒润精密铸造有限公司"  # its story is told by hand
WHY_NOT: Final = ("已经在别家办下来了", "利率比预想的高", "今年不扩产了")


@dataclass(frozen=True)
class BankManner:
    """How a bank works: how often in a hundred it says no, lets its time run out, and lays the money out at once."""

    refuses: int
    dawdles: int
    pays_out: int

    @classmethod
    def drawn(cls, rng: Random) -> "BankManner":
        return cls(rng.randint(18, 45), rng.randint(2, 25), rng.randint(45, 85))


@dataclass(frozen=True)
class PathAct:
    """One act: how many working days after delivery, by its name among the acts, and what it says."""

    day: int
    name: str
    said: dict[str, Any]


def path(one: ShownReferral, manner: BankManner, rng: Random) -> Iterator[PathAct]:
    """The acts of a referral in order, as far as it would go with time enough."""
    if one.enterprise.name == FIRST_FIRM:
        yield from _told(one)
        return
    if percent(rng, manner.dawdles // 3):
        return
    day = rng.randint(3, 6) if percent(rng, manner.dawdles) else rng.randint(1, 2)
    if percent(rng, manner.refuses):
        yield _refusal(day, rng)
        return
    yield PathAct(day, "accept", {})
    day += rng.randint(0, 1)
    yield PathAct(day, "contact", {"note": rng.choice(NOTES)})
    yield from _decided(one, manner, rng, day)


def _told(one: ShownReferral) -> Iterator[PathAct]:
    """The firm of the pictures: 沙河 waits for its papers, 应河 has declined, the others have talked to it."""
    if one.bank.name.startswith("应河"):
        yield PathAct(4, "refuse", {"code": "01", "text": "系统里只查到六个月的纳税记录，补齐以后欢迎再来"})
        return
    yield PathAct(1, "accept", {})
    yield PathAct(2, "contact", {"note": "客户经理打过电话"})
    if one.bank.name.startswith("沙河"):
        yield PathAct(4, "ask-for-papers", {"papers": "近 3 个月电费单"})


def _decided(one: ShownReferral, manner: BankManner, rng: Random, day: int) -> Iterator[PathAct]:
    if percent(rng, 6):
        yield PathAct(day + 2, "withdraw", {"reason": rng.choice(WHY_NOT)})
        return
    if percent(rng, 22):
        yield PathAct(day + 1, "ask-for-papers", {"papers": rng.choice(PAPERS)})
        day += rng.randint(2, 6)
        yield PathAct(day, "papers-are-in", {"note": ""})
    day += rng.randint(2, 7)
    if percent(rng, manner.refuses // 2):
        yield _refusal(day, rng)
        return
    granted = _granted(one, rng)
    yield PathAct(day, "approve", {"granted": granted})
    if percent(rng, 80):
        yield from _contracted(one, granted, manner, rng, day + rng.randint(1, 3))


def _refusal(day: int, rng: Random) -> PathAct:
    code = weighted(rng, dict.fromkeys(REFUSALS, 1))
    return PathAct(day, "refuse", {"code": code, "text": REFUSALS[code]})


def _granted(one: ShownReferral, rng: Random) -> Approval:
    """What was asked for or a part of it, in whole 万, at a rate that both can live with, by a guarantee that both named."""
    asked, product = one.request, one.product
    amount = max(WAN, asked.amount * rng.choice((100, 100, 80, 60)) // 100 // WAN * WAN)
    room = min(product.rate_max, asked.rate_ceiling) - product.rate_min
    rate = product.rate_min + (room * rng.randrange(11) / 10).quantize(Decimal("0.01"))
    shared = [kind for kind in product.guarantee_kinds if kind in asked.guarantee_kinds]
    return Approval(amount, rate, asked.term, (shared or list(product.guarantee_kinds))[0])


def _contracted(one: ShownReferral, granted: Approval, manner: BankManner, rng: Random, day: int) -> Iterator[PathAct]:
    yield PathAct(day, "sign", {"contract_number": f"借〔2022〕{one.id:05d}号"})
    if not percent(rng, manner.pays_out):
        return
    halves = granted.amount // (2 * WAN) * WAN
    parts = [halves, granted.amount - halves] if halves and percent(rng, 35) else [granted.amount]
    for number, amount in enumerate(parts, start=1):
        day += rng.randint(1, 4)
        yield PathAct(day, "draw", {"loan_id": f"JJ{one.id:05d}-{number}", "amount": amount})
        if percent(rng, 80):
            yield PathAct(day, "confirm", {"number": number})
