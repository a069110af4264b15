"""The generic REST connector against a platform that misbehaves: pushed once, asked before pushed again, pulled once each."""

from typing import Any

import pytest
from sqlmodel import Session, col, select

from kernel.bilingual import Text
from kernel.errors import Refused
from kernel.outbox import pinned
from kernel.outbox.connectors import ConnectorRefused, load_connectors
from kernel.outbox.delivering import PostOffice
from kernel.outbox.field_maps import FieldMap, FieldUnreadable, MappedField
from kernel.outbox.letters import Letter, Post
from kernel.outbox.models import PulledRecord
from kernel.outbox.pulling import PullOffice, pull_all
from kernel.outbox.rest import PlatformChannel, PulledItem, TextMessageChannel
from kernel.outbox.texts import EventWords, declare
from tests.kernel.outbox.platform import CONNECTORS, need, province
from tests.kernel.outbox.post import BOX, NOW, Hand

PRODUCT: dict[str, Any] = {
    "reference": "msg_1", "code": "P-01", "name": "小微保证贷", "bank_code": "91410411MA0000001X", "amount_min": 10_000_000,
    "amount_max": 512_345_600, "term_min": 3, "term_max": 36, "rate_min": "3.85", "rate_max": "4.65",
    "guarantee_kinds": "surety mortgage", "state": "published", "version": 2,
}  # fmt: skip


def letter(unsure: bool = False) -> Letter:
    facts = {name: value for name, value in PRODUCT.items() if name != "reference"}
    return Letter("msg_1", "platform", "provincial", "platform.product", 1, "product", 1, facts, NOW, unsure=unsure)


def test_a_product_is_pushed_under_the_platforms_own_names(monkeypatch: pytest.MonkeyPatch) -> None:
    with province() as made:
        answer = PlatformChannel({"provincial": made.platform}).send(letter(), at=NOW)
        assert (answer.outcome, made.tokens) == ("delivered", ["Bearer t0ken"])
    assert made.effects == [
        (
            "msg_1",
            {
                "source": "yinqi-pds", "sourceRef": "msg_1", "productCode": "P-01", "productName": "小微保证贷",
                "bankCreditCode": "91410411MA0000001X", "amount": {"min": "10", "max": "512.3456"},
                "term": {"minMonths": 3, "maxMonths": 36}, "rate": {"min": "3.85", "max": "4.65"},
                "guaranteeTypes": ["04", "02"], "status": "ON", "versionNo": 2,
            },
        )
    ]  # fmt: skip


def test_a_push_that_may_have_arrived_is_asked_about_and_never_made_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pinned, "READ_SECONDS", 0.4)
    for manner in ("500 after effect", "slow"):
        with province(manner, "ok") as made:
            channel = PlatformChannel({"provincial": made.platform})
            assert channel.send(letter(), at=NOW).outcome == "unknown"
            again = channel.send(letter(unsure=True), at=NOW)
            assert (again.outcome, again.answer) == ("delivered", "enquired")
            assert (len(made.effects), made.asked) == (1, ["/api/loan-products/P-01"])


def test_a_push_that_did_not_arrive_is_made_after_the_enquiry() -> None:
    with province("500 before", "ok") as made:
        channel = PlatformChannel({"provincial": made.platform})
        assert channel.send(letter(), at=NOW).outcome == "unknown"
        assert channel.send(letter(unsure=True), at=NOW).answer == "200"
        assert len(made.effects) == 1


def test_an_unknown_push_whose_platform_cannot_be_asked_stays_unknown() -> None:
    with province() as made:
        platform = made.platform
    answer = PlatformChannel({"provincial": platform}).send(letter(unsure=True), at=NOW)
    assert answer.outcome == "unknown"
    assert PlatformChannel({}).send(letter(), at=NOW).final


def page(*records: Any, following: str | None = None) -> dict[str, Any]:
    return {"data": {"list": list(records), "nextCursor": following}}


def pulled(db: Session) -> list[tuple[str, str, str, str]]:
    db.expire_all()
    query = select(PulledRecord).where(PulledRecord.resource == "request").order_by(col(PulledRecord.remote_id))
    return [(one.remote_id, one.version.lstrip("0"), one.state, one.reason) for one in db.exec(query)]


