"""A guarantor's return: every rule with the row that breaks it, one answer in every format, and the last return beside it."""

import hashlib
import random
from pathlib import Path

import duckdb
import pytest

from kernel.tables.faults import FileRefused
from settlement.engine.guarantee_tape import CONTRACT_LAYOUT, EVENT_LAYOUT, RETURN_HEADING
from settlement.engine.tape import TapeLayout
from settlement.returns.column_rules import Severity
from settlement.returns.intake import Known, intake
from settlement.returns.kinds import GUARANTEES
from settlement.returns.sealing import events_beside
from tests.seeds import seeded
from tests.settlement.returns.filed_files import code, loan
from tests.settlement.returns.filed_files import write_csv as write_loans
from tests.settlement.returns.guarantee_files import (
    GUARANTOR,
    LENDER,
    Q2,
    Q3,
    Row,
    contract,
    errors,
    event,
    take,
    warnings,
)

BROKEN = [
    ("contract_id", "", "missing", "合同号没有填", "The contract id is missing"),
    ("borrower_code", "9141040", "malformed_code", "18 位数字和大写字母", "18 digits and capitals"),
    ("borrower_kind", "tiny", "unknown_code", "可填：小型企业、微型企业", "one of: small, micro"),
    ("region", "郑州市", "unknown_code", "可填：新华区", "one of: 410402"),
    ("lender_code", "ICBC", "malformed_code", "贷款机构代码写法不对", "The lender's code is malformed"),
    ("lender_code", code(7), "unknown_lender", "没有登记过这家贷款机构", "No such lender is on the register"),
    ("amount", "500万", "not_money", "担保金额不是能读的金额", "The guaranteed amount is not a readable amount"),
    ("fee_income", "-1", "out_of_range", "不能是负数", "not negative"),
    ("extra_fees", "some", "not_money", "其他收费不是能读的金额", "The other fees is not a readable amount"),
    ("start_date", "2022-02-30", "not_date", "写成 2022-03-31", "write 2022-03-31"),
    ("start_date", "2022-10-01", "start_after_quarter", "9 月 30 日以后起保的不进本季报表", "that start after 2022-09-30"),
    ("end_date", "2022-05-16", "end_not_after_start", "终止日不晚于起保日", "The end date is not after the start date"),
    ("released_on", "someday", "not_date", "解除日不是能读的日期", "The release date is not a readable date"),
    ("released_on", "2022-05-15", "outside_contract", "解除日不在起止日之内", "The release date is outside"),
    ("compensated_on", "2023-05-17", "outside_contract", "代偿日不在起止日之内", "The compensation date is outside"),
    ("outstanding", "5000000.01", "over_amount", "期末在保余额大于担保金额", "more than the guaranteed amount"),
    ("share", "100.5", "out_of_range", "应在 0 到 100 之间", "between 0 and 100"),
    ("share", "-1", "out_of_range", "应在 0 到 100 之间", "between 0 and 100"),
    ("deposit", "1.005", "not_money", "保证金不是能读的金额", "The deposit is not a readable amount"),
    ("batch_product", "maybe", "unknown_code", "填 是 或 否", "yes or no"),
]  # fmt: skip


@pytest.mark.parametrize(("column", "value", "rule", "zh", "en"), BROKEN)
def test_a_bad_cell_is_told_by_row_column_value_and_rule_in_both_languages(
    tmp_path: Path, column: str, value: str, rule: str, zh: str, en: str
) -> None:
    found = take(tmp_path, [contract(1), contract(2, **{column: value})])
    assert errors(found) == [("", 3, column, value, rule)]
    assert zh in found.errors.listed[0].text.zh
    assert en in found.errors.listed[0].text.en
    assert not found.is_accepted
    assert not (tmp_path / "tape.parquet").exists()


def test_an_amount_of_nothing_is_no_guarantee(tmp_path: Path) -> None:
    found = take(tmp_path, [contract(1, amount="0.00", outstanding="0.00")])
    assert errors(found) == [("", 2, "amount", "0.00", "out_of_range")]
    assert found.errors.listed[0].text.zh == "担保金额超出范围：要大于 0，整数部分最多 15 位"


