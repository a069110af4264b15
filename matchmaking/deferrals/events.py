"""What a bank's answer to an application to defer tells its firm."""

from kernel.bilingual import Text
from kernel.outbox.texts import EventWords, declare

GRANTED = declare(
    EventWords(
        "deferral.granted",
        Text("{bank}同意延期：{loan}", "{bank} defers {loan}"),
        Text("贷款 {loan} 延到 {until}。{reason}", "Loan {loan} is deferred until {until}. {reason}"),
        Text("银行同意延期", "a deferral granted"),
    )
)
REFUSED = declare(
    EventWords(
        "deferral.refused",
        Text("{bank}不同意延期：{loan}", "{bank} does not defer {loan}"),
        Text("理由：{refusal}。{reason}", "The reason: {refusal_en}. {reason}"),
        Text("银行不同意延期", "a deferral refused"),
    )
)
TOLD = {"grant": GRANTED, "refuse": REFUSED}
