"""Themes of sessions: whom a session is made for, and which kinds of institution it brings together. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from kernel.bilingual import Text
from matchmaking.matching.vocabulary import TAGS

GENERAL = "general"


@dataclass(frozen=True)
class Theme:
    """A theme. `tags`: the request, or its enterprise, carries at least one; `institution_kinds`: who may come; empty means all."""

    title: Text
    tags: frozenset[str] = frozenset()
    institution_kinds: tuple[str, ...] = ()

    def admits(self, tags: Iterable[str]) -> bool:
        """Whether a request with these tags belongs here."""
        return not self.tags or bool(self.tags & set(tags))

    @property
    def wanted(self) -> Text:
        """The tags in words."""
        texts = [TAGS[tag] for tag in TAGS if tag in self.tags]
        return Text("、".join(text.zh for text in texts), " or ".join(text.en for text in texts))


POLICY_BANKS = ("development_bank", "policy_bank")
THEMES = {
    GENERAL: Theme(Text("全市专场", "all firms")),
    "first_loan": Theme(Text("首贷专场", "first loans"), frozenset({"first_loan"})),
    "specialised": Theme(Text("专精特新专场", "specialised firms"), frozenset({"specialised", "little_giant"})),
    "trade": Theme(Text("商贸专场", "trade"), frozenset({"trade", "individual_business"})),
    "pool": Theme(Text("培育库企业专场", "pool firms"), frozenset({"pool", "reached_scale"})),
    "credit_platform": Theme(Text("信易贷专场", "credit-platform loans"), frozenset({"credit_platform"})),
    "procurement": Theme(Text("政府采购合同专场", "procurement contracts"), frozenset({"procurement_contract"})),
    "policy_banks": Theme(
        Text("开发性、政策性金融机构专场", "development and policy banks"), institution_kinds=POLICY_BANKS
    ),
}
SCOPES = {
    "city": Text("市级", "city"),
    "county": Text("县级", "county"),
    "joint": Text("市县联合", "city and county together"),
}
OF_THE_CITY = frozenset({"city", "joint"})  # what counts for the city's weekly duty
HOSTS = {"rooms": Text("会议室", "rooms"), "video": Text("视频会议", "video hosts")}
