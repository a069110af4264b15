"""Every blueprint of the settlement, for the composition root."""

from settlement.awards import api as awards_api
from settlement.awards import pages as awards_pages
from settlement.batches import api as batches_api
from settlement.batches import bulk_pages, restatement_pages
from settlement.batches import pages as batches_pages
from settlement.calls import pages as calls_pages
from settlement.certified_balances import api as certified_balances_api
from settlement.certified_balances import pages as certified_balances_pages
from settlement.merger_desk import api as mergers_api
from settlement.merger_desk import pages as mergers_pages
from settlement.papers import api as papers_api
from settlement.papers import pages as papers_pages
from settlement.payments import api as payments_api
from settlement.payments import master_pages, own_account_api, own_account_pages
from settlement.payments import pages as payments_pages
from settlement.payments.books import api as books_api
from settlement.payments.books import pages as books_pages
from settlement.payments.receipts import pages as receipts_pages
from settlement.quarters import api as quarters_api
from settlement.quarters import pages as quarters_pages
from settlement.readings import api as readings_api
from settlement.readings import pages as readings_pages
from settlement.readings import what_if_pages
from settlement.renewed_loans import api as renewed_loans_api
from settlement.renewed_loans import pages as renewed_loans_pages
from settlement.returns import api as returns_api
from settlement.returns import pages as returns_pages
from settlement.returns import repair_pages
from settlement.scorecards import api as scorecards_api
from settlement.scorecards import pages as scorecards_pages
from settlement.seal import api as seals_api
from settlement.seal import pages as seals_pages
from settlement.squeezes import api as squeezes_api
from settlement.squeezes import pages as squeezes_pages
from settlement.statements import api as statements_api
from settlement.statements import pages as statements_pages
from settlement.statements.fees import api as fee_contracts_api
from settlement.statements.queries import api as queries_api
from settlement.statements.queries import pages as queries_pages

APIS = [
    awards_api.blueprint,
    returns_api.blueprint,
    certified_balances_api.blueprint,
    mergers_api.blueprint,
    statements_api.blueprint,
    fee_contracts_api.blueprint,
    quarters_api.blueprint,
    batches_api.blueprint,
    papers_api.blueprint,
    queries_api.blueprint,
    scorecards_api.blueprint,
    squeezes_api.blueprint,
    readings_api.blueprint,
    payments_api.blueprint,
    own_account_api.blueprint,
    books_api.blueprint,
    seals_api.blueprint,
    renewed_loans_api.blueprint,
]
PAGES = [
    awards_pages.blueprint,
    returns_pages.blueprint,
    repair_pages.blueprint,
    certified_balances_pages.blueprint,
    quarters_pages.blueprint,
    squeezes_pages.blueprint,
    batches_pages.blueprint,
    bulk_pages.blueprint,
    calls_pages.blueprint,
    queries_pages.blueprint,
    restatement_pages.blueprint,
    mergers_pages.blueprint,
    statements_pages.blueprint,
    papers_pages.blueprint,
    scorecards_pages.blueprint,
    readings_pages.blueprint,
    what_if_pages.blueprint,
    payments_pages.blueprint,
    receipts_pages.blueprint,
    master_pages.blueprint,
    own_account_pages.blueprint,
    books_pages.blueprint,
    seals_pages.blueprint,
    renewed_loans_pages.blueprint,
]
