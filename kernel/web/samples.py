"""Made-up data for the living page of components (`design.html`): every name here is invented."""

from datetime import date
from typing import Any

from kernel.bilingual import Text
from kernel.errors import FieldError
from kernel.web.charts import Phase, Series
from kernel.web.paging import Page
from kernel.workdays import WorkCalendar

Row = dict[str, Any]

BANK = Text("沙河农村商业银行", "Shahe Rural Commercial Bank")
NOT_YET = Text("还没轮到", "Not yet")

HANDS = [
    (
        Text("沙河农商行，两手", "Shahe bank, two hands"),
        [
            {"act": Text("报送", "Filed"), "name": "赵敏", "state": "signed", "time": "10-09 16:42"},
            {"act": Text("认证", "Certified"), "name": "周立", "state": "signed", "time": "10-10 09:15"},
        ],
    ),
    (
        Text("财政局，四手各不相同", "Bureau, four different hands"),
        [
            {"act": Text("经办", "Prepared"), "name": "苏岩", "state": "signed", "time": "10-17 10:03"},
            {
                "act": Text("复核", "Review"),
                "name": "林静",
                "state": "turn",
                "time": Text("轮到你，最晚 10-24", "Your turn, by 10-24"),
            },
            {"act": Text("审批", "Approval"), "name": "高远", "state": "", "time": NOT_YET},
            {"act": Text("拨付", "Payment"), "name": "何川", "state": "", "time": NOT_YET},
        ],
    ),
]

STAGES: list[Row] = [
    {
        "count": 9,
        "of": 9,
        "step": 0,
        "label": Text("应报", "Due"),
        "means": Text("地方法人机构", "local institutions"),
        "tone": "",
    },
    {
        "count": 8,
        "of": 9,
        "step": 1,
        "label": Text("已报送", "Filed"),
        "means": Text("还差尧山农信社", "Yaoshan is missing"),
        "tone": "bad",
    },
    {
        "count": 8,
        "of": 9,
        "step": 2,
        "label": Text("已计算", "Computed"),
        "means": Text("其中 2 家暂缓", "2 of them held"),
        "tone": "due",
    },
    {
        "count": 3,
        "of": 9,
        "step": 3,
        "label": Text("已复核", "Reviewed"),
        "means": Text("待复核 3", "3 to review"),
        "tone": "",
    },
    {
        "count": 1,
        "of": 9,
        "step": 4,
        "label": Text("已审批", "Approved"),
        "means": Text("待审批 2", "2 to approve"),
        "tone": "",
    },
    {
        "count": 0,
        "of": 9,
        "step": 5,
        "label": Text("已拨付", "Paid"),
        "means": Text("缺决定文件", "no decision yet"),
        "tone": "bad",
    },
]

STEPS = [
    (1, Text("已报送", "Filed"), ""),
    (2, Text("已计算", "Computed"), ""),
    (3, Text("已复核", "Reviewed"), ""),
    (4, Text("已审批", "Approved"), ""),
    (5, Text("已拨付", "Paid"), ""),
    (2, Text("暂缓：无核定数", "Held: no certified balance"), "wait"),
    (0, Text("未报", "Not filed"), "stop"),
]
TAGS = [
    (Text("信用", "Credit"), ""),
    (Text("有意向 100 万", "Interested, 1 million"), "ok"),
    (Text("要补材料", "Papers missing"), "wait"),
    (Text("没有通过", "Refused"), "stop"),
    (Text("培育库", "Pool"), "dai"),
    (Text("默认", "Default"), "out"),
]

CARDS: list[Row] = [
    {
        "label": Text("今天", "Today"),
        "figure": 31,
        "unit": Text("场", "talks"),
        "means": Text("33 个席位，空 2 个", "33 seats, 2 free"),
    },
    {
        "label": Text("已谈", "Held"),
        "figure": 12,
        "unit": Text("场", "talks"),
        "means": Text("1 家未到，候补补上", "1 absent, replaced"),
    },
    {
        "label": Text("有意向", "Interested"),
        "figure": 8,
        "unit": Text("家", "firms"),
        "means": Text("意向金额 1,355 万元，不算授信", "13.55 million yuan of interest, not yet credit"),
        "why": "?why=interest",
    },
    {
        "label": Text("全市用时段", "Slots used"),
        "figure": 12,
        "unit": Text("个", ""),
        "means": Text("已是最少：47 场 ÷ 4 席", "the fewest possible: 47 talks ÷ 4 desks"),
        "links": [(Text("验证", "Verify"), "#cards")],
        "wide": True,
    },
]

