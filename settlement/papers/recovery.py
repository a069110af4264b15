"""The recovery notice 追回通知 on paper: how much is to be paid back to whom, by when, why, and for which statements."""

from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.clock import business_day
from kernel.errors import NotFound
from kernel.money import grouped
from kernel.policies import PolicyBook
from settlement.papers.decision import may_read
from settlement.papers.hands import NOBODY, PaperHand
from settlement.papers.letter import TOTAL, PaperLetter, PaperTable, letter_pdf, long_day
from settlement.payments import labels
from settlement.payments.models import PayeeAccount, PayerClaim
from settlement.payments.payable_book import COUNTY_OFFICER
from settlement.payments.payees import payees_in_force
from settlement.payments.recoveries.models import RecoveryNotice
from settlement.payments.recoveries.service import claims_behind, notice_by_number
from settlement.payments.recoveries.set_offs import settling_orders
from settlement.people import names_of

TITLE = Text("追回通知", "Notice of recovery")
HEADS = (
    Text("结算单", "Statement"),
    Text("政策", "Scheme"),
    Text("季度", "Quarter"),
    Text("批次", "Batch"),
    Text("调减（元）", "Lowered by (yuan)"),
    Text("已抵扣（元）", "Set off (yuan)"),
    Text("已缴回（元）", "Paid back (yuan)"),
)


def recovery_paper(db: Session, caller: Caller, number: str, book: PolicyBook, *, lang: str) -> bytes:
    """The PDF of a notice, for the finance side, the payer's own officer and the one who is asked; NotFound for all others."""
    notice = notice_by_number(db, number)
    if not may_read(caller, notice.beneficiary_id) and not _is_payers(caller, notice):
        raise NotFound("notice_not_found", "没有这份追回通知", "There is no such recovery notice")
    return letter_pdf(_letter(db, notice, book), lang=lang)


def _is_payers(caller: Caller, notice: RecoveryNotice) -> bool:
    return caller.role == COUNTY_OFFICER and caller.fiscal_region == notice.payer


def _letter(db: Session, notice: RecoveryNotice, book: PolicyBook) -> PaperLetter:
    payer, due, issued = labels.payer(notice.payer), long_day(notice.due_on), business_day(notice.issued_at)
    return PaperLetter(
        title=TITLE,
        foot=Text(f"{notice.number} · {notice.beneficiary_code}", f"{notice.number} · {notice.beneficiary_code}"),
        day=issued,
        head=(
            (Text("编号", "Number"), notice.number),
            (Text("统一社会信用代码", "Credit code"), notice.beneficiary_code),
            (Text("收款方", "Pay to"), payer),
            (Text("缴回期限", "Due by"), due),
        ),
        addressee=Text(f"{notice.beneficiary_name}：", notice.beneficiary_name),
        body=(_body(notice, payer, due),),
        amount_label=Text("应缴回", "To be paid back"),
        amount=notice.amount,
        tables=(_claims(claims_behind(db, notice), book), *_account(db, notice)),
        closing=(*_so_far(notice), *_set_off(db, notice)),
        hands=_hands(db, notice),
    )


def _body(notice: RecoveryNotice, payer: Text, due: Text) -> Text:
    return Text(
        f"因{notice.reason}，此前拨付给你单位的奖补资金多于按现有事实应付的金额，已没有应付款可以抵扣。"
        f"请于{due.zh}前把多付的部分缴回{payer.zh}，并注明本通知编号。",
        f"Reason: {notice.reason}. What was paid to you is more than is due on present facts, and nothing due is left to set it off "
        f"against. Please pay it back to {payer.en} by {due.en}, quoting the number of this notice.",
    )


def _claims(claims: list[PayerClaim], book: PolicyBook) -> PaperTable:
    rows = tuple(
        (
            f"{one.statement_number} r{one.revision}",
            labels.scheme(book, one.scheme),
            one.quarter,
            one.batch,
            grouped(-one.amount),
            grouped(one.set_off),
            grouped(one.recovered),
        )
        for one in claims
    )
    sums = (-sum(c.amount for c in claims), sum(c.set_off for c in claims), sum(c.recovered for c in claims))
    total: tuple[Text | str, ...] = (TOTAL, "", "", "", *(grouped(fen) for fen in sums))
    return PaperTable(
        Text("哪些结算单", "Which statements"), HEADS, rows, (0, 1, 0, 0, 0, 0, 0), right=(4, 5, 6), total=total
    )


def _account(db: Session, notice: RecoveryNotice) -> tuple[PaperTable, ...]:
    """The payer's account at the time of the notice, where it has one."""
    found = payees_in_force(db, [notice.payer], business_day(notice.issued_at)).get(notice.payer)
    return (_account_table(found),) if found else ()


def _account_table(account: PayeeAccount) -> PaperTable:
    heads = (Text("户名", "Account name"), Text("账号", "Account number"), Text("开户行", "Bank"))
    row = (account.account_name, account.account_number, account.bank_name)
    return PaperTable(Text("缴到这个账户", "Pay to this account"), heads, (row,), (1, 0, 1))


def _so_far(notice: RecoveryNotice) -> tuple[Text, ...]:
    if not notice.recovered:
        return ()
    back, left = grouped(notice.recovered), grouped(notice.open_amount)
    return (
        Text(
            f"打印时已缴回 {back} 元，还要缴回 {left} 元。",
            f"By the time of printing {back} yuan came back; {left} yuan are left.",
        ),
    )


def _set_off(db: Session, notice: RecoveryNotice) -> tuple[Text, ...]:
    """What later orders took instead; with nothing left, the notice is closed by it."""
    found = settling_orders(db, [notice]).get(notice.id or 0, [])
    said = tuple(
        Text(
            f"{day} 拨付令 {number} 抵扣 {grouped(fen)} 元，这部分不用再缴。",
            f"Order {number} set off {grouped(fen)} yuan on {day}; that part is asked for no longer.",
        )
        for number, day, fen in found
    )
    closed = Text("本通知已经结清。", "Nothing is left to be paid on this notice.")
    return said if not found or notice.open_amount else (*said, closed)


def _hands(db: Session, notice: RecoveryNotice) -> tuple[PaperHand, ...]:
    """The operator who issued it, and empty places for those who sign the paper."""
    name = names_of(db, [notice.issued_by]).get(notice.issued_by, "")
    issued = PaperHand(NOBODY[0].role, Text(name, name), business_day(notice.issued_at).isoformat())
    return (issued, *NOBODY[1:3])
