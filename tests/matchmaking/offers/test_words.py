"""What an enterprise reads about its offers: why the first is not the cheapest, and which change helps most."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from matchmaking.matching.market import Product, Request
from matchmaking.matching.near_miss import NearMiss, most_helpful
from matchmaking.matching.offers import rank_request
from matchmaking.matching.policy import MatchingPolicy
from matchmaking.matching.reasons import why_suited
from matchmaking.matching.score import score
from matchmaking.offers.words import why_not_cheapest
from matchmaking.page_words import in_words

DAY = date(2022, 10, 24)
REQUEST = Request(
    "R1", "E1", "恒润", 300_000_000, 12, Decimal("12"), frozenset({"surety"}), "C33", "410411", "working_capital"
)
FITTING = Product(
    *("P1", "B1", "惠企周转贷"),
    *(50_000_000, 800_000_000, 6, 12, Decimal("4.05"), Decimal("4.8"), frozenset({"surety"})),
    promised_days=5,
)
CHEAP = replace(FITTING, product_id="P2", amount_min=1_000_000, rate_min=Decimal("3.85"), promised_days=3)


def test_the_first_that_is_not_the_cheapest_says_by_which_points_it_leads() -> None:
    offers = rank_request(REQUEST, [FITTING, CHEAP], policy=MatchingPolicy(), day=DAY).offers
    assert [offer.product.product_id for offer in offers] == ["P1", "P2"]
    text = why_not_cheapest(offers)
    assert text is not None
    won = offers[0].score.fit - offers[1].score.fit
    lead = offers[0].score.total - offers[1].score.total
    assert text.zh == (
        f"利率最低的是第 2 名（3.85%），利率多 20 分、答复快慢多 4 分；第 1 名金额期限合不合多 {won} 分，合起来多 {lead} 分，排在前面。"
    )


def test_nothing_is_said_where_the_first_is_the_cheapest_or_there_is_none() -> None:
    offers = rank_request(REQUEST, [FITTING], policy=MatchingPolicy(), day=DAY).offers
    assert why_not_cheapest(offers) is None
    assert why_not_cheapest(()) is None


def test_the_changes_that_help_most_are_of_different_kinds() -> None:
    misses = [
        NearMiss("rate_ceiling", "20", 3),
        NearMiss("rate_ceiling", "50", 7),
        NearMiss("guarantee", "surety", 9),
        NearMiss("guarantee", "mortgage", 9),
        NearMiss("term", "24", 1),
    ]
    assert [miss.code for miss in most_helpful(misses)] == ["guarantee+surety:9", "rate_ceiling+50bp:7"]
    assert most_helpful([]) == ()


def test_a_round_rate_is_written_as_people_write_it() -> None:
    ten = replace(FITTING, rate_min=Decimal("10").normalize())
    assert str(ten.rate_min) == "1E+1"
    first = why_suited(REQUEST, ten, score(REQUEST, ten, MatchingPolicy().weights))[0]
    assert first.zh.startswith("利率 10% 起，比上限低 2 个百分点")
    assert first.en.startswith("rate from 10%, 2 points under the ceiling")


def test_an_amount_is_written_out_in_each_language() -> None:
    assert in_words(120_000_000) == ("人民币壹佰贰拾万元整", "CNY 1,200,000.00")
