"""Rows 32 to 35: listing on exchanges, in stages, and raising money again on the Zhongyuan equity exchange (附件2 四(七))."""

from dataclasses import replace

from kernel.bilingual import Text
from settlement.event_awards.case import AwardCase, DueSum, plain, rate_of
from settlement.event_awards.facts import choice, flag, money, text
from settlement.event_awards.kind import AwardKind, paper, rules


def board_listing(case: AwardCase) -> DueSum:
    """Three nodes, 300万, 300万, 400万; each once per firm for life whatever the board, 1000万 together."""
    event, node = case.event, case.event.code("node")
    case.require(event.code("board") in case.terms.codes("boards"), "board_not_covered")
    return replace(plain(case.terms.amounts("amounts")[node]), once=node, room=case.room(case.terms.fen("cap")))


def neeq_listing(case: AwardCase) -> DueSum:
    """“对新三板挂牌成功的，给予200万元奖励”."""
    return plain(case.terms.fen("amount"))


def zhongyuan_listing(case: AwardCase) -> DueSum:
    """“对在中原股权交易中心交易板挂牌的企业，一次性给予30万奖励”."""
    case.require(case.event.code("section") == "trading", "not_trading_board")
    return plain(case.terms.fen("amount"))


def zhongyuan_refinancing(case: AwardCase) -> DueSum:
    """“募集资金80%以上投资于我市的，按照融资额度的2‰给予一次性奖励，每户企业年度奖励最高限额100万元”.

    The 80 % is exact; the year is the calendar year in which the money arrived [default].
    """
    case.terms.only("year_of", "money_arrived")
    event, least = case.event, "city_share_at_least"
    raised, here = event.fen("raised"), event.fen("invested_here")
    case.require(event.flag("is_listed_there"), "not_listed_there")
    case.require(here <= raised, "more_than_raised")
    case.require(here >= case.terms.fraction(least) * raised, "city_share_too_small", least=case.terms.shown(least))
    room = case.room(case.terms.fen("annual_cap"), event.day.year)
    return replace(rate_of(case, raised, "rate"), once=event.identity_of("round"), room=room)


_ROUND = Text("融资公告或备案的编号，一笔一个", "The number of its announcement or filing, one a round")
_SECTIONS = {"trading": Text("交易板", "Trading board"), "exhibition": Text("展示板", "Exhibition board")}

KINDS = (
    AwardKind(
        rules=rules(board_listing_award=board_listing),
        day=Text("节点日", "Day of the node"),
        day_hint=Text("备案、受理或上市交易的日子", "When it was filed, accepted or first traded"),
        facts=(choice("board", "板块", "Board", of="boards"), choice("node", "节点", "Node", of="amounts")),
        evidence=(paper("node_notice", "省证监局、证监会或交易所的文件", "The regulator's or the exchange's paper"),),
    ),
    AwardKind(
        rules=rules(neeq_listing_award=neeq_listing),
        day=Text("挂牌日", "Day of listing"),
        facts=(),
        evidence=(paper("listing_letter", "同意挂牌函", "Letter of admission"),),
    ),
    AwardKind(
        rules=rules(zhongyuan_listing_award=zhongyuan_listing),
        day=Text("挂牌日", "Day of listing"),
        facts=(choice("section", "挂在哪个板", "Which board", among=_SECTIONS),),
        evidence=(paper("listing_letter", "挂牌通知书", "Notice of listing"),),
    ),
    AwardKind(
        rules=rules(zhongyuan_refinancing_award=zhongyuan_refinancing),
        day=Text("资金到账日", "Day the money arrived"),
        day_hint=Text("到账的公历年就是计上限的年度", "Its calendar year is the year of the cap"),
        facts=(
            flag("is_listed_there", "在中原股权交易中心挂牌", "Listed on the Zhongyuan equity exchange"),
            text("round", "这一笔融资的编号", "Number of this round", _ROUND),
            money("raised", "融资额度", "Money raised"),
            money("invested_here", "其中投资于我市", "Of it, invested in the city"),
        ),
        evidence=(
            paper("financing_contract", "融资合同或发行文件", "Financing contract or offering papers"),
            paper("bank_receipt", "到账凭证", "Receipt of the money"),
            paper("use_of_funds", "资金投向我市的证明", "Proof that it is invested in the city"),
        ),
    ),
)
