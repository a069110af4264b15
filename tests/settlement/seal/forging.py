"""An attacker who may write everything in the file and computes every digest and the whole chain anew, but cannot take back what was
published. What he changes is one edit of `EDITS`; what he then computes anew is everything that a digest stands for.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from settlement.seal import tree
from settlement.seal.verifier import ITEM, LEFT_OUT, LINK, canonical, prints, table, tape_digest
from tests.settlement.seal.tampering import Members, edited_tape, members_of, zipped

Row = dict[str, Any]


def sha(text: str | bytes) -> str:
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


@dataclass
class Forgery:
    """A sealed file taken apart: every list as rows, every tape as bytes."""

    members: Members
    lists: dict[str, list[Row]] = field(default_factory=dict)

    @classmethod
    def of(cls, content: bytes) -> "Forgery":
        members = members_of(content)
        names = [name for name in members if name.endswith(".jsonl")]
        return cls(members, {name[:-6]: [json.loads(line) for line in members[name].splitlines()] for name in names})

    def rows(self, name: str) -> list[Row]:
        return self.lists[name]

    def replace_everywhere(self, old: str, new: str) -> None:
        self.lists = {
            name: [json.loads(canonical(row).replace(old, new)) for row in rows] for name, rows in self.lists.items()
        }

    def change_tape(self, select: str) -> None:
        """Other loans in the first bank's return, whose digest stands in the statement and everywhere else."""
        figures = self.rows("statements")[0]["figures"]
        old = figures["return_digest"]
        content = edited_tape(self.members.pop(f"returns/{old}.parquet"), select)
        new = tape_digest(rows_of(content), "yinqi loan tape 1")
        self.members[f"returns/{new}.parquet"] = content
        self.replace_everywhere(old, new)

    def finish(self) -> bytes:
        """Everything that a digest stands for, computed anew, up to the checkpoint."""
        self._statements()
        self._batches()
        self._checkpoints()
        self._manifest()
        return zipped(dict(sorted(self.members.items())))

    def _exchange(self, old: str, new: str) -> None:
        if old != new:
            self.replace_everywhere(old, new)

    def _statements(self) -> None:
        for at in range(len(self.rows("statements"))):
            one = self.rows("statements")[at]
            self._exchange(one["digest"], sha(one["explanation"]))

    def _batches(self) -> None:
        for at in range(len(self.rows("batches"))):
            for place in range(len(self.rows("batches")[at]["items"])):
                item = self.rows("batches")[at]["items"][place]
                self._exchange(item["digest"], self._item_digest(item))
            batch = self.rows("batches")[at]
            for hand in batch["signatures"]:
                self._exchange(hand["digest"], _batch_digest(batch))

    def _item_digest(self, item: Row) -> str:
        one = next(row for row in self.rows("statements") if row["id"] == item["statement_id"])
        said = {
            "item": {name: item[name] for name in ITEM},
            "shares": sorted([share["payer"], share["amount"]] for share in item["shares"]),
            "statement": _kept(one),
            "figures": _kept(one["figures"]),
            "lines": [_kept(row) for row in one["lines"]],
            "statement_shares": [_kept(row) for row in one["shares"]],
            "reconciliation": [_kept(row) for row in one["reconciliation"]],
        }
        return sha(canonical(said))

    def _checkpoints(self) -> None:
        """Those in the file say the new heads; their signatures he cannot make, and only what was published shows it."""
        self._chain(self.lists["audit"], json.loads(self.members["manifest.json"]))
        heads = {entry["number"]: entry["digest"] for entry in self.lists["audit"]}
        for one in self.lists["checkpoints"]:
            one["digest"] = heads[one["number"]]

    def _manifest(self) -> None:
        trail, manifest = self.lists["audit"], json.loads(self.members["manifest.json"])
        for name, rows in self.lists.items():
            self.members[f"{name}.jsonl"] = "".join(f"{canonical(row)}\n" for row in rows).encode()
        beside = ("manifest.json", "checkpoint.json", "audit.jsonl")
        manifest["files"] = [
            {"name": name, "sha256": sha(content), "prints": prints(self._rows_of(name))}
            for name, content in sorted(self.members.items())
            if name not in beside
        ]
        self.members["manifest.json"] = canonical(manifest).encode()
        leaves = [tree.leaf(line) for line in self.members["statements.jsonl"].splitlines()]
        for entry in trail:
            if entry["act"] == "quarter.seal":
                detail = json.loads(entry["detail"])
                detail |= {"contents": sha(self.members["manifest.json"]), "statements": tree.root(leaves)}
                entry["detail"] = canonical(detail)
        self._chain(trail, manifest)

    def _chain(self, trail: list[Row], manifest: Row) -> None:
        before, number = manifest["trail_before"], manifest["trail_from"]
        for number, entry in enumerate(trail, start=manifest["trail_from"]):
            entry |= {"number": number, "previous_digest": before}
            before = entry["digest"] = sha(f"{before}\n{canonical({name: entry[name] for name in LINK})}")
        self.members["audit.jsonl"] = "".join(f"{canonical(row)}\n" for row in trail).encode()
        self.members["checkpoint.json"] = canonical({"number": number, "digest": before}).encode()

    def _rows_of(self, name: str) -> list[Row]:
        return self.lists[name[:-6]] if name.endswith(".jsonl") else rows_of(self.members[name])


