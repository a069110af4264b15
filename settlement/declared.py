"""What settlement reads of each scheme: its parameters with their form, bounds and the codes that the rules compute."""

from collections.abc import Mapping
from typing import cast, get_args

from kernel.bilingual import Text
from kernel.parties.models import INSTITUTION_KINDS
from kernel.policies.declared import (
    Declared,
    Reads,
    amounts,
    choice,
    day,
    flag,
    listed,
    money,
    number,
    rate,
    steps,
    words,
)
from kernel.regions import REGIONS
from settlement import fiscal_shares
from settlement.event_awards.deciding import ONCE
from settlement.event_awards.terms import BETWEEN
from settlement.fee_subsidy import terms as fees
from settlement.fee_subsidy.clients import ClientScope
from settlement.growth_reward import rule as growth
from settlement.returns.codes import BORROWER_KINDS, CLASSIFICATIONS, CURRENCIES, PRODUCT_KINDS, Choice
from settlement.squeezes import rule as squeezes
from settlement.two_increases import rule as increases

YEAR_OF_DAYS = 366
REGION_CODES = tuple(region.code for region in REGIONS)


def _codes(choices: tuple[Choice, ...]) -> tuple[str, ...]:
    return tuple(one.code for one in choices)


def _fall_once(values: Mapping[str, object]) -> tuple[str, Text] | None:
    if values.get("falling_quarter") != growth.TAKES_BACK or values.get("basis") == growth.Basis.PREVIOUS_QUARTER_END:
        return None
    return "falling_quarter", Text(
        "下降要扣回时基数只能是 previous_quarter_end，否则同一次下降扣两次",
        "where a fall is taken back the basis must be previous_quarter_end, or one fall is taken twice",
    )


def _shares_add_up(values: Mapping[str, object]) -> tuple[str, Text] | None:
    city, region = values.get("inner_city_share"), values.get("inner_region_share")
    if city is None or region is None or cast(int, city) + cast(int, region) == 1:
        return None
    return "inner_region_share", Text("市、区两级比例加起来要是 1", "the shares of city and district must add up to 1")


def _ceilings_in_order(values: Mapping[str, object]) -> tuple[str, Text] | None:
    backed, other = values.get("fee_ceiling_government_backed"), values.get("fee_ceiling_other")
    if backed is None or other is None or cast(int, backed) <= cast(int, other):
        return None
    return "fee_ceiling_government_backed", Text(
        "政府性机构的费率上限不能高于其他机构的",
        "the ceiling of government-backed guarantors must not be above the others'",
    )


GROWTH_REWARD = Reads(
    growth.SCHEME,
    (
        rate("rate", "0.1"),
        choice("basis", *growth.Basis),
        choice("alternative_basis", *growth.Basis),
        day("first_base_date", ends_quarter=True),
        money("credit_line_limit"),
        flag("credit_line_limit_inclusive"),
        words("currency", *CURRENCIES),
        listed("excluded_product_kinds", *_codes(PRODUCT_KINDS), may_be_empty=True),
        listed("borrower_kinds", *_codes(BORROWER_KINDS)),
        listed("operating_only_kinds", *_codes(BORROWER_KINDS), may_be_empty=True),
        listed("excluded_institution_kinds", *INSTITUTION_KINDS, may_be_empty=True),
        choice("borrower_area", "anywhere", "in_city"),
        listed("counted_classifications", *_codes(CLASSIFICATIONS)),
        rate("certified_tolerance", "0.1"),
        choice("rounding", *growth.IMPLEMENTED["rounding"]),
        choice("falling_quarter", *growth.IMPLEMENTED["falling_quarter"]),
        choice("payer", growth.CENTRAL_BANK, "fiscal_shares", waits=True),
        flag("central_bank_deduction", waits=True),
        rate("central_bank_rate", "0.1", waits=True),
    ),
    lead="rate",
    agreements=(_fall_once,),
)
FISCAL_SHARES = Reads(
    fiscal_shares.SCHEME,
    (
        rate("inner_city_share"),
        rate("inner_region_share"),
        rate("outer_region_share", least="1"),
        listed("inner_regions", *REGION_CODES),
        choice("odd_fen_owner", "city", "region"),
        choice("rounding", fiscal_shares.ROUNDING),
    ),
    lead="inner_city_share",
    agreements=(_shares_add_up,),
)
FEE_SUBSIDY = Reads(
    fees.SCHEME,
    (
        words("adopted_by", waits=True),
        choice("formula", *fees.Formula),
        rate("average_fee_target", "0.1"),
        choice("period", *fees.Period),
        listed("institution_kinds", "guarantor", "re_guarantor"),
        listed("borrower_kinds", *_codes(BORROWER_KINDS)),
        day("contract_start_from"),
        rate("fee_ceiling_government_backed", "0.1"),
        rate("fee_ceiling_other", "0.1"),
        money("amount_limit"),
        money("annualised_amount_limit"),
        choice("client_limit_counts", *ClientScope),
        flag("extra_fees_exclude"),
        flag("one_scheme_per_contract"),
        money("annual_cap"),
        flag("year_end_true_up"),
        choice("day_count", "act_365_fixed"),
        number("days_per_year", 360, YEAR_OF_DAYS),
        choice("rounding", *fees.Rounding),
        choice("counted_amount", "whole_amount", "own_share"),
        rate("benchmark_rate", "0.1"),
        rate("max_points", "0.1"),
        money("pool", waits=True),
        steps("pool_coefficients", "10", start=None),
        steps("tier_rates", "0.1", start="0", rising=True),
        rate("tier_bonus_rate", "0.1"),
        money("tier_bonus_client_limit"),
        rate("tier_bonus_client_share_at_least"),
        rate("tier_bonus_fee_at_most", "0.1"),
        rate("tier_batch_factor"),
        money("tier_cap"),
        rate("average_balance_rate", "0.1"),
        money("average_balance_cap"),
        rate("flat_rate", "0.1", waits=True),
        money("flat_cap", waits=True),
    ),
    agreements=(_ceilings_in_order,),
)
AWARD_RULES = Reads(
    BETWEEN,
    (
        choice("same_event", "higher_once"),
        choice("provincial_then_national", "both_pay", "difference"),
        flag("reentry_is_first_entry"),
        number("dishonesty_suspension_months", 0, 120),
        choice("rounding", "half_up_fen"),
    ),
)


