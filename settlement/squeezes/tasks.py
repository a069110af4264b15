"""What the alerts add to the spine of the financial work bureau."""

from kernel.bilingual import Text
from kernel.web.navigation import NavigationItem
from settlement.rooms import POOL

NAVIGATION = [NavigationItem("squeezes.index", Text("抽贷", "Squeezes"), frozenset({"organiser"}), POOL)]
