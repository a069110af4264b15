"""What the verifier can find, by stable code, in both languages."""

from dataclasses import dataclass

from kernel.bilingual import Text

TEXTS = {
    "malformed": Text("证书的结构不对：{what}", "The certificate is malformed: {what}"),
    "format_unknown": Text("不认识的证书格式 {what}", "Unknown certificate format {what}"),
    "digest": Text("证书内容与其摘要不符", "The content does not match the certificate's digest"),
    "commitment": Text("种子与事先公布的承诺不符", "The seed does not match the commitment"),
    "published_commitment": Text(
        "证书里的承诺不是事先公布的那一个", "The certificate's commitment is not the one published beforehand"
    ),
    "names": Text("化名没有按顺序排列或有重复：{what}", "The pseudonyms are not in order or repeat: {what}"),
    "sides": Text("席位、场次或层级超出范围：{what}", "Seats, wishes or tiers are out of range: {what}"),
    "reserved": Text("留座或留给谁有误：{what}", "The reserved seats, or whom they are for, are wrong: {what}"),
    "edges": Text("候选配对有误：{what}", "The candidate pairs are wrong: {what}"),
    "enterprise_rank": Text("企业的排序有误：{what}", "An enterprise's own order is wrong: {what}"),
    "bank_rank": Text(
        "银行的排序不是按层级、匹配度、抽签得出：{what}", "A bank's order is not by tier, fit and lottery: {what}"
    ),
    "pair_unknown": Text("安排了不在候选里的配对：{what}", "A pair is not among the candidates: {what}"),
    "pair_twice": Text("同一企业与银行安排了两次：{what}", "A pair meets twice: {what}"),
    "wants": Text("企业的场次超过所要：{what}", "An enterprise has more meetings than it wants: {what}"),
    "seats": Text("银行的场次超过席位：{what}", "A bank has more meetings than seats: {what}"),
    "rooms_cap": Text("场次总数超过会议室 × 时段：{what}", "There are more meetings than rooms × slots: {what}"),
    "open_seats": Text("第 {what} 轮公布的空席有误", "The open seats stated for round {what} are wrong"),
    "pairs": Text("第 {what} 轮的配对无法重现", "The pairs of round {what} cannot be reproduced"),
    "levels": Text("第 {what} 轮的提升层数有误", "The promotion levels of round {what} are wrong"),
    "blocking": Text("第 {what} 轮的阻塞对数有误", "The blocking pairs of round {what} are wrongly counted"),
    "coverage": Text("覆盖企业数有误：{what}", "The number of enterprises covered is wrong: {what}"),
    "coverage_bound": Text("最大流上界有误：{what}", "The maximum-flow bound is wrong: {what}"),
    "meetings": Text("时间表与配对不一致：{what}", "The timetable does not hold the pairs made: {what}"),
    "place_range": Text("时段、桌号或会议室超出范围：{what}", "A slot, desk or room is out of range: {what}"),
    "enterprise_clash": Text("企业在同一时段有两场：{what}", "An enterprise is in two meetings at once: {what}"),
    "desk_clash": Text("同一桌在同一时段有两场：{what}", "A desk has two meetings at once: {what}"),
    "room_clash": Text("同一会议室在同一时段有两场：{what}", "A room has two meetings at once: {what}"),
    "slot_bound": Text("最少时段数有误：{what}", "The least number of slots is wrong: {what}"),
    "witness": Text("证明最少时段数的见证有误：{what}", "The witness of the least number of slots is wrong: {what}"),
    "slots_used": Text("所用时段数有误：{what}", "The number of slots used is wrong: {what}"),
    "slots_unlevel": Text("各时段场次不均：{what}", "The slots are not level: {what}"),
    "passed_over": Text(
        "第一轮里有排在后面的占了该先来的位置：{what}", "In the first round a later one took the place of: {what}"
    ),
    "list_malformed": Text("各方分证的清单不对", "The list of all parts is malformed"),
    "other_list": Text("各方分证清单不是出自这份证书", "The list of parts is not that of this certificate"),
    "not_listed": Text("这份分证不在公布的清单里", "This part is not in the published list"),
    "other_files": Text("{what} 文件与证书里的指纹不符", "The digest of {what} is not that of the file given"),
    "other_policy": Text("政策文件与证书里的指纹或权重不符", "The policy is not the one in the files given"),
    "other_result": Text(
        "用这些文件重算，结果与证书不同：{what}", "Computed again from these files, the certificate differs in: {what}"
    ),
    "counts": Text("分组统计有误：{what}", "The counts by group are wrong: {what}"),
}


@dataclass(frozen=True)
class PaperFinding:
    """One thing that does not hold."""

    code: str
    text: Text


def finding(code: str, what: object = "") -> PaperFinding:
    return PaperFinding(code, TEXTS[code].format(what=what))