def test_records_come_in_once_each_whatever_is_repeated_late_unreadable_or_refused(db: Session) -> None:
    taken: list[tuple[str, str, Any]] = []

    def intake(_db: Session, _source: str, item: PulledItem, _at: Any) -> None:
        if item.id == "N4":
            raise Refused("unknown_enterprise", "没有这家企业", "There is no such firm")
        taken.append((item.id, item.version, item.record["amount"]))

    hand = Hand()
    with province() as made:
        office = PullOffice({"provincial": made.platform}, {"request": intake})
        made.pages["/api/financing-needs"] = {
            "": page(need("N1", 1), need("N2", 9), need("N1", 1), following="c2"),
            "c2": page(need("N2", 10, "50.5"), need("N2", 2), need("N3", 1, "many"), need("N4", 1), following="c3"),
        }
        for empty in ("/api/loan-products", "/api/need-status"):
            made.pages[empty] = {}
        assert pull_all(db, office, at=hand())["provincial.request"] == 5
        assert taken == [("N1", "1", 300_000_000), ("N2", "9", 300_000_000), ("N2", "10", 50_500_000)]
        wanted = [("N1", "1", "taken", ""), ("N2", "10", "taken", ""), ("N3", "1", "unreadable", "amount"),
                  ("N4", "1", "refused", "unknown_enterprise")]  # fmt: skip
        assert pulled(db) == wanted
        made.pages["/api/financing-needs"]["c3"] = page(need("N1", 1, "999"), need("N2", 10, "50.5"))
        assert pull_all(db, office, at=hand())["provincial.request"] == 0
        assert (pulled(db), len(taken)) == (wanted, 3)
        assert made.asked[-3].endswith("?cursor=c3")
        made.pages["/api/financing-needs"]["c3"] = {"data": {"list": "none"}}
        assert pull_all(db, office, at=hand())["provincial.request"] == -1


def test_a_platform_that_is_gone_stops_nobody(db: Session) -> None:
    with province() as made:
        platform = made.platform
    office = PullOffice({"provincial": platform}, {})
    assert set(pull_all(db, office, at=NOW).values()) == {-1}


def test_amounts_and_codes_survive_the_way_there_and_back() -> None:
    fields = FieldMap(
        (
            MappedField("a.b", "amount", "wan"),
            MappedField("y", "fee", "yuan"),
            MappedField("k", "kinds", codes={"credit": "01", "surety": "04"}, many=True),
            MappedField("s", "state", codes={"open": "O"}),
            MappedField("n", "note", required=False),
        )
    )
    record = {"amount": 123_456_789_01, "fee": 1, "kinds": "surety credit", "state": "open", "note": None}
    there = fields.written(record)
    assert there == {"a": {"b": "12345.678901"}, "y": "0.01", "k": ["04", "01"], "s": "O", "n": None}
    assert fields.read(there) == record
    for name, value in (("s", "X"), ("k", "01"), ("k", ["99"]), ("y", "0.001"), ("a", {"b": "-1"}), ("a", None)):
        with pytest.raises(FieldUnreadable):
            fields.read(there | {name: value})


def test_every_connector_file_of_the_house_can_be_read_and_a_broken_one_is_refused_by_name(tmp_path: Any) -> None:
    assert set(load_connectors(CONNECTORS)["provincial"].pulls) == {"request", "product", "status"}
    for text in ('title = { zh = "x", en = "x" }\n[push.a]\nmethod = "PUT"', '[title]\nzh = "x"', 'title = 3',
                 '[title]\nzh="x"\nen="x"\n[push.a]\nmethod="PUT"\npath="/"\nfields={a={ours="b",kind="float"}}'):  # fmt: skip
        (tmp_path / "broken.toml").write_text(text)
        with pytest.raises(ConnectorRefused, match=r"broken\.toml"):
            load_connectors(tmp_path)


def test_a_text_message_goes_out_by_the_push_called_message(tmp_path: Any) -> None:
    declare(EventWords("test.told", Text("第 {week} 周", "Week {week}"), Text("在 {room}", "In {room}")))
    (tmp_path / "sms.toml").write_text(
        '[title]\nzh = "短信"\nen = "SMS"\n[push.message]\nmethod = "POST"\npath = "/send"\n'
        'fields = { mobile = "phone", content = "text", ref = "reference" }\n'
    )
    with province() as made:
        platform = type(made.platform)(load_connectors(tmp_path)["sms"], made.platform.entrance, local=True)
        facts = {"week": 43, "room": "三号厅"}
        note = Letter("msg_9", "sms", "13800138000", "test.told", 1, "session", 7, facts, NOW)
        assert TextMessageChannel(platform).send(note, at=NOW).outcome == "delivered"
    assert made.effects == [("msg_9", {"mobile": "13800138000", "content": "第 43 周。在 三号厅", "ref": "msg_9"})]
    assert PostOffice(Post({"sms": TextMessageChannel(platform)}), BOX).post.channels
