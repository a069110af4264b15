"""The page of a quarter's seals for the finance side, and a beneficiary's own receipts."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.accounts.roles import ENTERPRISE_ROLES
from kernel.web.downloads import file_to_save
from kernel.web.edge import clock
from kernel.web.forms import asked_of_url
from kernel.web.lists import list_page
from settlement.calendar import quarter_in_path
from settlement.people import names_of
from settlement.returns.service import FILING_ROLES, SEES_ALL
from settlement.seal import service
from settlement.seal.lists import RECEIPTS
from settlement.seal.naming import ZIP, file_name
from settlement.seal.places import seal_places
from settlement.seal.receipts import receipt, receipts_of
from settlement.seal.schemas import OwnReceiptsAskedSchema
from settlement.seal.views import contents_told, cover_of
from settlement.statements.service import READERS, statement_by_number

blueprint = Blueprint("seals", __name__, template_folder="../templates")


@blueprint.get("/quarters/<quarter>/seal")
@requires(*SEES_ALL)
def show(quarter: str) -> ResponseReturnValue:
    """What is sealed of a quarter, what is in the file, and how to check it."""
    db, period, places = database.current(), quarter_in_path(quarter), seal_places()
    seals = service.seals_of(db, period)
    return render_template(
        "seal/show.html",
        quarter=period,
        seals=seals,
        names=names_of(db, [one.sealed_by for one in seals]),
        contents=contents_told(seals[0], places) if seals else [],
        cover=cover_of(seals[0], places) if seals else None,
        may_seal=caller().role in service.SEALERS and period.last_day < clock().today(),
        may_take=caller().role in service.SEALERS,
    )


@blueprint.post("/quarters/<quarter>/seal")
@requires(*service.SEALERS)
def seal(quarter: str) -> ResponseReturnValue:
    period = quarter_in_path(quarter)
    made = service.seal_quarter(database.current(), period, places=seal_places(), by=caller().actor, at=clock().now())
    flash(_("封存好了，这是第 %(number)s 次", number=made.sequence), "ok")
    return redirect(url_for("seals.show", quarter=period))


@blueprint.get("/quarters/<quarter>/seal/<int:sequence>/file")
@requires(*service.SEALERS)
def take(quarter: str, sequence: int) -> ResponseReturnValue:
    """The sealed file."""
    db, places = database.current(), seal_places()
    found = service.seal_of(db, quarter_in_path(quarter), sequence)
    return file_to_save(service.sealed_file(db, found, places=places), file_name(found), ZIP)


@blueprint.get("/receipts")
@requires(*FILING_ROLES, *ENTERPRISE_ROLES)
def receipts() -> ResponseReturnValue:
    """The statements of one's own organisation, with a receipt where the quarter is sealed."""
    asked = asked_of_url(OwnReceiptsAskedSchema())
    return list_page(
        RECEIPTS,
        asked,
        lambda part: receipts_of(database.current(), caller(), part, quarter=asked["quarter"]),
        lambda page: render_template("seal/receipts.html", page=page, asked=asked),
    )


@blueprint.get("/statements/<number>/receipt.json")
@requires(*READERS)
def take_receipt(number: str) -> ResponseReturnValue:
    """One statement's receipt."""
    db = database.current()
    found = statement_by_number(db, caller(), number)
    return file_to_save(receipt(db, found, places=seal_places()), f"{found.number}-receipt.json", "application/json")
