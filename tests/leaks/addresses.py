"""Every address of the service: each route with each number and name that exists, and which row of the books it leads to."""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.routing import Rule

from tests.config.who_may import routes
from tests.leaks.canary_city import CanaryCity

ARGUMENT = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")
TABLE_OF = {  # where the name of the argument is not the end of the table's name
    "case_id": "matchmaking_bridging_case",
    "claim_id": "settlement_award_claim",
    "contribution_id": "matchmaking_bridging_contribution",
    "enterprise_id": "enterprise",
    "escalation_id": "matchmaking_referral_escalation",
    "paper_id": "settlement_award_paper",
    "pool_id": "matchmaking_bridging_pool",
    "submission_id": "matchmaking_whitelist_submission",
    "token_id": "access_token",
    "work_id": "work",
}
NUMBERED = {"batches": "settlement_batch", "statements": "settlement_statement", "orders": "settlement_payment_order"}
WORDS: Mapping[str, Sequence[str]] = {
    "code": ("410421", "410422"),
    "filename": ("css/parts.css",),
    "form": ("csv", "xlsx"),
    "kind": ("csv", "xlsx", "pdf"),
    "month": ("2022-10",),
    "move": ("submit", "publish", "order"),
    "name": (
        "meetings.csv",
        "slice.json",
        "slices.json",
        "certificate.json",
        "ranking.csv",
        "statements",
        "shares",
        "loans",
    ),
    "package": ("nothing",),
    "payer": ("city", "410411", "410421"),
    "quarter": ("2022Q2", "2022Q3"),
    "scheme": ("first-entry-award", "listing-award"),
    "scheme_id": ("growth-reward", "renewal"),
    "sequence": ("1",),
    "verb": ("withdraw", "revoke", "approve", "admit", "close", "commit", "file"),
    "year": ("2022",),
}


@dataclass(frozen=True)
class Address:
    """One path, and the rows that its numbers name."""

    method: str
    rule: Rule
    path: str
    rows: tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Atlas:
    """Where everything of a city is."""

    city: CanaryCity

    def _choices(self, rule: Rule, name: str) -> list[tuple[str, tuple[str, Any] | None]]:
        """What may stand for an argument, with the row it names."""
        if name == "number" or name.endswith("_number"):
            return self._numbered(rule, name)
        if name == "entry_id":
            return self._keyed("matchmaking_whitelist_entry" if "whitelist" in rule.rule else "matchmaking_pool_entry")
        if name.endswith("_id") and name != "scheme_id":
            return self._keyed(TABLE_OF.get(name) or self._named(name.removesuffix("_id")))
        secrets = {"token": self.city.tokens, "secret": self.city.feeds}
        return [(word, None) for word in secrets.get(name) or WORDS.get(name, ("x",))]

    def _named(self, thing: str) -> str:
        """The table of a thing by its name: matchmaking_request, settlement_return."""
        return next((table for table in self.city.stamper.rows if re.fullmatch(f"[a-z]+_(bank_)?{thing}", table)), "")

    def _keyed(self, table: str) -> list[tuple[str, tuple[str, Any] | None]]:
        return [(str(key), (table, key)) for key in self.city.stamper.rows.get(table, {})] or [("1", None)]

    def _numbered(self, rule: Rule, name: str) -> list[tuple[str, tuple[str, Any] | None]]:
        part = "statements" if name != "number" else next((one for one in NUMBERED if f"/{one}/" in rule.rule), "")
        rows = self.city.stamper.rows.get(NUMBERED.get(part, ""), {})
        return [(str(row["number"]), (NUMBERED[part], key)) for key, row in rows.items()] or [("1", None)]

    def of(self, method: str, rule: Rule) -> Iterator[Address]:
        """Every address of one route."""
        names = ARGUMENT.findall(rule.rule)
        for chosen in itertools.product(*(self._choices(rule, name) for name in names)):
            texts = iter([text for text, _row in chosen])
            path = ARGUMENT.sub(lambda _found: next(texts), rule.rule)  # noqa: B023 - used at once
            yield Address(method, rule, path, tuple(row for _text, row in chosen if row))

    def all(self, *methods: str) -> list[Address]:
        """Every address of every route with one of the methods."""
        wanted = [(method, rule) for method, rule in routes(self.city.app) if method in methods]
        return [address for method, rule in wanted for address in self.of(method, rule)]
