"""The loan returns of the demonstration city: their shape, their agreement with certified figures, and the planted cases."""

from collections import Counter, defaultdict
from collections.abc import Iterable

import pytest

from config.demonstration.loans import LIMIT
from config.demonstration.plan import QUARTERS
from kernel.credit_code import CodeCheck, check
from kernel.money import parse_yuan
from kernel.periods import Quarter
from tests.config.conftest import City, Row, Survey, of, reason

REASONS = {"currency", "bill_discount", "card_overdraft", "purchased", "borrower_kind", "purpose", "credit_line"}


def eligible(rows: Iterable[Row]) -> int:
    return sum(parse_yuan(row["balance"]) for row in rows if reason(row) == "eligible")


def certified(city: City, file: str = "certified.csv") -> dict[tuple[str, str], int]:
    return {(row["institution_code"], row["date"]): parse_yuan(row["balance"]) for row in city.table(file)}


def test_a_quarter_has_about_thirty_thousand_loans(surveys: list[Survey]) -> None:
    counts = Counter[Quarter]()
    for one in surveys:
        counts[one.quarter] += one.loans
    assert tuple(sorted(counts)) == QUARTERS
    assert all(25_000 <= count <= 34_000 for count in counts.values())


def test_no_return_breaks_a_row_rule(surveys: list[Survey]) -> None:
    assert {one.code: one.wrong for one in surveys if one.wrong} == {}


def test_every_reason_of_exclusion_occurs_in_every_return(surveys: list[Survey]) -> None:
    assert [one for one in surveys if one.reasons != REASONS | {"eligible"}] == []


def test_only_the_planned_borrowers_draw_warnings(city: City, surveys: list[Survey]) -> None:
    over, jumps = set(), set()
    before = {(one.code, one.quarter): one.totals for one in surveys}
    for one in surveys:
        last = before.get((one.code, one.quarter.previous), {})
        over |= {(borrower, str(one.quarter)) for borrower, sum_ in one.totals.items() if sum_ > one.lines[borrower]}
        jumps |= {
            (borrower, str(one.quarter))
            for borrower, sum_ in one.totals.items()
            if sum_ > 10 * last.get(borrower, sum_)
        }
    assert over == {(city.code_of["捷运物流有限公司"], "2022Q3")}
    assert jumps == {(city.code_of["小满茶叶店"], "2022Q3")}


def test_two_borrowers_alone_are_over_ten_million_across_institutions(city: City, surveys: list[Survey]) -> None:
    found = set()
    for quarter in QUARTERS:
        lines: dict[str, list[int]] = defaultdict(list)
        for one in (one for one in surveys if one.quarter == quarter):
            for borrower, line in one.lines.items():
                lines[borrower].append(line)
        found |= {(code, str(quarter)) for code, by_bank in lines.items() if len(by_bank) > 1 and sum(by_bank) > LIMIT}
    hongda, stone = city.code_of["宏达水泥制品有限公司"], city.code_of["青石板建材有限公司"]
    assert {quarter for code, quarter in found if code == hongda} == {str(quarter) for quarter in QUARTERS[:5]}
    assert {quarter for code, quarter in found if code == stone} == {str(quarter) for quarter in QUARTERS[1:]}
    assert {code for code, _ in found} == {hongda, stone}


def test_returns_agree_with_certified_figures_but_for_the_planned_difference(city: City, surveys: list[Survey]) -> None:
    figures = certified(city) | certified(city, "certified-late.csv")
    apart = {
        (one.code, str(one.quarter)): abs(one.eligible - figure) / figure
        for one in surveys
        if (figure := figures.get((one.code, str(one.quarter.last_day))))
    }
    assert len(apart) == len(figures)
    assert apart.pop((city.code_of["汝瓷农村商业银行"], "2022Q3")) == pytest.approx(0.006, abs=1e-6)
    assert max(apart.values()) <= 0.003


def test_two_banks_dip_and_rebound(city: City) -> None:
    figures = certified(city)
    for name in ("沙河农村商业银行", "三苏农村商业银行"):
        code = city.code_of[name]
        first, dip, rebound = (figures[code, day] for day in ("2022-03-31", "2022-06-30", "2022-09-30"))
        assert dip < first < rebound


def test_the_rewards_of_the_third_quarter_are_those_of_the_pictures(city: City) -> None:
    figures = certified(city)
    code = city.code_of["沙河农村商业银行"]
    assert figures[code, "2022-09-30"] - figures[code, "2022-06-30"] == 37_261_537_28
    assert figures[code, "2022-09-30"] - figures[code, "2022-03-31"] == 25_838_702_51
    assert eligible(city.loans(city.path("沙河农村商业银行", "2022Q3"))) == 1_064_301_228_60


