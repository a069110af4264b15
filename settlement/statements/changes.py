"""Why one revision of a statement differs from the one before: which input changed, and by how much. Pure, over explanations."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kernel.bilingual import Text
from kernel.money import grouped

Explanation = Mapping[str, Any]


def changes(before: Explanation, after: Explanation, amounts: tuple[int | None, int | None]) -> list[Text]:
    """The inputs that differ, in the order of the calculation, and the amount (fen) last."""
    found = [
        *_members(before, after),
        *_balances(before, after),
        *_parameters(before, after),
        *_holds(before, after),
    ]
    if amounts[0] != amounts[1]:
        found.append(_moved(Text("金额", "Amount"), *amounts))
    return found or [Text("依据有新版本，数没有变", "A newer version of what it rests on; no figure changed")]


def _moved(what: Text, before: int | None, after: int | None) -> Text:
    said = f"{_figure(before)} → {_figure(after)}"
    if before is not None and after is not None:
        said += f"（{_signed(after - before)}）"
    return Text(f"{what.zh} {said}", f"{what.en} {said}".replace("（", " (").replace("）", ")"))


def _figure(fen: int | None) -> str:
    return "—" if fen is None else grouped(fen)


def _signed(fen: int) -> str:
    return f"+{grouped(fen)}" if fen > 0 else grouped(fen)


def _members(before: Explanation, after: Explanation) -> Iterator[Text]:
    """Institutions that were taken over, found since; the region or the dates of the institution itself."""
    known = {one["code"] for one in before.get("predecessors", ())}
    for one in after.get("predecessors", ()):
        if one["code"] not in known:
            yield Text(
                f"并入了{one['name']}（{one['local_until']} 止）",
                f"{one['name']} was taken over on {one['local_until']}",
            )
    old, new = before.get("institution", {}), after.get("institution", {})
    for name, title in (("region", Text("区县", "Region")), ("local_from", Text("地方法人起始日", "Local since"))):
        if old.get(name) != new.get(name):
            said = f"{old.get(name) or '—'} → {new.get(name) or '—'}"
            yield Text(f"{title.zh} {said}", f"{title.en} {said}")


def _parts(explanation: Explanation) -> dict[tuple[str, str], Mapping[str, Any]]:
    ends = explanation.get("history", ())
    return {(end["quarter"], part["code"]): part for end in ends for part in end["parts"]}


def _balances(before: Explanation, after: Explanation) -> Iterator[Text]:
    """Newer returns and certified figures of any quarter end that the statement rests on."""
    old, new = _parts(before), _parts(after)
    many = len({code for _, code in new}) > 1
    for key in sorted(old.keys() | new.keys()):
        quarter, code = key
        was, now = old.get(key, {}), new.get(key, {})
        of = f" {code}" if many else ""
        if was.get("return_digest") != now.get("return_digest"):
            version = now.get("return_version")
            what = Text(
                f"{quarter}{of} 报表第 {version} 版，合格余额", f"{quarter}{of} return version {version}, eligible"
            )
            yield _moved(what, was.get("returned"), now.get("returned"))
        if (was.get("certified"), was.get("document")) != (now.get("certified"), now.get("document")):
            what = Text(f"{quarter}{of} 核定余额", f"{quarter}{of} certified balance")
            yield _moved(what, was.get("certified"), now.get("certified"))


def _values(explanation: Explanation) -> dict[str, Mapping[str, Any]]:
    listed: Sequence[Mapping[str, Any]] = [*explanation["parameters"], *explanation.get("share_parameters", ())]
    return {one["name"]: one for one in listed}


def _parameters(before: Explanation, after: Explanation) -> Iterator[Text]:
    old, new = _values(before), _values(after)
    for name, now in new.items():
        was = old.get(name)
        if was is None or was["shown"] != now["shown"]:
            shown = was["shown"] if was else ["—", "—"]
            yield Text(
                f"{now['title'][0]} {shown[0]} → {now['shown'][0]}（{now['reference']}）",
                f"{now['title'][1]} {shown[1]} → {now['shown'][1]} ({now['reference']})",
            )


def _holds(before: Explanation, after: Explanation) -> Iterator[Text]:
    if bool(before.get("holds")) != bool(after.get("holds")):
        held = bool(after.get("holds"))
        yield Text("暂缓", "Now held") if held else Text("不再暂缓", "No longer held")
