"""Made-up names for firms, shops and people; a name comes once as far as the word lists reach."""

from collections.abc import Callable
from random import Random

from config.demonstration.plan import read
from config.demonstration.streams import percent


class Names:
    """Draws names from the word lists of `names.toml`."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._words = read("names")
        self._makers = self._words["industry"][:1]
        self._industries = [row for row in self._words["industry"] for _ in range(row["weight"])]
        self._taken: set[str] = set()

    def firm(self, *, makes_things: bool = False) -> tuple[str, str]:
        """A company's name and its industry division; with `makes_things` always of manufacturing."""
        industry = self._rng.choice(self._makers if makes_things else self._industries)
        trade, division = self._rng.choice(industry["trades"])
        return self._new(lambda: f"{self._word()}{trade}有限公司"), division

    def shop(self) -> tuple[str, str]:
        """The name of a 个体工商户 and its division."""
        trade, division = self._rng.choice(self._words["shops"])
        return self._new(lambda: f"{self._place_or_surname()}{trade}"), division

    def other(self) -> tuple[str, str]:
        """A cooperative or public body, and its division."""
        trade = self._rng.choice(self._words["others"])
        return self._new(lambda: f"{self._word()}{trade}"), "A01" if "合作社" in trade else "Q84"

    def borrower(self) -> str:
        """A natural person as a bank's return may name one: the surname alone."""
        return f"{self._rng.choice(self._words['surnames'])}某"

    def person(self) -> str:
        """A made-up full name."""
        return self._new(lambda: f"{self._rng.choice(self._words['surnames'])}{self._rng.choice(self._words['given'])}")

    def _word(self) -> str:
        return f"{self._rng.choice(self._words['first'])}{self._rng.choice(self._words['second'])}"

    def _place_or_surname(self) -> str:
        if percent(self._rng, 50):
            return f"{self._rng.choice(self._words['places'])}{self._word()}"
        return f"{self._rng.choice(self._words['surnames'])}记{self._rng.choice(self._words['first'])}"

    def _new(self, draw: Callable[[], str]) -> str:
        """A name not drawn before; after twenty tries repeats are taken, as in life."""
        name = draw()
        for _ in range(20):
            if name not in self._taken:
                break
            name = draw()
        self._taken.add(name)
        return name
