"""Check a sealed quarter (docs/seal.md) with the standard library and DuckDB alone; nothing of the service is imported.

`python verifier.py FILE [PUBLISHED]` computes the growth reward anew from the filed rows, and every digest, sum, signature and link
of the rest; what breaks is told with file, row and field. At most 300 lines, so that an auditor can read all of it: laid out by hand.
"""
# fmt: off

import hashlib
import json
import sys
import tempfile
import zipfile
from collections import Counter, defaultdict, namedtuple
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb

FORMAT, MANIFEST, TRAIL, COVER, SEAL = "yinqi sealed quarter 1", "manifest.json", "audit.jsonl", "checkpoint.json", "quarter.seal"
LEFT_OUT = ("id", "statement_id", "item_id", "state", "replaced_at", "figures", "lines", "shares", "reconciliation", "contracts")
ITEM = ("statement_number", "revision", "beneficiary_id", "scheme", "quarter", "kind", "due", "awarded", "amount")
LINK = ("number", "at", "account_id", "organisation_id", "act", "subject_kind", "subject_id", "detail")
REASONS = ("currency", "product_kind", "borrower_kind", "purpose", "classification", "borrower_area", "credit_line", "eligible")
SPLIT = """SELECT CASE WHEN currency <> $currency THEN 0 WHEN list_contains($excluded_product_kinds, product_kind) THEN 1
 WHEN NOT list_contains($borrower_kinds, borrower_kind) THEN 2
 WHEN list_contains($operating_only_kinds, borrower_kind) AND purpose <> 'operating' THEN 3
 WHEN NOT list_contains($counted_classifications, classification) THEN 4 WHEN $borrower_area = 'in_city' AND region = 'outside' THEN 5
 WHEN credit_line > $credit_line_limit OR (credit_line = $credit_line_limit AND NOT $credit_line_limit_inclusive) THEN 6 ELSE 7 END AS why,
 CASE why WHEN 0 THEN currency WHEN 1 THEN product_kind WHEN 2 THEN borrower_kind WHEN 4 THEN classification ELSE '' END AS code,
 count(*), sum(balance)::VARCHAR FROM read_parquet($tape) GROUP BY ALL"""
Row = dict[str, Any]
Facts = Iterator[tuple[str, object, Any, Any]]  # file, row, what is said, what it must be
Break = namedtuple("Break", "file row field zh en")  # where something does not hold, and what
BROKEN = (LookupError, ValueError, TypeError, AttributeError, OverflowError, OSError, zipfile.BadZipFile, duckdb.Error)
canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode
def sha(content: Any) -> str:
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()
def half_up(exact: Fraction) -> int:
    return int(abs(exact) + Fraction(1, 2)) * (1 if exact >= 0 else -1)
def differ(file: str, row: object, said: Any, due: Any, field: str = "") -> Iterator[Any]:
    """Every place where what is said is not what it must be."""
    if isinstance(said, list) and isinstance(due, list) and len(said) == len(due):
        said, due = dict(enumerate(said)), dict(enumerate(due))
    if isinstance(said, dict) and isinstance(due, dict):
        for name, value in due.items():
            yield from differ(file, row, said.get(name), value, f"{field}.{name}".lstrip("."))
    elif canonical(said) != canonical(due):
        has, must = canonical(said)[:80], canonical(due)[:80]
        yield Break(file, str(row), field, f"写的是 {has}，应是 {must}", f"says {has}, must be {must}")
def pack(members: Iterable[tuple[str, Any]], target: Any) -> None:  # the one ZIP of some members: stored, in order, without times
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members:
            info = zipfile.ZipInfo(name)
            info.create_system = 3
            archive.writestr(info, content)
def prints(rows: list[Row]) -> Row:  # short digests that tell where a list was changed
    columns = {name: sha("\n".join(canonical(row.get(name)) for row in rows))[:16] for row in rows[:1] for name in row}
    return {"rows": [sha(canonical(row))[:12] for row in rows], "columns": columns}
