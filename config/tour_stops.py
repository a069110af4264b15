"""The stops of each role's tour, in the order of a working day. Pure."""

from kernel.bilingual import Text
from kernel.tour.service import Stop

_TODAY = Stop(
    Text("今日", "Today"),
    Text(
        "等你办的事按期限排好，点按钮就到要办的那一页。",
        "What waits for you, by its deadline; each button opens the page where it is done.",
    ),
    "accounts.home",
)
_SEARCH = Stop(
    Text("查找", "Search"),
    Text(
        "按名称、拼音首字母或编号找单位、结算单、申请。",
        "Find parties, statements and requests by name, initials or number.",
    ),
    "search.find",
)
_NOTICES = Stop(
    Text("消息", "Notices"),
    Text("系统告诉过你们单位的事都在这里。", "Everything your organisation was told."),
    "outbox.messages",
)
_CLAUSES = Stop(
    Text("依据", "Policies"),
    Text(
        "每个数的条款、参数和文号；没有写明的地方也标出来。",
        "The clause, parameter and document of every figure, and what is left open.",
    ),
    "policies.list_clauses",
)
_QUARTER = Stop(
    Text("季度", "Quarter"),
    Text(
        "一页看完一个季度：谁报了、谁暂缓、走到哪一步、谁在等谁。",
        "One quarter on one page: who has filed, who is held, how far it has come, who waits for whom.",
    ),
    "quarters.index",
)
_STATEMENTS = Stop(
    Text("结算单", "Statements"),
    Text(
        "点金额下的虚线，看这个数从哪条规定、哪几笔贷款来。",
        "Follow the dotted line under an amount to its clause and its loan rows.",
    ),
    "statements.index",
)
_BATCHES = Stop(
    Text("批次", "Batches"),
    Text(
        "经办、复核、审批、拨付四个人依次签，签字只对你看到的内容有效。",
        "Four people sign one after the other; a signature holds for what was shown alone.",
    ),
    "batches.index",
)
_PAYMENTS = Stop(
    Text("拨付", "Payments"),
    Text(
        "开拨付令、送国库、收回单；送出之前都可以撤销。",
        "Draw orders, send them, match the receipts; until it is sent an order can be taken back.",
    ),
    "payments.index",
)
_WHAT_IF = Stop(
    Text("试算", "What-if"),
    Text(
        "换一个参数看差多少钱，账上什么都不变。",
        "Change a parameter and see the difference; the books stay as they are.",
    ),
    "what_if.show",
)
_TRAIL = Stop(
    Text("审计", "Trail"),
    Text(
        "谁、什么时候、改了什么，条条相连，一键核对全链。",
        "Who changed what and when, each entry tied to the one before; one button checks the chain.",
    ),
    "audit.trail",
)
_BALANCES = Stop(
    Text("核定", "Certified"),
    Text(
        "登记每个季末的核定余额，奖励按它计算。",
        "Record the certified balance of each quarter's end; rewards rest on it.",
    ),
    "certified_balances.index",
)
_SESSIONS = Stop(
    Text("对接会", "Sessions"),
    Text(
        "每周一场：预告、报名、排表、开会，结果自动变成推荐。",
        "One each week: announced, signed up for, timetabled, held; what comes of it becomes referrals.",
    ),
    "sessions.index",
)
_RETURNS = Stop(
    Text("报表", "Returns"),
    Text(
        "把季末的贷款文件拖进来，错行在原处改，改好送认证。",
        "Drop the quarter's file, mend wrong rows in place, send it to be certified.",
    ),
    "returns.index",
)
_REQUESTS = Stop(
    Text("融资申请", "Requests"),
    Text(
        "填一次，就看到谁能贷、差什么。",
        "Fill it in once and see who could lend, and what is missing.",
    ),
    "requests.index",
)
_PRODUCTS = Stop(
    Text("产品", "Products"),
    Text("各银行的贷款产品和条件。", "The loan products of the banks and their conditions."),
    "products.hall",
)

_FINANCE = (_TODAY, _QUARTER, _STATEMENTS, _BATCHES)
_OF_ROLE = {
    "operator": (*_FINANCE, _PAYMENTS, _WHAT_IF, _SEARCH),
    "reviewer": (*_FINANCE, _CLAUSES, _WHAT_IF, _SEARCH),
    "approver": (*_FINANCE, _WHAT_IF, _SEARCH),
    "cashier": (_TODAY, _BATCHES, _PAYMENTS, _STATEMENTS, _SEARCH),
    "auditor": (_TODAY, _TRAIL, _STATEMENTS, _PAYMENTS, _CLAUSES, _SEARCH),
    "organiser": (_TODAY, _SESSIONS, _PRODUCTS, _SEARCH, _NOTICES),
    "central_bank_officer": (_TODAY, _BALANCES, _CLAUSES, _SEARCH),
    "audit_administrator": (_TODAY, _TRAIL, _SEARCH),
    "maker": (_TODAY, _RETURNS, _STATEMENTS, _SEARCH),
    "checker": (_TODAY, _RETURNS, _STATEMENTS, _SEARCH),
    "product_manager": (_TODAY, _PRODUCTS, _SESSIONS, _SEARCH),
    "owner": (_TODAY, _REQUESTS, _PRODUCTS, _SESSIONS, _NOTICES),
    "clerk": (_TODAY, _REQUESTS, _PRODUCTS, _SESSIONS, _NOTICES),
}
_ANYBODY = (_TODAY, _CLAUSES, _SEARCH, _NOTICES)


def stops_of(role: str) -> tuple[Stop, ...]:
    """The stops of a role; what everybody has where a role has none of its own."""
    return _OF_ROLE.get(role, _ANYBODY)