READINGS: list[Row] = [
    {
        "name": Text("比上季末", "Against last quarter"),
        "base_note": Text("基数：2022-06-30 核定余额", "Base: certified balance of 2022-06-30"),
        "closing": 106692591743,
        "base": 102966438015,
        "growth": 3726153728,
        "rate": "× 1%",
        "reward": 37261537,
        "paid": True,
        "why": "?why=award#why",
    },
    {
        "name": Text("比以往最高", "Against the peak"),
        "base_note": Text("基数：2022-03-31 核定余额", "Base: certified balance of 2022-03-31"),
        "closing": 106692591743,
        "base": 104108721492,
        "growth": 2583870251,
        "rate": "× 1%",
        "reward": 25838703,
        "paid": False,
        "why": "?why=peak#why",
    },
]
DIFFERENCE = {
    "fen": 11422834,
    "words": Text(
        "二季度下降，三季度回升，回升部分是否再奖，文件没有写明",
        "down in Q2, up in Q3: the notice does not say whether a rebound counts",
    ),
}
BALANCES = [
    ("2021-12-31", 99841270000),
    ("2022-03-31", 104108721492),
    ("2022-06-30", 102966438015),
    ("2022-09-30", 106692591743),
]
QUARTERS = [Text("一季度", "Q1"), Text("二季度", "Q2"), Text("三季度", "Q3")]
TWO_READINGS = [
    Series(Text("比上季末", "Last quarter"), [203990000, 127590000, 181770000]),
    Series(Text("比以往最高", "Peak"), [203990000, 127590000, 164930000]),
]
SHARES: list[Row] = [
    {"label": Text("市级", "City"), "fen": 66910233, "url": None},
    {"label": Text("新华区", "Xinhua"), "fen": 44345683, "url": None},
    {"label": Text("湛河区", "Zhanhe"), "fen": 18630768, "url": None},
    {"label": Text("叶县", "Ye county"), "fen": 0, "url": None},
]
RECONCILED: list[Row] = [
    {
        "label": Text("已计入：普惠小微合格余额", "Counted: qualifying balance"),
        "count": 3074,
        "fen": 106430122860,
        "counted": True,
        "url": "#",
    },
    {"label": Text("票据贴现", "Discounted bills"), "count": 63, "fen": 9261488000, "url": "#"},
    {"label": Text("受让的贷款", "Bought loans"), "count": 9, "fen": 1835000000, "url": "#"},
    {
        "label": Text("单户授信超过 1,000 万元", "Credit above 10 million yuan"),
        "count": 41,
        "fen": 61248033527,
        "url": "#",
    },
]
RECONCILED_TOTAL = {"count": 3187, "fen": 178774644387, "words": Text("与总账相符", "agrees with the ledger")}

QUOTE = "从2022年到2023年6月底，对地方法人金融机构发放的普惠小微贷款，按照贷款余额增量的1%给予资金奖励"
TRANSLATION = Text(
    "", "From 2022 to the end of June 2023, 1% of the increase in balance of inclusive loans is paid as a reward."
)
VALUES: list[Row] = [
    {
        "label": Text("比例", "Rate"),
        "figure": "1%",
        "note": Text("2022-01-01 至 2023-06-30", "2022-01-01 to 2023-06-30"),
        "documented": True,
    },
    {
        "label": Text("基数", "Base"),
        "figure": Text("上季末余额", "last quarter's end"),
        "note": Text("参照人行按季操作", "as the central bank does"),
    },
    {
        "label": Text("取整", "Rounding"),
        "figure": Text("四舍五入到分", "half up to the fen"),
        "note": Text("每单一次", "once a statement"),
    },
]
NEAR: list[Row] = [
    {"number": "00218", "name": "锦程机械有限公司", "note": Text("授信 10,000,000.00", "credit 10,000,000.00"), "fen": 960000000,
     "verdict": Text("刚好到线，计入", "on the line, counted")},
    {"number": "00219", "name": "沙河顺达物流有限公司", "note": Text("授信 10,000,000.01", "credit 10,000,000.01"), "fen": 985000000,
     "verdict": Text("超线 0.01 元，不计", "0.01 yuan over, out"), "kind": "due"},
]  # fmt: skip

