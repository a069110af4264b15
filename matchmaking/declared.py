"""What matchmaking reads of each scheme: its parameters with their form, bounds and the codes that the rules compute."""

from collections.abc import Mapping
from typing import cast

from kernel.bilingual import Text
from kernel.parties.models import STATUSES
from kernel.policies.declared import Reads, amounts, choice, day, flag, listed, money, number, numbers, rate, words
from kernel.regions import REGIONS
from matchmaking.attendance import policy as attendance
from matchmaking.bridging import terms as bridging
from matchmaking.deferrals import rules as deferrals
from matchmaking.matching.vocabulary import GUARANTEE_KINDS, SECTIONS
from matchmaking.matching_policy import SCHEME as MATCHING_SCHEME
from matchmaking.matching_policy import TIERS
from matchmaking.pool import quota
from matchmaking.referrals.clock import REGIMES
from matchmaking.renewals import rules as renewals
from matchmaking.series.reading import POLICY as WEEKLY_SESSION_SCHEME
from matchmaking.whitelist import rules as whitelist
from matchmaking.whitelist.workflow import GROUNDS

YEAR_OF_DAYS = 366
COVERS = ("principal", "interest")
RENEWING_KINDS = ("small", "micro", "medium", "individual_business", "owner", "farmer")
RESERVES = ("pool_reserve", "first_loan_reserve")


def _window_in_order(values: Mapping[str, object]) -> tuple[str, Text] | None:
    opens, closes = values.get("window_opens_days"), values.get("window_closes_days")
    if opens is None or closes is None or cast(int, opens) >= cast(int, closes):
        return None
    return "window_opens_days", Text(
        "申请期要先开后关：window_opens_days 不能小于 window_closes_days",
        "the window must open before it closes: window_opens_days is at least window_closes_days",
    )


def _reserves_fit(values: Mapping[str, object]) -> tuple[str, Text] | None:
    shares = [cast(int, values.get(f"{name}_share", 0)) for name in RESERVES]
    if sum(shares) <= 1:
        return None
    return f"{RESERVES[-1]}_share", Text(
        "各保留比例加起来不能超过 1", "the reserved shares must not add up to more than 1"
    )


def _tiers_apart(values: Mapping[str, object]) -> tuple[str, Text] | None:
    seen: set[str] = set()
    for name in TIERS:
        own = set(cast("tuple[str, ...]", values.get(name, ())))
        if seen & own:
            both = ", ".join(sorted(seen & own))
            return name, Text(f"“{both}”已在更高一档", f"“{both}” already stands in a higher tier")
        seen |= own
    return None


def _targets_add_up(values: Mapping[str, object]) -> tuple[str, Text] | None:
    targets, city = cast("Mapping[str, int]", values.get("targets", {})), values.get("city_target")
    if not targets or city is None or sum(targets.values()) == city:
        return None
    total = sum(targets.values())
    return "city_target", Text(
        f"各地相加是 {total}，全市写的是 {city}", f"the places add up to {total}, the city says {city}"
    )


def _fourth_quarter_in_order(values: Mapping[str, object]) -> tuple[str, Text] | None:
    names = ("fourth_quarter_due_from", "fourth_quarter_due_to", "fourth_quarter_until")
    days = [values.get(name) for name in names]
    if None in days or days == sorted(cast("list[int]", days)):
        return None
    return names[1], Text(
        "到期起、到期止、延到哪天要依次不早于前一个", "first due day, last due day and last day must follow in order"
    )


