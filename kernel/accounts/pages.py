"""Pages of the person: sign-in, sign-out, home with tasks, password and access tokens."""

from urllib.parse import urlsplit

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user
from sqlmodel import Session

from kernel import database
from kernel.accounts import cookie, service, sign_ins, tokens
from kernel.accounts.access import caller, public, requires
from kernel.accounts.roles import ROLES
from kernel.accounts.schemas import PasswordSchema, SignInSchema, TokenSchema
from kernel.bilingual import Text
from kernel.errors import Invalid
from kernel.web.edge import SignedIn, clock
from kernel.web.forms import Form, load_form
from kernel.web.glances import glances_for
from kernel.web.navigation import EVERY_ROLE, NavigationItem, tasks_for

blueprint = Blueprint("accounts", __name__)

NAVIGATION = [NavigationItem("accounts.home", Text("今日", "Today"), EVERY_ROLE)]


def _is_local(path: str) -> bool:
    """Whether a `next` path stays on this service."""
    parts = urlsplit(path)
    return path.startswith("/") and not path.startswith("//") and "\\" not in path and not parts.netloc


@blueprint.get("/")
@public()
def home() -> ResponseReturnValue:
    """Today's tasks and where things stand for someone signed in; what this is and where to sign in for everybody else."""
    if g.caller is None:
        return render_template("accounts/welcome.html", demonstration=current_app.extensions["sign_ins"]())
    db, today = database.current(), clock().today()
    tasks, glances = tasks_for(db, g.caller, today), glances_for(db, g.caller, today)
    return render_template(
        "accounts/home.html",
        tasks=tasks.items,
        glances=glances.items,
        is_whole=tasks.is_whole and glances.is_whole,
        today=today,
        role=ROLES[g.caller.role],
    )


@blueprint.get("/sign-in")
@public()
def sign_in() -> ResponseReturnValue:
    form = Form({"next": request.args.get("next", ""), "username": request.args.get("username", "")})
    return render_template("accounts/sign_in.html", form=form, demonstration=current_app.extensions["sign_ins"]())


@blueprint.post("/sign-in")
@public(transaction="own", rate="sign_in")
def submit_sign_in() -> ResponseReturnValue:
    values, form = load_form(SignInSchema())
    if values is None:
        return _sign_in_again(form)
    now = clock().now()
    try:
        account = service.sign_in(database.current(), username=values["username"], password=values["password"], at=now)
    except service.AccountClosed as error:
        form.errors["password"] = closed_because(database.current(), error.account_id) or error.text
        return _sign_in_again(form)
    except service.SignInRefused as error:
        form.errors["password"] = error.text
        return _sign_in_again(form)
    cookie.begin(account, at=now)
    return redirect(values["next"] if _is_local(values["next"]) else url_for("accounts.home"))


def closed_because(db: Session, account_id: int) -> Text | None:
    """What the room that opens and closes accounts says of one that is not open; nothing where it has nothing to say."""
    said: Text | None = current_app.extensions["closed_because"](db, account_id)
    return said


def _sign_in_again(form: Form) -> ResponseReturnValue:
    form.values.pop("password", None)
    shown = render_template("accounts/sign_in.html", form=form, demonstration=current_app.extensions["sign_ins"]())
    return shown, 422


@blueprint.post("/sign-out")
@public(transaction="own")
def sign_out() -> ResponseReturnValue:
    if current_user.is_authenticated:
        secret, now = current_user.secret, clock().now()
        database.write(database.current(), lambda db: sign_ins.end_sign_in(db, secret, at=now))
    logout_user()
    session.clear()
    return redirect(url_for("accounts.home"))


@blueprint.get("/account")
@requires(*ROLES)
def account() -> ResponseReturnValue:
    return _account_page(Form(), Form({"days": "90"}))


def _account_page(
    password_form: Form, token_form: Form, secret: str | None = None, status: int = 200
) -> ResponseReturnValue:
    page = render_template(
        "accounts/account.html",
        password_form=password_form,
        token_form=token_form,
        tokens=tokens.tokens_of(database.current(), caller()),
        scopes=tokens.SCOPES,
        secret=secret,
        now=clock().now(),
        role=ROLES[caller().role],
    )
    return page, status


@blueprint.post("/account/password")
@requires(*ROLES, transaction="own", rate="sign_in", unconfirmed=True)
def change_password() -> ResponseReturnValue:
    values, form = load_form(PasswordSchema())
    if values is None:
        return _account_page(Form(errors=form.errors), Form({"days": "90"}), status=422)
    db, now, new = database.current(), clock().now(), values["password"]
    mine = service.own_account(db, caller())
    try:
        service.confirm_password(mine, values["old_password"], at=now)
        database.write(db, lambda db: service.change_password(db, mine, new=new, at=now))
    except Invalid as error:
        return _account_page(Form().take(error), Form({"days": "90"}), status=422)
    login_user(SignedIn(caller(), mine.stamp, current_user.secret))
    flash(_("密码改好了，其他地方的登录已失效"))
    return redirect(url_for("accounts.account"))


@blueprint.post("/account/tokens")
@requires(*ROLES, secret=True)
def issue_token() -> ResponseReturnValue:
    values, form = load_form(TokenSchema())
    if values is None:
        return _account_page(Form(), form, status=422)
    try:
        issued = tokens.issue_token(database.current(), caller(), **values, at=clock().now())
    except Invalid as error:
        return _account_page(Form(), form.take(error), status=422)
    return _account_page(Form(), Form({"days": "90"}), secret=issued.secret)


@blueprint.post("/account/tokens/<int:token_id>/revoke")
@requires(*ROLES)
def revoke_token(token_id: int) -> ResponseReturnValue:
    tokens.revoke_token(database.current(), caller(), token_id, at=clock().now())
    flash(_("令牌已作废，下一次请求起不再有效"))
    return redirect(url_for("accounts.account"))