def test_a_contract_that_repeats_and_a_borrower_of_two_kinds_are_told_on_every_row(tmp_path: Path) -> None:
    rows = [contract(1), contract(2, contract_id="HJ00000001"), contract(3, borrower_kind="small")]
    found = take(tmp_path, [*rows, contract(4, borrower_code=code(3), borrower_kind="微型企业")])
    assert errors(found) == [
        ("", 2, "contract_id", "HJ00000001", "duplicate_contract"),
        ("", 3, "contract_id", "HJ00000001", "duplicate_contract"),
        ("", 4, "borrower_kind", "small", "unequal_borrower_kind"),
        ("", 5, "borrower_kind", "微型企业", "unequal_borrower_kind"),
    ]


BAD_EVENTS = [
    (event(9), "contract_id", "unknown_contract"),
    (event(1, day="2022-05-15"), "date", "outside_contract"),
    (event(1, "fee_refund", "1.00", "2022-10-01"), "date", "event_after_quarter"),
    (event(1, "fee_refund", "50000.01"), "amount", "refunds_over_fee"),
    (event(1, "refund"), "kind", "unknown_code"),
    (event(1, amount="0"), "amount", "out_of_range"),
    (event(1, date="yesterday"), "date", "not_date"),
]


@pytest.mark.parametrize(("bad", "column", "rule"), BAD_EVENTS, ids=[rule for _, _, rule in BAD_EVENTS])
def test_a_bad_event_is_told_in_its_own_file(tmp_path: Path, bad: Row, column: str, rule: str) -> None:
    found = take(tmp_path, [contract(1), contract(2, outstanding="4000000.00")], [event(2), bad])
    told = [mark for mark in errors(found) if mark[0] == "events"]
    assert told == [("events", 3, column, bad[column], rule)]
    assert {fault.file for fault in found.faults() if fault.rule == rule} == {"events.csv"}
    assert not found.is_accepted


def test_repayments_of_more_than_the_amount_are_refused_on_every_one_of_them(tmp_path: Path) -> None:
    events = [event(1, amount="3000000.00"), event(1, amount="2000000.01", day="2022-09-01")]
    found = take(tmp_path, [contract(1, outstanding="0.00")], events)
    assert [mark for mark in errors(found) if mark[4] == "repayments_over_amount"] == [
        ("events", 2, "amount", "3000000.00", "repayments_over_amount"),
        ("events", 3, "amount", "2000000.01", "repayments_over_amount"),
    ]


def test_a_repayment_after_the_release_is_refused_and_a_refund_is_not(tmp_path: Path) -> None:
    released = contract(1, released_on="2022-08-01", outstanding="0.00")
    found = take(tmp_path, [released], [event(1, day="2022-08-02"), event(1, "fee_refund", "10000.00", "2022-08-31")])
    assert errors(found) == [("events", 2, "date", "2022-08-02", "outside_contract")]
    assert take(tmp_path, [released], [event(1, "fee_refund", "10000.00", "2022-08-31")]).is_accepted


def test_what_is_outstanding_agrees_with_the_repayments(tmp_path: Path) -> None:
    new = contract(1, start_date="2022-07-01", outstanding="4000000.00")
    assert take(tmp_path, [new], [event(1)]).is_accepted
    found = take(tmp_path, [{**new, "outstanding": "4500000.00"}], [event(1)])
    assert errors(found) == [("", 2, "outstanding", "4500000.00", "outstanding_differs")]
    assert found.errors.listed[0].beside == "4000000.00"


def test_a_contract_older_than_the_first_return_may_have_been_repaid_before(tmp_path: Path) -> None:
    assert take(tmp_path, [contract(1, outstanding="3000000.00")], [event(1)]).is_accepted
    found = take(tmp_path, [contract(1, outstanding="4000000.01")], [event(1)])
    assert errors(found) == [("", 2, "outstanding", "4000000.01", "outstanding_differs")]