def rows_of(content: bytes) -> list[Row]:
    with TemporaryDirectory() as folder:
        (Path(folder) / "tape.parquet").write_bytes(content)
        return table(str(Path(folder) / "tape.parquet"))


def _kept(row: Any) -> Any:
    return row and {name: value for name, value in row.items() if name not in LEFT_OUT}


def _batch_digest(batch: Row) -> str:
    items = [one for one in batch["items"] if one["state"] in ("included", "upheld")]
    listed = sorted(
        [one["statement_number"], one["revision"], one["kind"], one["amount"], one["digest"]] for one in items
    )
    return sha(canonical({"number": batch["number"], "quarter": batch["quarter"], "items": listed}))


Edit = Callable[[Forgery], None]


def _set(rows: str, at: int, **values: Any) -> Edit:
    def edit(forged: Forgery) -> None:
        forged.rows(rows)[at].update(values)

    return edit


def _hand(forged: Forgery, **values: Any) -> None:
    forged.rows("batches")[0]["signatures"][2].update(values)


def _told(**values: Any) -> Edit:
    """Something in a statement's explanation."""

    def edit(forged: Forgery) -> None:
        one = forged.rows("statements")[0]
        one["explanation"] = canonical(json.loads(one["explanation"]) | values)

    return edit


def _entry(act: str, **values: Any) -> Edit:
    def edit(forged: Forgery) -> None:
        next(one for one in forged.rows("audit") if one["act"] == act).update(values)

    return edit


def _without_entry(forged: Forgery) -> None:
    del forged.rows("audit")[3]


def _new_name(forged: Forgery) -> None:
    name = forged.rows("statements")[0]["beneficiary_name"]
    forged.replace_everywhere(name, "另一家农村商业银行")


def _payment(**values: Any) -> Edit:
    def edit(forged: Forgery) -> None:
        forged.rows("orders")[0]["payments"][0].update(values)

    return edit


def _manifest(forged: Forgery) -> None:
    manifest = json.loads(forged.members["manifest.json"])
    forged.members["manifest.json"] = canonical(manifest | {"sealed_at": "2022-01-01T00:00:00+00:00"}).encode()


