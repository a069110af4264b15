"""Every kind of long work of the settlement, for the composition root."""

from settlement.papers.works import LETTERS
from settlement.quarters.works import DRAFTING
from settlement.returns.works import FILING, READING_AGAIN

WORK_KINDS = [FILING, READING_AGAIN, LETTERS, DRAFTING]