WARNED = [
    ({"deposit": "1.00"}, "deposit", "deposit_taken"),
    ({"borrower_code": "91350100M0001TGQXM"}, "borrower_code", "check_digit"),
    ({"start_date": "2022-07-01", "outstanding": "4000000.00"}, "outstanding", "outstanding_unexplained"),
    ({"released_on": "2022-09-30"}, "outstanding", "outstanding_after_end"),
    ({"end_date": "2022-06-30", "outstanding": "0.00"}, "contract_id", "ended_before_quarter"),
    ({"released_on": "2022-10-01"}, "released_on", "ends_after_quarter"),
]


@pytest.mark.parametrize(("changed", "column", "rule"), WARNED, ids=[rule for _, _, rule in WARNED])
def test_what_is_odd_is_accepted_and_has_to_be_confirmed(tmp_path: Path, changed: Row, column: str, rule: str) -> None:
    row = contract(1, **changed)
    found = take(tmp_path, [row])
    assert found.is_accepted
    assert warnings(found) == [("", 2, column, row[column], rule)]


def test_a_return_without_contracts_is_a_warning_and_one_without_events_is_not(tmp_path: Path) -> None:
    assert warnings(take(tmp_path, [])) == [("", 0, "", "", "no_contracts")]
    assert warnings(take(tmp_path, [contract(1)], [])) == []


def test_an_event_filed_twice_is_a_warning(tmp_path: Path) -> None:
    twice = [event(1, "fee_refund", "100.00"), event(1, "fee_refund", "100.00")]
    assert warnings(take(tmp_path, [contract(1)], twice)) == [
        ("events", 3, "contract_id", "HJ00000001", "event_repeated")
    ]


def _second_quarter(folder: Path, rows: list[Row], events: list[Row] | None = None) -> Known:
    """The second quarter as accepted: what the third is held against."""
    before = take(folder, rows, events, quarter=Q2, tape="before.parquet")
    assert before.tape is not None
    return Known(before.tape, (events_beside(before.tape),), frozenset({LENDER}))


def test_a_contract_that_vanished_or_changed_its_terms_is_a_warning(tmp_path: Path) -> None:
    known = _second_quarter(
        tmp_path, [contract(1), contract(2), contract(3, end_date="2022-06-30", outstanding="0.00")]
    )
    found = take(tmp_path, [contract(1, end_date="2024-05-16", fee_income="90000.00")], known=known)
    assert warnings(found) == [
        ("", 0, "contract_id", "HJ00000002", "contract_vanished"),
        ("", 2, "contract_id", "HJ00000001", "terms_changed"),
    ]
    vanished, changed = found.warnings.listed
    assert (vanished.loan_id, vanished.borrower_name) == ("HJ00000002", "平顶山市第2号商贸有限公司")
    assert changed.beside == "终止日、担保费收入"


def test_a_release_once_filed_does_not_go_away_in_silence(tmp_path: Path) -> None:
    known = _second_quarter(tmp_path, [contract(1, released_on="2022-06-20", outstanding="0.00")])
    found = take(tmp_path, [contract(1)], known=known)
    assert ("", 2, "contract_id", "HJ00000001", "terms_changed") in warnings(found)


def test_repayments_are_taken_off_the_last_balance_and_roll_it_forward(tmp_path: Path) -> None:
    first = [event(1, day="2022-06-15")]
    known = _second_quarter(tmp_path, [contract(1, outstanding="4000000.00"), contract(2)], first)
    found = take(tmp_path, [contract(1, outstanding="3000000.00"), contract(2)], [event(1)], known=known)
    assert found.is_accepted
    assert not found.warnings
    rolled = found.roll_forward
    assert rolled is not None
    assert rolled.adds_up
    assert (rolled.previous, rolled.shrunk, rolled.present) == (9_000_000_00, 1_000_000_00, 8_000_000_00)
    again = take(tmp_path, [contract(1, outstanding="4000000.00"), contract(2)], [event(1)], known=known)
    assert errors(again) == [("", 2, "outstanding", "4000000.00", "outstanding_differs")]


