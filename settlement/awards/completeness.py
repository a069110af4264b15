"""Whether a draft is ready to be filed: the rule awards something, and every required paper is attached."""

from collections.abc import Sequence

from kernel.bilingual import Text
from kernel.errors import Refused
from settlement.awards.models import AwardPaper
from settlement.event_awards import AwardDecision, AwardKind


def check_complete(kind: AwardKind, papers: Sequence[AwardPaper], decision: AwardDecision) -> None:
    """Refused with every reason of the rule, or with the papers that are missing."""
    missing = missing_papers(kind, papers)
    if not decision.is_eligible:
        raise Refused(
            "rule_says_no",
            "现在不能申报：" + "；".join(one.text.zh for one in decision.reasons),
            "Cannot be filed now: " + "; ".join(one.text.en for one in decision.reasons),
        )
    if missing:
        raise Refused(
            "papers_missing",
            "还缺材料：" + "、".join(text.zh for text in missing),
            "Papers are missing: " + ", ".join(text.en for text in missing),
        )


def missing_papers(kind: AwardKind, papers: Sequence[AwardPaper]) -> list[Text]:
    """The required papers that are not attached."""
    there = {paper.paper for paper in papers}
    return [one.title for one in kind.evidence if one.required and one.code not in there]
