"""What makes a new release of a published plan, and what a release does to a meeting. Pure."""

from kernel.bilingual import Text

CAUSES = {
    "enterprise": Text("企业不来了", "an enterprise does not come"),
    "meeting": Text("一场面谈取消", "one meeting is called off"),
    "desk": Text("银行撤下席位", "a bank takes a desk away"),
}
CHANGES = {
    "cancelled": Text("取消", "called off"),
    "displaced": Text("换成了别的面谈", "given up for another meeting"),
    "added": Text("新增", "added"),
    "moved": Text("改了时间或席位", "moved"),
}
