"""What stands on the page of the platforms, in words: kinds of records, and why one was not taken in."""

from kernel.bilingual import Text

KINDS = {
    "request": Text("融资需求", "financing need"),
    "product": Text("贷款产品", "loan product"),
    "status": Text("办理进度", "progress"),
}
_WHY = {
    "enterprise_unknown": Text("这家企业还没有在这里登记", "the enterprise is not registered here"),
    "institution_unknown": Text("这家机构还没有在这里登记", "the institution is not registered here"),
    "our_own_record": Text("是本系统报过去的", "it came from here"),
    "owner_has_it": Text("本人已经改过或发布，不再照抄", "its owner has changed or published it"),
    "not_recommended": Text("这份申请没有推荐给这个平台", "the request was not recommended to this platform"),
    "unknown_status": Text("不认识的状态", "an unknown status"),
}


def why_refused(code: str) -> Text:
    """A code of the intake, or the field that cannot be read, in words."""
    field = code.removeprefix("wrong_")
    if field != code:
        return Text(f"字段 {field} 超出范围", f"the field {field} is out of range")
    return _WHY.get(code, Text(f"字段 {code} 读不懂", f"the field {code} cannot be read"))