def test_refunds_and_repayments_of_earlier_quarters_count_too(tmp_path: Path) -> None:
    first = [event(1, "fee_refund", "30000.00", "2022-06-15")]
    known = _second_quarter(tmp_path, [contract(1)], first)
    later = [event(1, "fee_refund", "20000.01")]
    assert errors(take(tmp_path, [contract(1)], later, known=known)) == [
        ("events", 2, "amount", "20000.01", "refunds_over_fee")
    ]
    assert take(tmp_path, [contract(1)], [event(1, "fee_refund", "20000.00")], known=known).is_accepted
    found = take(tmp_path, [contract(1)], [event(1, "fee_refund", "10000.00", "2022-06-15")], known=known)
    assert found.is_accepted
    assert not found.warnings
    repeated = take(
        tmp_path, [contract(1)], first, known=_second_quarter(tmp_path, [contract(1, fee_income="70000.00")], first)
    )
    assert [mark[4] for mark in warnings(repeated)] == ["event_repeated", "terms_changed"]


def _bad_return() -> tuple[list[Row], list[Row]]:
    """A return with many kinds of bad rows, and the same one put right."""
    good = [contract(number) for number in range(1, 19)]
    bad = [dict(row) for row in good]
    bad[0]["amount"] = "500万"
    bad[1]["amount"] = "0"
    bad[2]["end_date"] = "2021-05-16"
    bad[3]["fee_income"] = "-5.00"
    bad[4]["contract_id"] = bad[5]["contract_id"] = "HJ77"
    bad[6]["region"] = "郑州市"
    bad[7]["start_date"] = "2022-10-08"
    bad[8]["borrower_code"] = "9141040"
    bad[9]["borrower_name"] = ""
    bad[10]["share"] = "101"
    bad[11]["lender_code"] = code(900)
    bad[12]["released_on"] = "2023-06-01"
    bad[13]["compensated_on"] = "2022-01-01"
    bad[14]["outstanding"] = "6000000.00"
    bad[15]["borrower_code"] = bad[16]["borrower_code"]
    bad[15]["borrower_kind"] = "小型企业"
    bad[17]["borrower_code"] = "ID:410402199001011234"
    return good, bad


def test_a_return_with_many_kinds_of_bad_rows_has_one_error_list_in_every_format(tmp_path: Path) -> None:
    good, bad = _bad_return()
    events = [event(1, "fee_refund", "1.00"), event(99), event(2, "fee_refund", "60000.00")]
    found = take(tmp_path, bad, events, ending="gb18030.csv")
    again = take(tmp_path, bad, events, ending="xlsx")
    assert (found.format, found.encoding, again.format, again.sheet) == ("CSV", "GB18030", "XLSX", "Sheet")
    told = errors(found)
    assert [mark[:3] + mark[4:] for mark in told] == [mark[:3] + mark[4:] for mark in errors(again)]
    assert len({mark[4] for mark in told}) >= 12
    assert {mark[4] for mark in told if mark[0] == "events"} == {"unknown_contract", "refunds_over_fee"}
    assert [one.text for one in found.errors.listed] == [one.text for one in again.errors.listed]
    assert all(one.text.zh and one.text.en for one in found.errors.listed)
    for ending in ("gb18030.csv", "xlsx"):
        assert take(tmp_path, good, events[:1], ending=ending).is_accepted


def _any_contract(chance: random.Random, number: int) -> Row:
    amount = chance.choice([1, 10**15 - 1, chance.randrange(1, 10**11)])
    written = f"{amount // 100}.{amount % 100:02d}"
    return contract(
        number,
        amount=written,
        outstanding=chance.choice([written, "0"]),
        borrower_kind=chance.choice(["small", "micro", "owner", "individual_business"]),
        share=chance.choice(["100", "80", "33.3333", ""]),
        first_loan=chance.choice("YN"),
        batch_product=chance.choice("YN"),
        released_on=chance.choice(["", "2022-09-01"]),
        borrower_name=chance.choice(["=1+1", "喆堃机械（集团）有限公司", "A & B"]),
    )


