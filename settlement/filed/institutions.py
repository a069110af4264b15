"""The institutions file: who the institutions are, since and until when they are local legal persons, and who took them over."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from kernel.bilingual import Text
from kernel.tables.cells import day, doubtful_code, one_of, text, yes_no
from kernel.tables.columns import Column, Record, Table, read_records
from kernel.tables.faults import Fault, FileRefused
from kernel.tables.reading import read_sheet
from settlement.fee_subsidy import GuaranteeCompany
from settlement.growth_reward import LegalPerson
from settlement.returns.codes import REGIONS

KINDS = {
    "city_commercial_bank": "城市商业银行",
    "rural_commercial_bank": "农村商业银行",
    "rural_cooperative_bank": "农村合作银行",
    "rural_credit_cooperative": "农村信用合作联社",
    "village_bank": "村镇银行",
    "private_bank": "民营银行",
    "branch": "外地银行分支机构",
    "guarantor": "融资担保机构",
    "re_guarantor": "再担保机构",
}
CITY_REGIONS = {region.code: region.label.zh for region in REGIONS if region.code != "outside"}


def _day_or_none(cell: str) -> date | None:
    return day(cell)


def _fiscal_region() -> Callable[[str], str]:
    names = one_of(CITY_REGIONS)
    aliases = {alias: region.code for region in REGIONS for alias in region.aliases}
    return lambda cell: names(aliases.get(cell, cell))


CODE = Column("institution_code", "机构代码", text(18), warn=doubtful_code)
NAME = Column("name", "机构名称", text(120), aliases=("名称",))
KIND = Column("kind", "机构类型", one_of(KINDS))
LOCAL_FROM = Column("local_legal_person_from", "地方法人起始日", _day_or_none, default=None)
LOCAL_UNTIL = Column("local_legal_person_until", "地方法人终止日", _day_or_none, default=None)
GOVERNMENT_BACKED = Column("government_backed", "是否政府性", yes_no, default=False)
REGION = Column("region", "区县", _fiscal_region())
SUCCESSOR = Column("successor_code", "承继机构代码", text(18), default="")
PARENT = Column("parent_code", "上级机构代码", text(18), default="")
COLUMNS = (CODE, NAME, KIND, LOCAL_FROM, LOCAL_UNTIL, GOVERNMENT_BACKED, REGION, SUCCESSOR, PARENT)


def _person(record: Record) -> LegalPerson:
    return LegalPerson(
        code=record[CODE],
        name=record[NAME],
        kind=record[KIND],
        region=record[REGION],
        local_from=record[LOCAL_FROM],
        local_until=record[LOCAL_UNTIL],
        successor_code=record[SUCCESSOR] or None,
    )


def _fault(file: str, record: Record, column: Column[Any], rule: str, wrong: Text) -> Fault:
    return Fault(file, record.number, column.name, str(record[column]), rule, "error", wrong)


def _contradictions(file: str, record: Record) -> list[Fault]:
    """What no single cell shows: a status that ends before it starts, an institution that took itself over."""
    faults = []
    since, until = record[LOCAL_FROM], record[LOCAL_UNTIL]
    if until is not None and (since is None or until <= since):
        wrong = Text(
            "终止日要晚于起始日，且要有起始日", "The last day must come after a first day, and there must be one"
        )
        faults.append(_fault(file, record, LOCAL_UNTIL, "until_before_from", wrong))
    if record[SUCCESSOR] == record[CODE]:
        wrong = Text("承继机构不能是它自己", "An institution cannot succeed itself")
        faults.append(_fault(file, record, SUCCESSOR, "own_successor", wrong))
    return faults


def _cycles(file: str, records: Sequence[Record]) -> list[Fault]:
    """The institutions whose successors lead back to themselves: nobody could say who inherits the base."""
    following = {record[CODE]: record[SUCCESSOR] for record in records}
    faults = []
    for record in records:
        chain = [record[CODE]]
        while (code := following.get(chain[-1], "")) and code not in chain:
            chain.append(code)
        if code == record[CODE] and len(chain) > 1:
            said = " → ".join([*chain, code])
            wrong = Text(
                f"承继关系绕了一圈：{said}；请改到最后承继的那一家为止",
                f"The successors go round in a circle: {said}; end with the institution that took over last",
            )
            faults.append(_fault(file, record, SUCCESSOR, "successor_cycle", wrong))
    return faults


def _company(record: Record) -> GuaranteeCompany:
    return GuaranteeCompany(
        code=record[CODE],
        name=record[NAME],
        kind=record[KIND],
        region=record[REGION],
        government_backed=record[GOVERNMENT_BACKED],
    )


def _table(file: str, content: bytes) -> Table:
    table = read_records(read_sheet(file, content), COLUMNS, key=CODE)
    wrong = [fault for record in table.records for fault in _contradictions(file, record)]
    wrong += _cycles(file, table.records)
    if wrong:
        raise FileRefused([*wrong, *table.faults])
    return table


def read_institutions(file: str, content: bytes) -> tuple[list[LegalPerson], list[Fault]]:
    """The institutions of a file and its warnings; raises `FileRefused` with every error."""
    table = _table(file, content)
    return [_person(record) for record in table.records], list(table.faults)


def read_companies(file: str, content: bytes) -> tuple[list[GuaranteeCompany], list[Fault]]:
    """The same file as the fee subsidy reads it: every institution with whether it is a government-backed guarantor."""
    table = _table(file, content)
    return [_company(record) for record in table.records], list(table.faults)
