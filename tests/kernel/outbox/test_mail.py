"""Mail through a real SMTP server: arrives with a fixed Message-ID, and what the server says decides what follows."""

from email import message_from_bytes, policy

from sqlmodel import Session

from tests.factories import make_enterprise, make_person
from tests.kernel.outbox.post import Desk, subscribe, tell
from tests.kernel.outbox.receivers import smtp_receiver


def test_mail_is_told_in_both_languages_and_waits_where_no_server_is_set(db: Session) -> None:
    owner = make_person(db, make_enterprise(db), "owner")
    subscribe(db, owner, "hui@hengrun.cn", "mail")
    tell(db, owner.organisation_id)
    assert Desk(db).deliver() == {}
    with smtp_receiver() as postbox:
        desk = Desk(db, smtp_port=postbox.port)
        assert desk.deliver() == {"delivered": 1}
        assert desk.deliver() == {}
    (raw,) = postbox.mails
    mail = message_from_bytes(raw, policy=policy.default)
    assert (mail["To"], mail["From"], mail["Subject"]) == ("hui@hengrun.cn", "yinqi@pds.gov.cn", "第 43 周 / Week 43")
    assert mail["Date"] == "Thu, 20 Oct 2022 09:00:00 +0800"
    assert mail.get_content().split() == ["在", "三号厅", "In", "三号厅"]


def test_a_server_that_took_the_mail_and_hung_up_gets_it_again_under_the_same_message_id(db: Session) -> None:
    owner = make_person(db, make_enterprise(db), "owner")
    subscribe(db, owner, "hui@hengrun.cn", "mail")
    with smtp_receiver("drop after data", "ok", "451", "ok", "550") as postbox:
        desk = Desk(db, smtp_port=postbox.port)
        for outcome in ("unknown", "refused"):
            tell(db, owner.organisation_id, at=desk.hand.at)
            assert desk.deliver() == {outcome: 1}
            desk.hand.forward(minutes=1)
            assert desk.deliver() == {"delivered": 1}
        tell(db, owner.organisation_id, at=desk.hand.at)
        assert desk.deliver() == {"refused": 1}
    ids = [message_from_bytes(raw)["Message-ID"] for raw in postbox.mails]
    assert ids[0] == ids[1] != ids[2]
    assert desk.states() == ["delivered", "delivered", "dead"]
    answers = [answer for _, _, answer in desk.tries()]
    assert answers == ["no_answer:SMTPServerDisconnected", "250", "451", "250", "550"]