MATCHING = Reads(
    MATCHING_SCHEME,
    (
        numbers("points", "rate", "speed", "amount_fit", "term_fit", "tag", most=1000),
        rate("rate_top"),
        number("speed_days", 1, YEAR_OF_DAYS),
        numbers("guarantee_points", *GUARANTEE_KINDS, most=1000, every_key=False),
        amounts("amount_bands", rising=True),
        numbers("term_bands", least=1, most=600, every_key=False, rising=True),
        *(listed(name, *STATUSES, may_be_empty=True) for name in TIERS),
        number("ranked_products", 1, 1000),
        choice("priority_rule", "tiers", "reserves"),
        listed("reserve_order", *RESERVES),
        *(listed(f"{name}_members", *STATUSES) for name in RESERVES),
        *(rate(f"{name}_share") for name in RESERVES),
        number("small_bank_desks", 0, 1000),
    ),
    agreements=(_reserves_fit, _tiers_apart),
)
WEEKLY_SESSION = Reads(
    WEEKLY_SESSION_SCHEME,
    (
        number("sessions_per_week", 1, 7),
        listed("exempt_holidays", "spring_festival", "national_day", may_be_empty=True),
        number("exempt_days_off", 1, 7),
        number("remind_working_days", 0, 60),
        number("answer_working_days", 1, 250),
        number("contact_working_days", 1, 250),
        number("decision_working_days", 1, 250),
    ),
)
ATTENDANCE = Reads(
    attendance.SCHEME,
    (
        number("check_in_opens_before", 0, 1440),
        number("report_within", 1, 720),
        number("note_within", 1, YEAR_OF_DAYS),
        number("pause_after", 1, 100),
        number("counted_within", 1, 3660),
        number("pause_days", 0, 3660),
    ),
)
REFERRALS = Reads(
    "referrals",
    (
        choice("clock_regime", *REGIMES),
        number("prompt_answer_days", 1, 250),
        number("prompt_plan_days", 1, 250),
        number("prompt_done_days", 1, 250),
        number("prompt_longest_months", 1, 60),
        number("prompt_left_open", 0, 100_000),
        number("attribution_days", 1, 3660),
        number("long_term_over_months", 1, 600),
        listed("green_channel_sections", *SECTIONS, may_be_empty=True),
    ),
)
RENEWAL = Reads(
    renewals.SCHEME,
    (
        listed("borrower_kinds", *RENEWING_KINDS),
        day("medium_firms_due_until", waits=True),
        listed("purposes", *renewals.PURPOSES),
        listed("conditions", *renewals.SAID, "classification_normal"),
        flag("signed_before_maturity"),
        number("window_opens_days", 1, YEAR_OF_DAYS),
        number("window_closes_days", 0, YEAR_OF_DAYS),
        number("answer_working_days", 1, 250),
        number("answer_days_before_maturity", 0, YEAR_OF_DAYS),
        choice("principal_at_most", *renewals.PRINCIPAL_LIMITS),
        choice("term_at_most", *renewals.TERM_LIMITS),
    ),
    agreements=(_window_in_order,),
)
DEFERRAL = Reads(
    deferrals.SCHEME,
    (
        day("merchants_due_since"),
        day("merchants_until"),
        listed("merchants_covers", *COVERS),
        listed("disaster_covers", *COVERS),
        day("disaster_until", waits=True),
        day("fourth_quarter_due_from"),
        day("fourth_quarter_due_to"),
        day("fourth_quarter_until"),
        listed("fourth_quarter_covers", *COVERS),
        listed("fourth_quarter_borrower_kinds", *RENEWING_KINDS),
        flag("fourth_quarter_penalty_interest"),
    ),
    agreements=(_fourth_quarter_in_order,),
)
BRIDGING_FUND = Reads(
    bridging.SCHEME,
    (
        words("adopted_by", waits=True),
        rate("commitment_share_at_most"),
        amounts("case_limits", *bridging.BORROWER_KINDS),
        number("days_at_most", 1, YEAR_OF_DAYS),
        number("first_fee_days", 0, YEAR_OF_DAYS),
        rate("first_daily_fee", "0.01"),
        rate("later_daily_fee", "0.01"),
        flag("first_day_counts"),
        flag("return_day_counts"),
        listed("draw_order", "county", "city"),
        rate("overdue_fee_factor", "10", least="1"),
        number("commitment_called_on_day", 1, YEAR_OF_DAYS),
        flag("bank_suspended_until_cleared"),
        choice("paid", "per_event"),
    ),
)
POOL = Reads(
    quota.SCHEME,
    (
        numbers("targets", *(region.code for region in REGIONS), most=100_000, every_key=False),
        number("city_target", 0, 1_000_000),
        money("above_scale_revenue"),
        rate("revenue_share"),
        rate("pool_multiple", "10", least="1"),
        number("report_month", 1, 12),
        listed("industries", *SECTIONS),
        number("trailing_months", 1, 60),
        number("least_months", 1, 60),
        rate("near_share"),
    ),
    agreements=(_targets_add_up,),
)
WHITELIST = Reads(
    whitelist.SCHEME,
    (
        number("public_notice_working_days", 1, 250),
        number("review_months", 1, 60),
        number("reached_scale_stays_years", 0, 50),
        listed("removal_grounds", *GROUNDS),
        listed("suspension_grounds", *GROUNDS),
        number("removal_notice_working_days", 1, 250),
        number("appeal_working_days", 1, 250),
    ),
)
READS = (MATCHING, WEEKLY_SESSION, ATTENDANCE, REFERRALS, RENEWAL, DEFERRAL, BRIDGING_FUND, POOL, WHITELIST)