@pytest.mark.parametrize("quarter", ["2021Q4", "2022Q3", "2023Q2"])
def test_one_client_is_at_the_limit_and_one_a_fen_over(city: City, quarter: str) -> None:
    rows = city.loans(city.path("沙河农村商业银行", quarter))
    (at,), (over,) = (of(rows, city.code_of[name]) for name in ("锦程机械有限公司", "沙河顺达物流有限公司"))
    assert (at["credit_line"], reason(at)) == ("10000000.00", "eligible")
    assert (over["credit_line"], reason(over)) == ("10000000.01", "credit_line")


def test_a_village_bank_is_absorbed_with_its_clients(city: City) -> None:
    huimin, yinghe, client = (
        city.code_of[name] for name in ("惠民村镇银行", "应河城市商业银行", "宏达水泥制品有限公司")
    )
    row = next(row for row in city.table("institutions.csv") if row["institution_code"] == huimin)
    assert (row["local_legal_person_until"], row["successor_code"]) == ("2023-02-20", yinghe)
    assert not list(city.folder.glob(f"*/{huimin}_2023*"))
    assert {day for code, day in certified(city) if code == huimin and day > "2022-12-31"} == set()
    before, after = (city.loans(city.path("应河城市商业银行", quarter)) for quarter in ("2022Q4", "2023Q1"))
    assert [reason(row) for row in of(before, client)] == ["eligible"]
    assert [(row["loan_id"][:2], reason(row)) for row in of(after, client)] == [
        ("HM", "credit_line"),
        ("YH", "credit_line"),
    ]


def test_one_certified_figure_is_late_and_one_return_is(city: City) -> None:
    longquan, yaoshan = city.code_of["龙泉村镇银行"], city.code_of["尧山农村信用合作联社"]
    assert set(certified(city, "certified-late.csv")) == {(longquan, "2022-09-30")}
    assert (longquan, "2022-09-30") not in certified(city)
    assert [path.name for path in (city.folder / "late").iterdir()] == [f"{yaoshan}_2022Q3_loans.csv"]


def test_one_return_is_gb18030_with_chinese_headings_and_full_width_digits(city: City) -> None:
    filed = city.path("沙河农村商业银行", "2022Q3").read_bytes()
    with pytest.raises(UnicodeDecodeError):
        filed.decode("utf-8")
    text = filed.decode("gb18030")
    assert text.startswith("借据号,借款人统一社会信用代码,借款人名称")
    assert sum("０" <= character <= "９" for character in text) > 1000


def test_one_return_is_a_workbook_and_one_is_parquet(city: City) -> None:
    endings = Counter(path.suffix for path in city.returns)
    assert endings == {".csv": 80, ".xlsx": 1, ".parquet": 1}
    assert city.path("香山农村商业银行", "2022Q2").suffix == ".xlsx"
    assert city.path("汝瓷农村商业银行", "2022Q4").suffix == ".parquet"


def test_a_client_leaves_the_definition_by_its_line_and_comes_back(city: City) -> None:
    code = city.code_of["永安消防器材有限公司"]
    seen = [reason(of(city.loans(city.path("应河城市商业银行", str(q))), code)[0]) for q in QUARTERS]
    assert seen == ["eligible", "eligible", *["credit_line"] * 3, "eligible", "eligible"]


def test_a_client_leaves_the_definition_by_its_size(city: City) -> None:
    code = city.code_of["鲁阳电缆附件有限公司"]
    seen = [reason(of(city.loans(city.path("香山农村商业银行", str(q))), code)[0]) for q in QUARTERS]
    assert seen == ["eligible"] * 4 + ["borrower_kind"] * 3


def test_one_code_fails_its_check_digit(city: City) -> None:
    rows = city.loans(city.path("沙河农村商业银行", "2022Q3"))
    codes = {row["borrower_code"]: row["borrower_name"] for row in rows if not row["borrower_code"].startswith("ID:")}
    assert [name for code, name in codes.items() if check(code) is not CodeCheck.VALID] == ["丰源农机配件厂"]


def test_a_renewal_names_the_loan_it_settled_and_starts_before_that_matures(city: City) -> None:
    before, after = (city.loans(city.path("昆阳农村商业银行", quarter)) for quarter in ("2022Q2", "2022Q3"))
    old = {row["loan_id"]: row for row in before}
    renewals = [row for row in after if row["renews"] and row["start_date"] >= "2022-07-01"]
    assert "KY22080718" in {row["loan_id"] for row in renewals}
    assert all(row["start_date"] < old[row["renews"]]["maturity_date"] for row in renewals)
    assert not {row["renews"] for row in renewals} & {row["loan_id"] for row in after}


def test_a_line_is_cut_while_the_loan_is_sound(city: City) -> None:
    code = city.code_of["石龙新材料有限公司"]
    before, after = (of(city.loans(city.path("沙河农村商业银行", q)), code)[0] for q in ("2022Q3", "2022Q4"))
    assert (before["balance"], after["balance"]) == ("6000000.00", "3000000.00")
    assert (after["classification"], after["maturity_date"]) == ("normal", "2024-09-13")
