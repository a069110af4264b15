"""The journal of one payer's book, as its page and its file hold it: a posting a row."""

from sqlmodel import col

from kernel.bilingual import Text
from kernel.ledger.accounts import BY_CODE
from kernel.ledger.models import Posting, PostingGroup
from kernel.web.lists import ListColumn, ListLayout
from settlement.payments.labels import ACTS

JOURNAL = ListLayout(
    "journal",
    Text("分录", "Postings"),
    (
        ListColumn("group", Text("分录组", "Group"), "PostingGroup.key"),
        ListColumn("act", Text("动作", "Act"), "PostingGroup.act", titles=ACTS),
        ListColumn("reference", Text("依据", "Reference"), "PostingGroup.reference"),
        ListColumn(
            "effective_on", Text("生效日", "Effective"), "PostingGroup.effective_on", col(PostingGroup.effective_on)
        ),
        ListColumn("booked_on", Text("记账日", "Booked"), "PostingGroup.booked_on", col(PostingGroup.booked_on)),
        ListColumn(
            "account",
            Text("科目", "Account"),
            "Posting.account",
            col(Posting.account),
            {code: one.title for code, one in BY_CODE.items()},
        ),
        ListColumn("scheme", Text("奖补代码", "Award's code"), "Posting.scheme"),
        ListColumn("quarter", Text("季度", "Quarter"), "Posting.quarter"),
        ListColumn("amount", Text("金额", "Amount"), "Posting.amount", col(Posting.amount), money=True),
    ),
)