CELLS = [
    *(("past", day) for day in (14,)), ("rest", ""), ("past", 17), ("past", 18), ("paused", 19), ("paused", 20), ("past", 21),
    ("rest", ""), ("past makeup", 22), ("past", 24), ("past", 25), ("today", 26), ("left", 27), ("left", 28), ("rest", ""), ("left", 31),
]  # fmt: skip
CELL_WORDS = Text("十个工作日已用七日，暂停两日，还剩三日", "Seven of ten working days used, two paused, three left")
LEGEND = [
    ("past", Text("已过", "past")),
    ("today", Text("今天", "today")),
    ("paused", Text("等你补件，不算", "waiting for you, not counted")),
    ("left", Text("还剩", "left")),
]
EVENTS: list[Row] = [
    {
        "date": "10-14",
        "what": Text("银行受理", "Accepted by the bank"),
        "note": Text("第 1 日，规定 2 日内", "Day 1, 2 allowed"),
        "state": "done",
    },
    {
        "date": "10-18",
        "what": Text("要你补电费单", "Asked for electricity bills"),
        "note": Text("中间 2 日不计时", "2 days not counted"),
        "state": "done",
    },
    {
        "date": "10-26",
        "what": Text("银行正在作决定", "The bank decides"),
        "note": Text("第 7 日，规定 10 日内", "Day 7, 10 allowed"),
        "state": "now",
    },
    {"what": Text("签合同", "Contract"), "state": "coming"},
]
WIZARD = [
    (Text("选文件", "Choose a file"), "#"),
    (Text("读取", "Read"), "#"),
    (Text("改错行", "Mend rows"), None),
    (Text("确认提示", "Confirm warnings"), None),
    (Text("送认证", "Send to certify"), None),
]
PHASES = [
    Phase(Text("报送", "Filing"), date(2022, 10, 1), date(2022, 10, 10)),
    Phase(Text("复核", "Review"), date(2022, 10, 11), date(2022, 10, 24)),
    Phase(Text("公示", "Publicity"), date(2022, 10, 25), date(2022, 10, 31)),
    Phase(Text("联审与拨付", "Joint check and payment"), date(2022, 11, 1), date(2022, 11, 14)),
]
CALENDAR = WorkCalendar()
TODAY = date(2022, 10, 20)

TASKS: list[Row] = [
    {"name": "林静", "state": "turn", "title": Text("林静　复核", "Lin Jing, review"), "what": Text("3 份结算单", "3 statements"),
     "until": Text("最晚 10-24，还剩 2 个工作日", "by 10-24, 2 working days left"),
     "note": Text("沙河、昆阳、三苏", "Shahe, Kunyang, Sansu")},
    {"name": "人民银行", "state": "", "title": Text("人民银行中心支行", "Central bank branch"),
     "what": Text("1 个核定余额", "1 certified balance"),
     "until": Text("9 月末数未到", "September figure missing"), "note": Text("已发函 10-14", "asked on 10-14"),
     "url": "#", "act": Text("再催", "Remind")},
]  # fmt: skip
INBOX: list[Row] = [
    {"label": Text("已逾期", "Overdue"), "kind": "stop", "count": 1, "url": None, "items": [
        {"name": "宏达水泥制品", "url": "#", "amount": Text("500 万", "5 million"), "cells": ["past"] * 10 + ["over"] * 2, "tone": "bad",
         "words": Text("作决定，已逾期 2 日", "decision, 2 days late"), "acts": [(Text("写决定", "Decide"), "#", "main")]}]},
    {"label": Text("再往后", "Later"), "kind": "", "count": 6, "url": "#", "items": [
        {"name": "恒润精密铸造", "url": "#", "amount": Text("300 万", "3 million"),
         "cells": ["past", "past", "paused", "past", "today", "left"],
         "words": Text("作决定，10月31日止", "decision by 31 Oct"), "acts": [(Text("写决定", "Decide"), "#", "")]}]},
]  # fmt: skip

