"""What is planted by hand: clients with their loans quarter by quarter, and the list of cases that goes with the files."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from config.demonstration.codes import COMPANY, credit_code, failing
from config.demonstration.loans import Client, Loan
from config.demonstration.parties import CityEnterprise
from config.demonstration.plan import Guarantor, Lender, fen, read
from kernel.periods import Quarter


class Planted:
    """The planted clients of every bank at any quarter end; nothing in them depends on the seed but the names around them."""

    def __init__(self, enterprises: Iterable[CityEnterprise]) -> None:
        self._by_name = {enterprise.name: enterprise for enterprise in enterprises}
        self._rows: list[dict[str, Any]] = read("clients")["client"]

    @property
    def names(self) -> frozenset[str]:
        """Enterprises whose loans are placed by hand, and by hand alone."""
        return frozenset(row["enterprise"] for row in self._rows if "enterprise" in row)

    @property
    def loan_ids(self) -> frozenset[str]:
        return frozenset(loan["id"] for row in self._rows for loan in row["loans"])

    def clients(self, bank: str, quarter: Quarter) -> list[Client]:
        """The clients placed at the bank that have a loan on the quarter's last day."""
        found = [self._client(row, quarter) for row in self._rows if row["bank"] == bank]
        return [client for client in found if client.loans]

    def codes(self) -> dict[str, str]:
        """The credit code of every party that a planted case names."""
        outsiders = [row["outsider"] for row in self._rows if "outsider" in row]
        return {name: enterprise.code for name, enterprise in self._by_name.items()} | {
            row["name"]: _outsider_code(row) for row in outsiders
        }

    def _client(self, row: Mapping[str, Any], quarter: Quarter) -> Client:
        client = self._outsider(row) if "outsider" in row else self._enterprise(row)
        client.line = fen(_at(row, "line", "lines", quarter))
        client.kind = _at({"kind": client.kind, **row}, "kind", "kinds", quarter)
        client.loans = [_loan(loan, client, quarter) for loan in row["loans"] if _stands(loan, quarter)]
        return client

    def _enterprise(self, row: Mapping[str, Any]) -> Client:
        firm = self._by_name[row["enterprise"]]
        return Client(firm.code, firm.name, firm.size, firm.division, firm.region, 0)

    def _outsider(self, row: Mapping[str, Any]) -> Client:
        who = row["outsider"]
        return Client(_outsider_code(who), who["name"], who["kind"], who["industry"], who["region"], 0)


def _outsider_code(who: Mapping[str, Any]) -> str:
    return failing(credit_code(COMPANY, who["region"], who["number"]))


def _at(row: Mapping[str, Any], single: str, dated: str, quarter: Quarter) -> str:
    """The value of the last quarter named in `dated` up to this one, else the single value."""
    value: str = row[single]
    for since, later in row.get(dated, {}).items():
        if Quarter.parse(since) <= quarter:
            value = later
    return value


def _stands(loan: Mapping[str, Any], quarter: Quarter) -> bool:
    start: date = loan["start"]
    maturity: date = loan["maturity"]
    joined = "joins" not in loan or Quarter.parse(loan["joins"]) <= quarter
    return joined and start <= quarter.last_day < maturity


def _loan(row: Mapping[str, Any], client: Client, quarter: Quarter) -> Loan:
    return Loan(
        loan_id=row["id"],
        client=client,
        segment="planted",
        start=row["start"],
        maturity=row["maturity"],
        balance=fen(_at(row, "balance", "balances", quarter)),
        rate=row["rate"],
        guarantee=row["guarantee"],
        first_loan=row.get("first_loan", False),
        renews=row.get("renews", ""),
    )


def cases(parties: Iterable[Lender | Guarantor], names: Mapping[str, str]) -> list[dict[str, str]]:
    """The planted cases with the codes of this city filled in."""
    words = {party.slug: party.code for party in parties} | dict(names)
    rows: list[dict[str, str]] = read("cases")["case"]
    return [{key: text.format_map(words) for key, text in row.items()} for row in rows]