def test_random_returns_keep_their_digest_through_every_format_in_any_order(tmp_path: Path) -> None:
    chance = seeded()
    for _ in range(3):
        rows = [_any_contract(chance, number) for number in range(1, 40)]
        for row in rows:
            row["borrower_name"] = row["borrower_name"].lstrip("=")
        events = [event(number, "fee_refund", "10.00") for number in chance.sample(range(1, 40), 12)]
        found = take(tmp_path, rows, events)
        assert found.is_accepted, errors(found)
        shuffled = (chance.sample(rows, len(rows)), chance.sample(events, len(events)))
        again = [take(tmp_path, *shuffled, ending=ending) for ending in ("gb18030.csv", "xlsx", "parquet")]
        assert [one.row_digest for one in again] == [found.row_digest] * 3
        assert {(one.total_balance, one.events) for one in again} == {(found.total_balance, 12)}


def test_the_digest_sees_every_contract_and_every_event(tmp_path: Path) -> None:
    digests = {take(tmp_path, [contract(1)]).row_digest, take(tmp_path, [contract(1)], []).row_digest}
    assert len(digests) == 1
    for rows, events in (
        ([contract(1, deposit="0.01")], None),
        ([contract(1)], [event(1, "fee_refund", "1.00")]),
        ([contract(1)], [event(1, "fee_refund", "1.01")]),
        ([contract(1)], [event(1, "fee_refund", "1.00", "2022-08-16")]),
    ):
        digests.add(take(tmp_path, rows, events).row_digest)
    assert len(digests) == 5


def _described(tape: Path, layout: TapeLayout) -> str:
    """The row digest recomputed from its description, for fewer rows than a chunk."""
    with duckdb.connect() as db:
        rows = db.execute(f"SELECT {', '.join(layout.digested)} FROM '{tape}'").fetchall()
    said = "".join("\x1f".join(_said(value) for value in row) + "\n" for row in rows)
    chunks = [hashlib.sha256(said.encode()).hexdigest() + "\n"] if rows else []
    return hashlib.sha256((f"{layout.heading}\n" + "".join(chunks)).encode()).hexdigest()


def _said(value: object) -> str:
    return "" if value is None else str(int(value)) if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("count", [0, 3])
def test_the_digest_can_be_recomputed_from_its_description(tmp_path: Path, count: int) -> None:
    events = [event(number, "fee_refund", "1.00") for number in range(count, 0, -1)]
    found = take(
        tmp_path, [contract(2), contract(3, released_on="2022-09-01", outstanding="0.00"), contract(1)], events
    )
    assert found.tape is not None
    parts = (_described(found.tape, CONTRACT_LAYOUT), _described(events_beside(found.tape), EVENT_LAYOUT))
    said = f"{RETURN_HEADING}\n{parts[0]}\n{parts[1]}\n"
    assert found.row_digest == hashlib.sha256(said.encode()).hexdigest()


def test_a_loan_return_is_no_guarantee_return(tmp_path: Path) -> None:
    with pytest.raises(FileRefused) as refused:
        intake(
            write_loans(tmp_path, [loan(1)]),
            institution_code=GUARANTOR,
            quarter=Q3,
            into=tmp_path / "tape.parquet",
            kind=GUARANTEES,
        )
    assert {fault.rule for fault in refused.value.faults} == {"column_unknown", "column_missing"}


def test_the_catalogue_fits_its_bitmaps_and_says_everything_twice() -> None:
    assert all(len(sheet.row_rules) < 63 for sheet in GUARANTEES.sheets)
    assert all(rule.severity is Severity.ERROR for sheet in GUARANTEES.sheets for rule in sheet.row_rules)
    assert len({rule.key for rule in GUARANTEES.rules}) == len(GUARANTEES.rules)
    assert all(text for rule in GUARANTEES.rules for text in (*rule.message, *rule.help))
