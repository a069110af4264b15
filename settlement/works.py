"""Every kind of long work of the settlement, for the composition root."""

from settlement.returns.works import FILING

WORK_KINDS = [FILING]
