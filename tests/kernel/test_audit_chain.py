"""Golden vectors of the trail's encoding: whoever re-implements the verifier must meet these digests."""

from datetime import UTC, datetime

from kernel.audit.chain import GENESIS, Link, canonical, digest_of, first_break

FIRST = Link(1, datetime(2022, 10, 20, 1, 2, 3, 4, tzinfo=UTC), 7, 9, "return.certify", "return", "12", '{"版本":2}')


def test_canonical_json_sorts_keys_keeps_chinese_and_has_no_spaces() -> None:
    assert canonical({"b": 1, "a": ["乙", None, True]}) == '{"a":["乙",null,true],"b":1}'


def test_the_golden_digests() -> None:
    first = digest_of(FIRST, GENESIS)
    second = digest_of(Link(2, FIRST.at, None, None, "statement.draft", "statement", "1", "{}"), first)
    assert first == "cb46e10c6240bd06ab60b015a3be2053dcadb9db8d6f5fcd23da67feda9f2eed"
    assert second == "8f8a8dcfc625935b3b769ca24ec36e16556ab6e78f469196f0c0c0b88f939d80"


def test_the_first_broken_link_is_named() -> None:
    first = digest_of(FIRST, GENESIS)
    second = Link(2, FIRST.at, None, None, "statement.draft", "statement", "1", "{}")
    good = [(FIRST, GENESIS, first), (second, first, digest_of(second, first))]
    assert first_break(good) is None
    assert first_break(good[1:]) == 2
    assert first_break([good[0], (second, first, "0" * 64)]) == 2