def _one_fen_more(forged: Forgery) -> None:
    """The county bank's award, with every sum that hangs on it; the loans say otherwise."""
    old = next(one for one in forged.rows("statements") if len(one["shares"]) == 1)
    fen, number = old["amount"], old["number"]
    told = json.loads(old["explanation"])
    told["shares"][0]["amount"] = fen + 1
    for row in (old, old["lines"][0], old["shares"][0]):
        row["amount"] = fen + 1
    old["explanation"] = canonical(told)
    for item in (one for one in forged.rows("batches")[0]["items"] if one["statement_number"] == number):
        item |= {"due": fen + 1, "amount": fen + 1}
        item["shares"][0]["amount"] = fen + 1
    for claim in (one for one in forged.rows("claims") if one["statement_number"] == number):
        claim["amount"] = fen + 1


CLEAN: dict[str, Edit] = {
    "a signer is another person": lambda forged: _hand(forged, signed_by=99),
    "a signature is older": lambda forged: _hand(forged, signed_at="2022-01-01T00:00:00+00:00"),
    "a signer's name": _set("people", 0, name="别人"),
    "a signer's role": _set("people", 1, role="auditor"),
    "a beneficiary's name everywhere": _new_name,
    "who drafted": _set("statements", 0, drafted_by=77),
    "when it was drafted": _set("statements", 0, drafted_at="2022-10-01T00:00:00+00:00"),
    "the clause in a statement": _told(clauses=[]),
    "what was true of the first quarter": _told(is_first_full_quarter=True),
    "inputs digest": _set("statements", 1, inputs_digest="0" * 64),
    "the document of a certified balance": _set("certified_balances", 0, document="别的文号"),
    "who recorded a certified balance": _set("certified_balances", 1, recorded_by=77),
    "the name of a filed file": _set("returns", 0, file_name="别的.csv"),
    "who certified a return": _set("returns", 1, certified_by=77),
    "the day of a payment": _payment(paid_on="2022-01-01"),
    "the account paid to": _payment(payee_id=77),
    "the bank's reference": _payment(bank_reference="BANK-X"),
    "the day of a posting": _set("postings", 0, booked_on="2022-01-01"),
    "who posted": _set("postings", 1, booked_by=77),
    "the reason of a move": lambda forged: forged.rows("batches")[0]["moves"][0].update(reason="别的原因"),
    "the days of the public notice": _set("batches", 0, notice_from="2022-01-01"),
    "who acted in the trail": _entry("batch.approve", account_id=77),
    "when an entry was made": _entry("batch.submit", at="2022-01-01T00:00:00.000000+00:00"),
    "an entry of the trail is gone": _without_entry,
    "when it was sealed": _manifest,
    "a borrower's name": lambda forged: forged.change_tape(
        "SELECT * REPLACE (CASE WHEN bno = 1 THEN '换了名字' ELSE borrower_name END AS borrower_name) FROM tape"
    ),
    "a borrower's rate": lambda forged: forged.change_tape(
        "SELECT * REPLACE ((annual_rate + 1)::INTEGER AS annual_rate) FROM tape"
    ),
}
CAUGHT_ALONE: dict[str, Edit] = {
    "one fen more, with all sums": _one_fen_more,
    "a loan is bigger": lambda forged: forged.change_tape(
        "SELECT * REPLACE ((balance + 1)::BIGINT AS balance) FROM tape"
    ),
    "a loan is gone": lambda forged: forged.change_tape("SELECT * FROM tape WHERE bno <> 1"),
    "one person signs twice": lambda forged: _hand(
        forged, signed_by=forged.rows("batches")[0]["signatures"][0]["signed_by"]
    ),
    "a signature is gone": lambda forged: forged.rows("batches")[0]["signatures"].pop(),
    "a posting is bigger": lambda forged: forged.rows("postings")[0]["postings"][0].update(amount=1),
    "a certified balance": _set("certified_balances", 6, balance=1),
}
EDITS = CLEAN | CAUGHT_ALONE

__all__ = ["CAUGHT_ALONE", "CLEAN", "EDITS", "Forgery"]
