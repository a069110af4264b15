"""Page of the restatement: what newer facts change on signed statements, and the confirmation that binds to it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.audit.remembering import remembering
from settlement.batches import service
from settlement.batches.places import desk
from settlement.batches.restating import preview_shown, restate
from settlement.statements import labels

blueprint = Blueprint("restatements", __name__, url_prefix="/restatements", template_folder="../templates")


@blueprint.get("")
@requires(*service.READERS)
def index() -> ResponseReturnValue:
    """Every delta in this and later quarters, the approvals it reopens, the adjustments it would post."""
    shown = preview_shown(database.current(), desk=desk(), remembering=remembering())
    return render_template("batches/restatement.html", shown=shown, labels=labels)


@blueprint.post("")
@requires("operator", transaction="own")
def confirm() -> ResponseReturnValue:
    done = restate(database.current(), caller(), digest=request.form.get("digest", ""), desk=desk())
    count = len(done.written) + len(done.withdrawn)
    flash(ngettext("重新计算了 %(num)s 张结算单", "重新计算了 %(num)s 张结算单", count), "ok")
    if done.failed:
        codes = _("，").join(done.failed)
        flash(_("这些单位没有算成：%(codes)s。它们还在下面，请再确认一次；再不成请找管理员", codes=codes), "stop")
    return redirect(url_for("restatements.index"))
