"""The entries of the spine under which the matchmaking's places stand."""

from kernel.bilingual import Text

MATCHING = Text("对接", "Matching")
POOL = Text("培育", "Pool")
RENEWALS = Text("续贷", "Renewals")
REQUESTS = Text("我的申请", "Requests")
