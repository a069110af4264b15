"""Calendar files opened by a real parser: zone, link, a sequence that grows with each change, cancellation; a feed that can be revoked."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from flask import Flask
from icalendar import Calendar
from sqlmodel import Session, col, select

from kernel import database
from kernel.audit.service import entries_about
from kernel.errors import NotFound
from kernel.outbox.delivering import PostOffice, deliver_due
from kernel.outbox.letters import Post
from kernel.outbox.mail import MailChannel, MailServer
from kernel.outbox.models import Delivery
from matchmaking.calendars import service
from matchmaking.calendars.models import CalendarFeed
from matchmaking.calendars.reading import CalendarOffice
from matchmaking.releases.causes import CallOff
from matchmaking.releases.service import call_off
from matchmaking.video.rooms import VideoHosts
from matchmaking.video.service import links_of, set_link
from tests.at_once import at_once
from tests.factories import Visitor, username_of
from tests.kernel.outbox.post import BOX, subscribe
from tests.kernel.outbox.receivers import smtp_receiver
from tests.matchmaking.day import BOOK, MINUTE, Day, the_day
from tests.matchmaking.people import NOW, bank, held_session, offer, town

HOSTS = VideoHosts(("meet.pds.gov.cn",), b"a key")
OFFICE = CalendarOffice("https://yinqi.pds.gov.cn", HOSTS)


def events(content: bytes) -> list[dict[str, object]]:
    """What a calendar program reads."""
    calendar = Calendar.from_ical(content)
    return [
        {
            "uid": str(one["uid"]), "sequence": int(one["sequence"]), "status": str(one["status"]),
            "start": one["dtstart"].dt, "end": one["dtend"].dt, "url": str(one.get("url", "")),
            "place": str(one["location"]), "title": str(one["summary"]),
        }
        for one in calendar.walk("VEVENT")
    ]  # fmt: skip


def make(db: Session, day: Day, by: object) -> str:
    return database.write(db, lambda db: service.make_feed(db, by, at=NOW))  # type: ignore[arg-type]


def test_a_feed_carries_zone_link_sequence_and_cancellation(db: Session) -> None:
    day = the_day(db)
    meeting = day.meetings[0]
    firm = day.firm_of(meeting)
    secret = make(db, day, firm)
    own = "https://video.shahe-bank.cn/j/1"
    database.write(db, lambda db: set_link(db, day.people.near, day.session.id or 0, url=own, at=NOW))
    content = service.feed_file(db, secret, OFFICE, at=NOW)
    calendar = Calendar.from_ical(content)
    assert (str(calendar["method"]), str(calendar["version"])) == ("PUBLISH", "2.0")
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == ["Asia/Shanghai"]
    starts = day.start(meeting)
    (seen,) = events(content)
    assert seen == {
        "uid": f"meeting-{meeting.id}@yinqi", "sequence": 0, "status": "CONFIRMED", "start": starts,
        "end": starts + 15 * MINUTE, "url": own, "place": own, "title": "银企对接：沙河农村商业银行",
    }  # fmt: skip
    assert calendar.walk("VEVENT")[0]["dtstart"].params["TZID"] == "Asia/Shanghai"
    assert seen["start"].utcoffset() == timedelta(hours=8)  # type: ignore[attr-defined]
    call_off(
        db, firm, day.session.id or 0, asked=CallOff("meeting", meeting.id), reason="机器坏了来不了", book=BOOK, at=NOW
    )
    db.expire_all()
    (after,) = events(service.feed_file(db, secret, OFFICE, at=NOW))
    assert (after["uid"], after["sequence"], after["status"]) == (seen["uid"], 1, "CANCELLED")


def test_a_revoked_or_replaced_feed_is_gone_and_another_partys_meetings_never_show(app: Flask, db: Session) -> None:
    day = the_day(db)
    firm, other = day.people.firms[:2]
    first = make(db, day, firm)
    theirs = make(db, day, other)
    mine = {one["uid"] for one in events(service.feed_file(db, first, OFFICE, at=NOW))}
    assert mine.isdisjoint({one["uid"] for one in events(service.feed_file(db, theirs, OFFICE, at=NOW))})
    second = make(db, day, firm)
    answer = app.test_client().get(f"/calendar/{second}.ics")
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    database.write(db, lambda db: service.revoke_feed(db, firm, at=NOW))
    for secret in (first, second, "guess"):
        with pytest.raises(NotFound):
            service.feed_file(db, secret, OFFICE, at=NOW)
    assert app.test_client().get(f"/calendar/{second}.ics").status_code == 404
    visitor = Visitor(app, username_of(db, firm))
    assert visitor.get("/calendar").status_code == 200
    assert "/calendar/" in visitor.post("/calendar").text


@pytest.mark.both_databases
def test_two_feeds_made_at_once_leave_one_and_what_revokes_none_leaves_no_trace(app: Flask, db: Session) -> None:
    by = bank(db)
    database.write(db, lambda db: service.revoke_feed(db, by, at=NOW))
    assert entries_about(db, ("party", by.organisation_id)) == []
    db.rollback()
    outcomes = at_once(app, [lambda db: service.make_feed(db, by, at=NOW)] * 4)
    assert set(outcomes) <= {"done", "feed_made_meanwhile"}
    assert "done" in outcomes
    live = db.exec(select(CalendarFeed).where(col(CalendarFeed.revoked_at).is_(None))).all()
    assert len(live) == 1
    database.write(db, lambda db: service.revoke_feed(db, by, at=NOW))
    acts = [entry.act for entry in entries_about(db, ("party", by.organisation_id))]
    assert acts == ["calendar.make"] * outcomes.count("done") + ["calendar.revoke"]


def test_a_notice_by_mail_brings_the_meetings_and_their_cancellation_as_files(db: Session) -> None:
    people = town(db)
    offer(db, people.near)
    firm = people.firms[0]
    subscribe(db, firm, "hui@hengrun.cn", "mail")

    day = Day(db, people, held_session(db, people, BOOK))
    meeting = next(one for one in day.meetings if one.enterprise_id == firm.organisation_id)
    call_off(
        db, firm, day.session.id or 0, asked=CallOff("meeting", meeting.id), reason="机器坏了来不了", book=BOOK, at=NOW
    )
    with smtp_receiver() as postbox:
        server = MailServer("127.0.0.1", postbox.port, "yinqi@pds.gov.cn", security="none")
        office = PostOffice(
            Post({"mail": MailChannel(server)}), BOX, lambda letter: service.attached(db, letter, OFFICE, at=NOW)
        )
        deliver_due(db, office, now=lambda: NOW)
    assert set(db.exec(select(Delivery.state))) == {"delivered"}
    found = {}
    for raw in postbox.mails:
        mail = message_from_bytes(raw, policy=policy.default)
        for part in mail.iter_attachments():
            found[mail["Subject"]] = (part["Content-Type"].params["method"], part.get_content())
    methods = sorted(method for method, _ in found.values())
    assert methods == ["CANCEL", "PUBLISH"]
    cancelled = next(content for method, content in found.values() if method == "CANCEL")
    raw_file = cancelled.encode() if isinstance(cancelled, str) else cancelled
    assert str(Calendar.from_ical(raw_file)["method"]) == "CANCEL"
    (event,) = events(raw_file)
    assert (event["uid"], event["sequence"], event["status"]) == (f"meeting-{meeting.id}@yinqi", 1, "CANCELLED")


def test_rooms_cannot_be_guessed_stay_the_same_and_are_dealt_by_host(db: Session) -> None:
    hosts = VideoHosts(("a.pds.gov.cn", "b.pds.gov.cn"), b"a key")
    rooms = {hosts.room(1, meeting, meeting % 3 + 1) for meeting in range(1, 500)}
    assert len(rooms) == 499
    assert hosts.room(1, 2, 3) == hosts.room(1, 2, 3) != VideoHosts(hosts.hosts, b"another").room(1, 2, 3)
    assert [(hosts.room(1, 9, number) or "").split("/")[2][0] for number in (1, 2, 3)] == ["a", "b", "a"]
    assert len((hosts.room(1, 2, 3) or "").rsplit("-", 1)[1]) == 32
    day = the_day(db)
    assert links_of(db, day.session, day.meetings, hosts) == {}
    meetings = day.meetings
    day.session.host = "video"
    links = links_of(db, day.session, meetings, hosts)
    assert set(links) == {one.id for one in meetings}
    meetings[0].state = "cancelled"
    assert set(links_of(db, day.session, meetings, hosts)) == {one.id for one in meetings[1:]}
    db.rollback()
