"""What a renewal tells its bank and its firm. The bank's message names no firm: who may read which is decided at the page."""

from kernel.bilingual import Text
from kernel.outbox.texts import EventWords, declare

APPLIED = declare(
    EventWords(
        "renewal.applied",
        Text("续贷申请：{loan}", "A renewal asked for: {loan}"),
        Text(
            "贷款 {loan} {due_on} 到期，企业申请续贷，请在 {answer_by} 前答复。",
            "Loan {loan} comes due on {due_on} and its firm asks to renew it; please answer by {answer_by}.",
        ),
        Text("续贷申请", "a renewal asked for"),
    )
)
APPROVED = declare(
    EventWords(
        "renewal.approved",
        Text("{bank}同意续贷 {loan}", "{bank} renews {loan}"),
        Text(
            "请在旧贷 {due_on} 到期以前签新合同。",
            "Please sign the new contract before the old loan comes due on {due_on}.",
        ),
        Text("银行同意续贷", "a renewal approved"),
    )
)
REFUSED = declare(
    EventWords(
        "renewal.refused",
        Text("{bank}不同意续贷 {loan}", "{bank} does not renew {loan}"),
        Text(
            "理由：{refusal}。{reason}　旧贷 {due_on} 到期，可以申请转贷。",
            "The reason: {refusal_en}. {reason} The old loan comes due on {due_on}; you may apply for bridge money.",
        ),
        Text("银行不同意续贷", "a renewal refused"),
    )
)