def table(tape: str) -> list[Row]:  # the rows of a Parquet file, days as text
    found = duckdb.execute("SELECT * FROM read_parquet(?)", [tape])
    names = [column[0] for column in found.description or []]
    plain = [[one if one is None or isinstance(one, int) else str(one) for one in row] for row in found.fetchall()]
    return [dict(zip(names, row, strict=True)) for row in plain]
def tape_digest(rows: list[Row], heading: str) -> str:  # of a canonical return's rows, in chunks of 4096
    cells = [[int(one) if isinstance(one, bool) else one for name, one in row.items() if name not in ("row", "bno")] for row in rows]
    lines = ["\x1f".join("" if one is None else str(one) for one in row) + "\n" for row in cells]
    chunks = ["".join(lines[at : at + 4096]) for at in range(0, len(lines), 4096)]
    return sha("".join(f"{line}\n" for line in (heading, *map(sha, chunks))))
def kept(row: Any, out: tuple[str, ...] = LEFT_OUT) -> Any:  # a row, or each of some, as a digest stands for it
    return [kept(one, out) for one in row] if isinstance(row, list) else row and {name: row[name] for name in row if name not in out}
def index(text: str) -> int:  # 2022Q2, or a day in it, as a number
    return int(text[:4]) * 4 + (int(text[5]) - 1 if text[4] == "Q" else (int(text[5:7]) - 1) // 3)
def last_day(quarter: int) -> str:
    return f"{quarter // 4}-{('03-31', '06-30', '09-30', '12-31')[quarter % 4]}"
def on(policy: Row, name: str, day: str) -> Any:  # what a parameter is on a day; None where the policy is silent
    values = policy[name].get("values", [])
    return next((one.get("value", []) for one in values if one["since"] <= day <= one.get("until", "9")), None)
def local(person: Row, day: str) -> bool:
    return bool(person["local_from"]) and person["local_from"] <= day < (person["local_until"] or "9")

def shared(amount: int, region: str, fiscal: Row, day: str, payer: str | None) -> list[Row]:
    """Who bears an amount: the inner districts share it with the city, elsewhere the place pays; the odd fen as decided."""
    if payer == "central_bank" or region not in on(fiscal, "inner_regions", day):
        return [{"payer": payer if payer == "central_bank" else region, "part": "1", "amount": amount}]
    part, city_first = Fraction(on(fiscal, "inner_city_share", day)), on(fiscal, "odd_fen_owner", day) == "city"
    exact = amount * (1 - part if city_first else part)
    down = half_up(exact) - (1 if exact > 0 else -1) * (abs(half_up(exact) - exact) == Fraction(1, 2))
    parts = [("city", part, amount - down if city_first else down), (region, 1 - part, down if city_first else amount - down)]
    return [{"payer": who, "part": str(exact), "amount": fen} for who, exact, fen in parts]
class Sealed:
    """A sealed file opened; `broken` grows with what does not hold."""
    def __init__(self, path: Path, folder: Path, broken: list[Any], published: str | None) -> None:
        content, self.folder, self.broken, self.published = path.read_bytes(), folder, broken, published
        found = {one: one.header_offset + 30 + len(one.filename.encode()) for one in zipfile.ZipFile(path).infolist()}
        self.members = {one.filename: content[at : at + one.file_size] for one, at in found.items()}  # stored: the bytes as they are
        pack(self.members.items(), folder / "again.zip")
        if (folder / "again.zip").read_bytes() != content:
            broken.append(Break(path.name, "", "ZIP", "压缩包不是封存时的写法", "the archive is not written as a seal is"))
        self.rows = defaultdict[str, list[Row]](list)
        for name, member in self.members.items():
            (tape := folder / name.replace("/", "-")).write_bytes(member)
            try:
                self.rows[name] += table(str(tape)) if name.endswith(".parquet") else map(json.loads, member.splitlines())
            except (ValueError, duckdb.Error) as error:
                place = (name, f"#{len(self.rows[name]) + 1}", "")
                broken.append(Break(*place, f"读不出：{error!r}"[:90], f"cannot be read: {error!r}"[:90]))
        self.manifest = self.rows[MANIFEST][0]

    def split(self, digest: str, rule: Row) -> list[Row]:
        """Where a return's balance goes by a definition, in the order of the reasons; what no loan met is there with none."""
        met = duckdb.execute(SPLIT, rule | {"tape": str(self.folder / f"returns-{digest}.parquet")}).fetchall()
        asks = [True] * 4 + [len(rule["counted_classifications"]) < 5, rule["borrower_area"] == "in_city", True, True]
        lines = sorted([*met, *((why, "", 0, "0") for why in range(8) if asks[why] and why not in {row[0] for row in met})])
        return [{"reason": REASONS[why], "detail": code, "loans": loans, "balance": int(fen)} for why, code, loans, fen in lines]

    def files(self) -> Facts:
        """The members are those of the manifest, byte by byte; returns and policies are what their digests say."""
        listed = {one["name"]: one for one in self.manifest["files"]}
        yield MANIFEST, "", [FORMAT, *self.members], [self.manifest["format"], *sorted({*listed, MANIFEST, TRAIL, COVER})]
        for name, one in listed.items():
            if sha(self.members.get(name, b"")) != one["sha256"]:
                now, was = prints(self.rows.get(name, [])), one["prints"]
                pairs, columns = zip([*now["rows"], ""], [*was["rows"], ""], strict=False), {**was["columns"], **now["columns"]}
                row = next((at for at, (here, there) in enumerate(pairs) if here != there), -1)
                field = ", ".join(each for each in columns if now["columns"].get(each) != was["columns"].get(each))
                self.broken.append(Break(name, f"#{row + 1}", field, "与封存时不一样", "is not what was sealed"))
        for name in {f"returns/{one['row_digest']}" for one in self.rows["returns.jsonl"]}:
            rows, events = self.rows[f"{name}.parquet"], self.rows.get(f"{name}.events.parquet")
            digest = tape_digest(rows, "yinqi loan tape 1" if events is None else "yinqi guarantee tape 1")
            if events is not None:
                digest = sha(f"yinqi guarantee return 1\n{digest}\n{tape_digest(events, 'yinqi guarantee events 1')}\n")
            yield f"{name}.parquet", "", {"digest": name[8:]}, {"digest": digest}
        yield from (("policies.jsonl", one["scheme"], one, {"digest": sha(one["text"])}) for one in self.rows["policies.jsonl"])

    def quarter_end(self, at: int, members: list[Row], said: Row, rule: Row) -> Row:
        """A family's balances on a quarter's last day: each member's certified figure, else its own return by the definition."""
        day, parts, told = last_day(at), list[Row](), {part["code"]: part for part in said["parts"]}
        for one in members[:1] + [each for each in members[1:] if day < (each["local_until"] or "")]:
            part, key = told.get(one["code"], {}), (one["code"], said["quarter"])
            filed = self.returns.get((*key, part.get("return_digest")), {})
            sure = self.certified.get((*key, part.get("certified_version")), {})
            if filed or sure or local(one, day):
                eligible = self.split(filed["row_digest"], rule)[-1]["balance"] if filed else None
                parts.append({"code": one["code"], "returned": eligible, "certified": sure.get("balance")})
        sums: Row = {"quarter": f"{at // 4}Q{at % 4 + 1}", "is_absent": not parts, "parts": parts}
        used = [{**part, "balance": part["returned"] if part["certified"] is None else part["certified"]} for part in parts]
        for name, known in {name: [part[name] for part in used] for name in ("returned", "certified", "balance")}.items():
            sums[name] = sum(known) if known and None not in known else None
        return sums

    def growth(self, one: Row, told: Row) -> tuple[Row, Row]:
        """What a growth reward's explanation and rows must say: balances, increment, rate, half-up fen, by every basis; shares."""
        policy, now, members = self.policies[one["policy_digest"]], index(one["quarter"]), [told["institution"], *told["predecessors"]]
        day = last_day(now)
        say, first = {name: on(policy, name, day) for name in policy}, index(on(policy, "first_base_date", day))
        rule = {name: say[name] for name in say if f"${name}" in SPLIT}
        ends = {at: self.quarter_end(at, members, told["history"][at - first], rule) for at in range(first, now + 1)}
        rewarded = [at for at in ends if at > first and on(policy, "rate", last_day(at)) is not None]
        year = first if now // 4 == rewarded[0] // 4 else now // 4 * 4 - 1
        spans = {"previous_quarter_end": range(first if now == rewarded[0] else now - 1, now), "high_water_mark": range(first, now)}
        balance, by = None if ends[now]["returned"] is None else ends[now]["balance"], dict[str, Row]()
        for basis, span in (spans | {"year_to_date": range(year, now)}).items():
            there = [(at, ends[at]["balance"]) for at in span if not ends[at]["is_absent"]]
            top, added = None, list[Any]()
            if there and all(fen is not None for _, fen in there):
                top = max(fen for _, fen in there) if basis == "high_water_mark" else there[-(basis != "year_to_date")][1]
                for at, fen in there[1:] if basis == "year_to_date" else []:
                    may = [each for each in members if local(each, last_day(at)) and each["kind"] not in say["excluded_institution_kinds"]]
                    if at in rewarded and may and fen > top:
                        added, top = [*added, [ends[at]["quarter"], fen - top]], fen
            grown = None if balance is None or top is None else balance - top
            latest = by["previous_quarter_end"]["increment"] if by else grown
            less = half_up(max(0, latest or 0) * Fraction(say["central_bank_rate"])) if say["central_bank_deduction"] else 0
            back = say["falling_quarter"] == "takes_back" and basis == "previous_quarter_end"
            earned = None if grown is None else half_up((grown if back else max(0, grown)) * Fraction(say["rate"]))
            amount = min(earned, max(0, earned - less)) if less and earned is not None else earned
            by[basis] = {"basis": basis, "is_paid": basis == say["basis"], "balance": balance, "reference_balance": top, "added": added,
                         "increment": grown, "deducted": less, "amount": amount}
        paid, other, fiscal = by[say["basis"]], by[say["alternative_basis"]], self.policies[one["shares_digest"]]
        filed = next((each["return_digest"] for each in told["history"][-1]["parts"] if each["code"] == members[0]["code"]), None)
        split = self.split(filed, rule) if filed else []
        shares = [] if paid["amount"] is None else shared(paid["amount"], members[0]["region"], fiscal, day, say["payer"])
        figures = {f"alternative_{name}": other[name] for name in ("basis", "reference_balance", "increment", "amount")}
        figures |= {name: paid[name] for name in ("basis", "reference_balance", "increment")} | {"return_digest": filed or ""}
        figures |= {name: ends[now][name.removesuffix("_balance")] for name in ("balance", "returned_balance", "certified_balance")}
        due = {"history": [*ends.values()], "readings": [*by.values()], "shares": shares, "reconciliation": split}
        row = {"figures": figures, "lines": [{"base": paid["increment"], "amount": paid["amount"]}], "shares": shares}
        row |= {"amount": paid["amount"], "region": members[0]["region"]}
        return due, row | {"reconciliation": sorted(split, key=lambda line: line["reason"] != "eligible")}

    def every_statement(self) -> Facts:
        """Digest, lines and shares of every statement; the growth reward of the sealed quarter is computed anew."""
        self.policies = {sha(one["text"]): json.loads(one["text"])[3] for one in self.rows["policies.jsonl"]}
        self.returns = {(one["code"], one["quarter"], one["row_digest"]): one for one in self.rows["returns.jsonl"]}
        self.certified = {(one["code"], one["quarter"], one["version"]): one for one in self.rows["certified_balances.jsonl"]}
        for one in self.rows["statements.jsonl"]:
            place, told, amount = ("statements.jsonl", f"{one['number']} r{one['revision']}"), json.loads(one["explanation"]), one["amount"]
            due = {"digest": sha(one["explanation"]), "held": bool(one["hold_reasons"]), "shares": told["shares"]}
            yield *place, one, due | ({"hold_reasons": " ".join(told["holds"])} if "holds" in told else {})
            for name in ("lines", "shares") if amount is not None else ():
                yield *place, {f"{name}.amount": sum(each["amount"] for each in one[name])}, {f"{name}.amount": amount}
            if one["scheme"] == "growth-reward" and one["quarter"] == self.manifest["quarter"] and one["policy_digest"] in self.policies:
                due, row = self.growth(one, told)
                yield *place, one | {"explanation": told}, row | {"explanation": due}
            elif one["scheme"] == "fee-subsidy":
                rows = sha(canonical(kept(one["contracts"], ("id", "statement_id", "beneficiary_id", "place"))))
                yield *place, told, {"contracts": {"count": len(one["contracts"]), "digest": rows}}
            elif "awards" in told and amount is not None:
                yield *place, one, {"amount": sum(each["amount"] for each in told["awards"])}

    def batches(self) -> Facts:
        """Items are their statements, batches their items, signatures four people's on just that; claims are items' shares."""
        items, statements, file = dict[Any, Row](), {one["id"]: one for one in self.rows["statements.jsonl"]}, "batches.jsonl"
        for batch in self.rows[file]:
            listed = []
            for item in batch["items"]:
                one, shares = statements[item["statement_id"]], sorted([each["payer"], each["amount"]] for each in item["shares"])
                said = {name: kept(one[name]) for name in ("figures", "lines", "reconciliation")}
                said |= {"item": {name: item[name] for name in ITEM}, "shares": shares, "statement": kept(one)}
                digest = sha(canonical(said | {"statement_shares": kept(one["shares"])}))
                due = {"digest": digest, "amount": item["due"] - item["awarded"], "shares": item["amount"]}
                yield file, f"{batch['number']} {item['statement_number']}", item | {"shares": sum(each[1] for each in shares)}, due
                key = (batch["number"], item["statement_number"], item["revision"], item["kind"])
                items |= {(*key, payer): item | {"amount": fen} for payer, fen in shares}
                listed += [[*key[1:], item["amount"], item["digest"]]] if item["state"] in ("included", "upheld") else []
            digest = sha(canonical({"number": batch["number"], "quarter": batch["quarter"], "items": sorted(listed)}))
            hands = [each for each in batch["signatures"] if each["voided_at"] is None]
            yield from ((file, f"{batch['number']} {hand['step']}", hand, {"digest": digest}) for hand in hands)
            has, people = sorted(each["step"] for each in hands), {each["signed_by"] for each in hands}
            due = {"steps": ["approve", "order", "review", "submit"] if batch["state"] == "ordered" else has, "people": len(has)}
            yield file, batch["number"], {"steps": has, "people": len(people)}, due
        for claim in self.rows["claims.jsonl"]:
            item = items.get(tuple(claim[name] for name in ("batch", "statement_number", "revision", "kind", "payer")), {})
            yield "claims.jsonl", claim["statement_number"], claim, {name: item.get(name) for name in ("amount", "digest", *ITEM[2:5])}

    def money(self) -> Facts:
        """Orders are their payments; groups balance; net paid + carried or cut - recoverable = due, in the books as in the claims."""
        claims, due, has = {one["id"]: one for one in self.rows["claims.jsonl"]}, Counter[Any](), Counter[Any]()
        for one in claims.values():
            key = (one["payer"], one["beneficiary_id"], one["scheme"])
            due.update({(*key, "award"): one["amount"], (*key, "carried"): -one["carried"], (*key, "cut"): -one["cut"], (*key, "Σ"): 0})
        for order in self.rows["orders.jsonl"]:
            yield "orders.jsonl", order["number"], order, {"total": sum(each["amount"] for each in order["payments"])}
            for each in order["payments"]:
                if each["claim_id"] in claims:
                    one = claims[each["claim_id"]]
                    yield "orders.jsonl", each["reference"], each, {name: one[name] for name in ("digest", "payer", "beneficiary_id")}
                    due[one["payer"], one["beneficiary_id"], one["scheme"], "paid"] -= each["amount"] if each["state"] == "paid" else 0
        for group in self.rows["postings.jsonl"]:
            yield "postings.jsonl", group["key"], {"Σ": sum(each["amount"] for each in group["postings"])}, {"Σ": 0}
            for each in (one for one in group["postings"] if one["party_id"] and one["quarter"] == self.manifest["quarter"]):
                key = (group["book"], each["party_id"], each["scheme"])
                has.update({(*key, each["account"]): each["amount"], (*key, "Σ"): each["amount"]})
        for key in sorted({*due, *(key for key in has if key[3] in ("award", "carried", "cut", "paid", "Σ"))}, key=str):
            yield "postings.jsonl", " ".join(map(str, key[:3])), {key[3]: has[key]}, {key[3]: due[key]}

    def trail(self) -> Facts:
        """The chain from its first entry to the checkpoint; the seal's own entry stands for the manifest."""
        number, before, seals = self.manifest["trail_from"], self.manifest["trail_before"], list[str]()
        for one in self.rows[TRAIL]:
            digest = sha(f"{before}\n{canonical({name: one.get(name) for name in LINK})}")
            yield TRAIL, f"#{number}", one, {"number": number, "previous_digest": before, "digest": digest}
            seals += [json.loads(one["detail"]).get("contents")] if one.get("act") == SEAL else []
            number, before = number + 1, one.get("digest")
        yield MANIFEST, "", {"sealed": sha(self.members[MANIFEST]) in seals}, {"sealed": True}
        known = {one.get("number"): one for one in self.rows[TRAIL]}
        told = [*map(json.loads, self.published.splitlines())] if self.published is not None else [self.rows[COVER][0]]
        for one in [*self.rows["checkpoints.jsonl"], *(one for one in told if one["number"] in known)]:
            yield TRAIL, f"#{one['number']}", known[one["number"]], {"digest": one["digest"]}
        due = {"number": number - 1, "digest": before, "published": True}
        yield COVER, "", self.rows[COVER][0] | {"published": number - 1 in [one["number"] for one in told]}, due

def verify(path: Path, published: str | None = None) -> list[Any]:
    """Everything that does not hold in a sealed file, and against published checkpoints (lines of checkpoints.jsonl)."""
    broken, folder = list[Any](), tempfile.TemporaryDirectory()
    try:
        sealed = Sealed(path, Path(folder.name), broken, published)
        for check in (sealed.files, sealed.every_statement, sealed.batches, sealed.money, sealed.trail):
            for file, row, said, due in check():
                broken += differ(file, row, said, due)
    except BROKEN as error:
        broken.append(Break(path.name, "", "", f"查不下去：{error!r}"[:90], f"cannot go on: {error!r}"[:90]))
    folder.cleanup()
    return broken

def unchecked(path: Path) -> str:
    """By scheme, the statements only held against digests and sums: fees by contract and awards' caps are not computed anew."""
    with zipfile.ZipFile(path) as archive:
        quarter = json.loads(archive.read(MANIFEST))["quarter"]
        policies, told = ([*map(json.loads, archive.read(name).splitlines())] for name in ("policies.jsonl", "statements.jsonl"))
    anew = {("growth-reward", quarter, sha(one["text"])) for one in policies}
    left = Counter(one["scheme"] for one in told if (one["scheme"], one["quarter"], one["policy_digest"]) not in anew)
    return ", ".join(f"{scheme} × {many}" for scheme, many in sorted(left.items()))

if __name__ == "__main__":
    found = verify(Path(sys.argv[1]), Path(sys.argv[2]).read_text() if sys.argv[2:] else None)
    print("没有重算 not computed anew:", "" if found else unchecked(Path(sys.argv[1])))
    sys.exit("\n".join(" · ".join(map(str, one)) for one in found) or 0)