DESKS = [
    {"name": Text("1 号席", "Desk 1"), "topic": Text("流动资金", "Working capital"), "who": "孙悦"},
    {"name": Text("2 号席", "Desk 2"), "topic": Text("科技企业", "Technology"), "who": "程磊"},
]
RECORD = (Text("记录结果", "Record"), "#", "main")
SLOTS: list[Row] = [
    {"time": "14:45", "now": None, "cells": [
        {"kind": "past", "name": "永丰农机", "note": Text("200 万　24 个月", "2 million, 24 months"),
         "tag": (Text("要补材料", "Papers missing"), "wait")},
        {"kind": "past", "name": "昆阳刀具", "note": Text("90 万　12 个月", "0.9 million, 12 months"),
         "tag": (Text("有意向 80 万", "Interested"), "ok")}]},
    {"time": "15:00", "now": "15:05", "cells": [
        {"kind": "now", "name": "永固五金", "note": Text("200 万　12 个月", "2 million, 12 months"), "act": RECORD,
         "passed": 5, "whole": 15},
        {"kind": "rest"}]},
    {"time": "15:15", "now": None, "cells": [
        {"kind": "", "name": "麦香饲料", "note": Text("150 万　12 个月", "1.5 million, 12 months")},
        {"kind": "free", "act": (Text("请候补企业", "Invite a waiting firm"), "#")}]},
]  # fmt: skip

RANKED: list[Row] = [
    {"rank": 1, "bank": BANK, "product": Text("小微保证贷", "Small business guaranteed loan"), "rate": "3.85",
     "rate_note": Text("最高 4.65%", "at most 4.65%"),
     "interest": Text("一年利息最少 11.55 万元", "at least 115,500 yuan of interest a year"),
     "reasons": [Text("接受保证人，额度 10 万到 500 万", "Takes a guarantor, 0.1 to 5 million yuan"),
                 Text("答应 5 个工作日内答复", "Answers within 5 working days"), Text("首贷户优先", "First loans preferred")], "url": "#"},
]  # fmt: skip
NEAR_MISSES: list[Row] = [
    {"name": "loosen", "value": "rate", "label": Text("利率放到 5.00%", "Rate up to 5.00%"), "gain": Text("＋7 款", "+7"), "chosen": True,
     "price": Text("按 300 万算，一年最多多付 6,000 元", "on 3 million, at most 6,000 yuan more a year")},
    {"name": "loosen", "value": "guarantor", "label": Text("加一家担保公司", "Add a guarantor"), "gain": Text("＋12 款", "+12"),
     "price": Text("担保费按 1% 算，一年约 3 万元", "a fee of 1%, about 30,000 yuan a year")},
]  # fmt: skip
THERE = [(Text("营业执照、近两年财务报表", "Business licence, two years of accounts"), None)]
MISSING = [
    (Text("近 12 个月完税证明", "Tax payment records of 12 months"), Text("电子税务局，办税中心，开具证明", "e-tax office, certificates"),
     Text("拍照或选文件", "Photograph or choose"), "#", "main"),
]  # fmt: skip

ERRORS = {
    "amount": FieldError(
        "amount", "not_money", Text("“86,400.005”不是金额：填元，最多两位小数", "Write yuan with two decimals at most")
    ).text,
    "guarantee": Text("选一种担保", "Choose a kind of security"),
}
LABELS = {"amount": Text("想贷多少", "Amount"), "guarantee": Text("担保", "Security")}
BANKS = [("shahe", BANK), ("huimin", Text("惠民村镇银行", "Huimin Village Bank"))]
GUARANTEES = [
    ("credit", Text("信用", "Credit"), Text("不用抵押、不用保证人", "no collateral, no guarantor")),
    ("person", Text("保证人", "Guarantor"), None),
]
REPAIRS: list[Row] = [
    {"number": "1187", "name": "瑞丰禽业合作社", "loan": "SH22070461", "column": Text("贷款余额", "Balance"),
     "was": "125万", "open": True},
    {"number": "0642", "name": "昆阳农资经营部", "loan": "SH22031807", "column": Text("到期日", "Due date"), "was": "2021-03-18",
     "now": "2023-03-18", "undo_url": "#"},
    {"number": "2072", "name": "捷运物流有限公司", "loan": "SH22050712", "column": Text("授信", "Credit"),
     "was": "5,000,000.00", "kept": True},
]  # fmt: skip
LIST = Page(items=["a"], page=2, per_page=50, total=4598)
