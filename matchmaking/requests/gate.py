"""The fit-to-meet gate: what is missing before a bank can say yes. Pure: the facts are arguments.

`must` keeps a request out of a session; `should` does not, but a bank would ask for it at the meeting.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kernel.bilingual import Text
from kernel.credit_code import CodeCheck, check
from matchmaking.themes import Theme

MUST, SHOULD = "must", "should"


@dataclass(frozen=True)
class Papers:
    """What a product that fits asks for."""

    bank: str
    product: str
    documents: str


@dataclass(frozen=True)
class GateFacts:
    """A request as it stands. `existing_loans` in fen, None if not stated; `consent_until` None without a live consent.

    `session_day` and `theme` are those of the session it wants to join, None where none is meant.
    """

    code: str
    state: str
    consent_until: date | None
    existing_loans: int | None
    guarantee_kinds: tuple[str, ...]
    tags: frozenset[str]
    has_contact: bool
    is_dishonest: bool
    identity_confirmed: bool
    papers: tuple[Papers, ...]
    today: date
    session_day: date | None = None
    theme: Theme | None = None


@dataclass(frozen=True)
class Gap:
    """One thing that is missing: its code, how grave, what to do, and where (`edit`, `publish`, `account`, or nowhere)."""

    code: str
    weight: str
    text: Text
    mend_at: str = ""


def gaps(facts: GateFacts) -> tuple[Gap, ...]:
    """Everything that is missing, what keeps out first."""
    found = (*_consent(facts), *_theme(facts), *_identity(facts), *_standing(facts), *_stated(facts), *_papers(facts))
    return tuple(sorted(found, key=lambda gap: gap.weight != MUST))


def _consent(facts: GateFacts) -> Iterator[Gap]:
    day = facts.session_day or facts.today
    if facts.state == "draft" or (facts.state == "published" and facts.consent_until is None):
        words = Text("还没有发布：先同意给哪些银行看", "Not published: say first which banks may see it")
        yield Gap("request_not_published", MUST, words, "publish")
    elif facts.consent_until is not None and facts.consent_until < day:
        words = Text(
            f"同意共享资料只到 {facts.consent_until}，开场是 {day}；收回后重新发布，把期限定晚一些",
            f"The consent ends on {facts.consent_until}, the session is on {day}; revoke it and publish with a later day",
        )
        yield Gap("consent_too_short", MUST, words, "revoke")


def _theme(facts: GateFacts) -> Iterator[Gap]:
    theme = facts.theme
    if theme is not None and not theme.admits(facts.tags):
        words = Text(
            f"这一场是{theme.title.zh}，只收带“{theme.wanted.zh}”标签的；其他场次可以报",
            f"This session is for {theme.title.en}: only requests marked {theme.wanted.en}; other sessions are open",
        )
        yield Gap("not_of_this_theme", MUST, words)


def _identity(facts: GateFacts) -> Iterator[Gap]:
    if not facts.identity_confirmed:
        words = Text(
            "企业身份还在核实；核实前银行看不到这份申请，也不能报对接会。核实好了会在“消息”里告诉你",
            "Who your firm is is being confirmed; until then no bank sees this request and it joins no session. "
            "You are told under “Notices”",
        )
        yield Gap("identity_unconfirmed", MUST, words)


def _standing(facts: GateFacts) -> Iterator[Gap]:
    if facts.is_dishonest:
        words = Text(
            "信用记录里有失信，银行多半先看它；修复好了请主管部门更新",
            "A record of dishonesty stands; a bank looks at it first. Have it repaired and updated by the authority",
        )
        yield Gap("dishonest", SHOULD, words)
    if check(facts.code) is not CodeCheck.VALID:
        words = Text(
            "统一社会信用代码的校验位对不上，请和营业执照核对",
            "The check digit of the credit code does not fit; compare it with the business licence",
        )
        yield Gap("code_doubtful", SHOULD, words)


def _stated(facts: GateFacts) -> Iterator[Gap]:
    if facts.existing_loans is None:
        words = Text("现有贷款没有填；没有就填 0", "Existing loans are not stated; write 0 if there are none")
        yield Gap("existing_loans_missing", SHOULD, words, "edit")
    if not facts.guarantee_kinds:
        words = Text("能提供的担保没有填；信用贷就选信用", "No guarantee is offered; choose credit if there is none")
        yield Gap("guarantee_missing", SHOULD, words, "edit")
    if not facts.has_contact:
        words = Text("企业还没有能登录的人，银行找不到你", "Nobody of the firm can sign in; a bank cannot reach you")
        yield Gap("contact_missing", SHOULD, words)


def _papers(facts: GateFacts) -> Iterator[Gap]:
    for one in facts.papers:
        asked = "、".join(line.strip() for line in one.documents.splitlines() if line.strip())
        words = Text(f"{one.bank}“{one.product}”要带：{asked}", f"{one.bank}, {one.product}, asks for: {asked}")
        yield Gap("documents", SHOULD, words)
