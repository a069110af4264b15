"""The rules of the marks in force today, for pages and API."""

from kernel.web.edge import clock
from matchmaking.marks import MarkRules, mark_rules
from matchmaking.policies_in_force import policy_book


def rules_today() -> MarkRules:
    """What counts as medium- or long-term, and for whom the green channel is, today."""
    return mark_rules(policy_book(), clock().today())
