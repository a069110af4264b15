"""An order as a credit transfer message, ISO 20022 pain.001.001.09. Pure: the same order gives the same bytes at every try."""

from dataclasses import dataclass
from datetime import date, datetime
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from kernel.clock import SHANGHAI
from kernel.money import yuan

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
CURRENCY = "CNY"
CLEARING_SYSTEM = "CNAPS"  # 现代化支付系统, whose 12-digit bank codes name the agents
LONGEST_NAME, LONGEST_REMARK = 140, 140


@dataclass(frozen=True)
class AccountAt:
    """Whose account it is, its number, and the bank's name and 12-digit code."""

    name: str
    number: str
    bank_name: str
    bank_code: str


@dataclass(frozen=True)
class Transfer:
    """One payment: its fixed reference, fen, to whom, and what for."""

    reference: str
    amount: int
    to: AccountAt
    remark: str


@dataclass(frozen=True)
class OrderMessage:
    """A whole order: number, when it was drawn, the day it is to be carried out, from where, and its transfers."""

    number: str
    drawn_at: datetime
    execute_on: date
    initiator: str
    payer: AccountAt
    transfers: tuple[Transfer, ...]

    @property
    def total(self) -> int:
        return sum(one.amount for one in self.transfers)


def pain_001(order: OrderMessage) -> bytes:
    """The message as UTF-8 XML."""
    root = Element("Document", xmlns=NAMESPACE)
    initiation = SubElement(root, "CstmrCdtTrfInitn")
    _header(initiation, order)
    _payment(initiation, order)
    indent(root, " ")
    content: bytes = tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + content + b"\n"


def _add(parent: Element, path: str, text: str | None = None) -> Element:
    """The element at a path of new children, with its text."""
    for tag in path.split("/"):
        parent = SubElement(parent, tag)
    parent.text = text
    return parent


def _header(parent: Element, order: OrderMessage) -> None:
    header = _add(parent, "GrpHdr")
    _add(header, "MsgId", order.number)
    _add(header, "CreDtTm", order.drawn_at.astimezone(SHANGHAI).isoformat(timespec="seconds"))
    _add(header, "NbOfTxs", str(len(order.transfers)))
    _add(header, "CtrlSum", yuan(order.total))
    _add(header, "InitgPty/Nm", order.initiator[:LONGEST_NAME])


def _payment(parent: Element, order: OrderMessage) -> None:
    payment = _add(parent, "PmtInf")
    _add(payment, "PmtInfId", order.number)
    _add(payment, "PmtMtd", "TRF")
    _add(payment, "BtchBookg", "false")
    _add(payment, "NbOfTxs", str(len(order.transfers)))
    _add(payment, "CtrlSum", yuan(order.total))
    _add(payment, "ReqdExctnDt/Dt", order.execute_on.isoformat())
    _party(payment, "Dbtr", order.payer)
    _account(payment, "DbtrAcct", order.payer)
    _agent(payment, "DbtrAgt", order.payer)
    _add(payment, "ChrgBr", "DEBT")
    for transfer in order.transfers:
        _transfer(payment, transfer)


def _transfer(parent: Element, transfer: Transfer) -> None:
    info = _add(parent, "CdtTrfTxInf")
    identity = _add(info, "PmtId")
    _add(identity, "InstrId", transfer.reference)
    _add(identity, "EndToEndId", transfer.reference)
    _add(info, "Amt/InstdAmt", yuan(transfer.amount)).set("Ccy", CURRENCY)
    _agent(info, "CdtrAgt", transfer.to)
    _party(info, "Cdtr", transfer.to)
    _account(info, "CdtrAcct", transfer.to)
    _add(info, "RmtInf/Ustrd", transfer.remark[:LONGEST_REMARK])


def _party(parent: Element, tag: str, account: AccountAt) -> None:
    _add(parent, f"{tag}/Nm", account.name[:LONGEST_NAME])


def _account(parent: Element, tag: str, account: AccountAt) -> None:
    _add(parent, f"{tag}/Id/Othr/Id", account.number)


def _agent(parent: Element, tag: str, account: AccountAt) -> None:
    institution = _add(parent, f"{tag}/FinInstnId")
    member = _add(institution, "ClrSysMmbId")
    _add(member, "ClrSysId/Prtry", CLEARING_SYSTEM)
    _add(member, "MmbId", account.bank_code)
    _add(institution, "Nm", account.bank_name[:LONGEST_NAME])
