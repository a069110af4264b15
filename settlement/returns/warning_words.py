"""Why a warning matters, in plain words: what it may mean for the money. What is wrong and what to do stand with the rule itself."""

from kernel.bilingual import Text
from settlement.returns.column_rules import Rule

_WHY = {
    "check_digit": Text(
        "代码错一位，这户就可能和别的机构、别的季度对不上",
        "With one wrong sign this borrower may not match across institutions and quarters",
    ),
    "balances_over_line": Text(
        "授信超过上限的户不算普惠小微；授信写少了，这户可能被多算",
        "Borrowers over the limit do not count: a line written too small may count one that should not",
    ),
    "tenfold_jump": Text(
        "奖励按余额增量算；多写一个零，增量就虚高十倍",
        "The reward is paid on growth: one zero too many makes it ten times too large",
    ),
    "no_rows": Text(
        "没有贷款，这一季就按零余额算",
        "Without loans the quarter is computed with a balance of zero",
    ),
    "no_contracts": Text(
        "没有合同，这一季就没有补贴可算",
        "Without contracts there is no subsidy to compute this quarter",
    ),
    "deposit_taken": Text(
        "向小微企业收保证金等于抬高了它的成本，审核时会被问到",
        "A deposit raises what a small firm pays, and is asked about in review",
    ),
    "contract_vanished": Text(
        "没有终止日又不在表上，这笔合同从上季末起就不再计补贴",
        "A contract that is neither ended nor listed earns nothing after the last quarter's end",
    ),
    "terms_changed": Text(
        "补贴按合同条款重算，以前各季的数也会跟着变",
        "The subsidy is computed anew from the terms, and earlier quarters change with it",
    ),
    "outstanding_unexplained": Text(
        "部分还款从还款日起少计补贴，不报就会多算",
        "A partial repayment lowers the subsidy from its day; unreported, too much is paid",
    ),
    "outstanding_after_end": Text(
        "终止以后不再计补贴，年均余额也会被多算",
        "Nothing is earned after the end, and the mean balance would be too high",
    ),
    "ended_before_quarter": Text(
        "已经终止的合同本季不再计补贴",
        "A contract that had ended earns nothing this quarter",
    ),
    "ends_after_quarter": Text(
        "季末以后的事还没有发生，本季按在保计算",
        "What comes after the quarter's end has not happened: the contract counts as in force",
    ),
    "event_repeated": Text(
        "同一次还款或退费报两遍，补贴就少算或错算",
        "One repayment or refund filed twice makes the subsidy wrong",
    ),
    "over_limit_across": Text(
        "一户在多家机构合计超过上限，审核时会被问到",
        "A borrower over the limit across institutions is asked about in review",
    ),
    "claimed_twice": Text(
        "同一笔贷款不能两家都全数计入",
        "One loan cannot count in full for two institutions",
    ),
    "near_twin": Text(
        "几乎一样的两笔可能是同一笔，重复计算要退回",
        "Nearly equal loans may be the same one, and money paid twice has to be paid back",
    ),
}


def why_it_matters(rule: Rule) -> Text | None:
    """What a warning may mean for the money; None for a rule that keeps a file from being accepted at all."""
    return _WHY.get(rule.code)