def _award(scheme: str, *own: Declared) -> Reads:
    """An event award: what is its own, how often it is paid, and how it is shared."""
    common = (choice("paid", "once_per_year", *ONCE), choice("split", *get_args(fiscal_shares.Split)))
    return Reads(scheme, (*own, *common))


AWARDS = (
    _award(
        "apprentice-subsidy",
        amounts("amounts", "intermediate", "senior"),
        choice("proration", "full_months"),
        number("months_per_year", 1, 12),
    ),
    _award(
        "board-listing-award",
        amounts("amounts", "filing", "acceptance", "trading"),
        money("cap"),
        listed("boards", "main", "star", "chinext", "beijing"),
    ),
    _award("equipment-subsidy", rate("rate", waits=True), rate("rate_at_most"), money("cap")),
    _award("first-entry-award", money("amount"), choice("event", "first_entry")),
    _award(
        "first-entry-revenue-award",
        money("amount"),
        money("revenue_at_least"),
        choice("revenue_year", "supporting_entry"),
        choice("adds_to", "first-entry-award"),
        choice("event", "first_entry"),
    ),
    _award(
        "full-load-award",
        money("amount"),
        rate("revenue_growth_at_least", "10"),
        choice("full_load_test", "share_of_peak_and_same_quarter"),
        rate("peak_month_share_at_least"),
        rate("province_share"),
    ),
    _award("job-placement-subsidy", money("amount", waits=True)),
    _award("job-retention-rebate", rate("rebate_rate", waits=True), money("hiring_amount", waits=True)),
    _award("little-giant-award", money("amount")),
    _award("loan-interest-subsidy", rate("rate", waits=True), money("cap", waits=True)),
    _award("loan-risk-compensation", rate("rate", waits=True), money("cap", waits=True)),
    _award("neeq-listing-award", money("amount")),
    _award("new-model-merchant-award", money("amount", waits=True)),
    _award("overseas-warehouse-support", money("amount", waits=True)),
    _award(
        "pedestrian-street-award",
        amounts("amounts", "national_street", "provincial_street", "consumption_cluster", waits=True),
    ),
    _award("platform-assessment-award", amounts("amounts", "first", "second", "third")),
    _award("reaching-scale-performance-award", money("amount", waits=True)),
    _award("rent-subsidy-support", rate("rate", waits=True)),
    _award(
        "service-platform-award",
        amounts("amounts", "national", "provincial"),
        listed("kinds", "service_platform", "innovation_base"),
    ),
    _award(
        "social-insurance-subsidy",
        rate("rate", waits=True),
        number("months_at_most", 1, 60),
        number("contract_months_at_least", 0, 120),
    ),
    _award("specialised-firm-award", money("amount")),
    _award("specialised-firm-bridging", words("adopted_by", waits=True)),
    _award("voucher-support", rate("rate", waits=True)),
    _award("zhongyuan-listing-award", money("amount")),
    _award(
        "zhongyuan-refinancing-award",
        rate("rate", "0.1"),
        rate("city_share_at_least"),
        money("annual_cap"),
        choice("year_of", "money_arrived"),
    ),
)
SETTLEMENT_CALENDAR = Reads(
    "settlement-calendar",
    (
        number("filing_days", 1, YEAR_OF_DAYS),
        number("reminder_working_days", 0, 60),
        number("late_notice_working_days", 0, 60),
        number("review_working_days", 1, 250),
        number("public_notice_working_days", 1, 250),
        number("payment_working_days", 1, 250),
        day("last_batch_closes"),
        choice("budget_shortage", "carry_claim", "pro_rata"),
    ),
)
PAYMENTS = Reads(
    "payments",
    (
        number("payee_waiting_working_days", 0, 60),
        choice("shortage_order", "oldest_whole_first"),
        choice("set_off_order", "own_quarter_then_oldest"),
        number("recovery_due_working_days", 1, 250),
        number("demand_due_working_days", 1, 250),
    ),
)
LOAN_SQUEEZES = Reads(squeezes.SCHEME, (listed("performing_classes", *_codes(CLASSIFICATIONS)), rate("smallest_cut")))
TWO_INCREASES = Reads(
    increases.INCREASES_SCHEME,
    (
        money("credit_line_limit"),
        choice("basis", *increases.BaseDay),
        *(choice(name, code) for name, code in increases.IMPLEMENTED.items()),
        rate("npl_points_at_most"),
    ),
)
READS = (
    *(GROWTH_REWARD, FISCAL_SHARES, FEE_SUBSIDY, AWARD_RULES, *AWARDS),
    *(SETTLEMENT_CALENDAR, PAYMENTS, LOAN_SQUEEZES, TWO_INCREASES),
)
