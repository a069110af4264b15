"""The entries of the spine under which the settlement's places stand."""

from kernel.bilingual import Text

SETTLEMENT = Text("结算", "Settlement")
PAYMENTS = Text("拨付", "Payments")
POLICIES = Text("依据", "Policies")  # the kernel's clauses stand there, too
RENEWALS = Text("续贷", "Renewals")  # the matchmaking's renewals stand there, too
POOL = Text("培育", "Pool")  # the matchmaking's pool stands there, too
