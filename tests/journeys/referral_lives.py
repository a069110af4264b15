"""What banks and firms do with their referrals, one fate each, as acts on an agenda that the clock walks through."""

import heapq
import itertools
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import chinese_calendar

from tests.factories import Visitor
from tests.journeys.market_town import MarketTown, moment

Act = Callable[[], Any]
FATES = ("grant", "refuse", "papers", "move", "silent", "late", "withdraw", "grant", "met_then_refused")
OUTCOMES = {"grant": "intent", "met_then_refused": "no_interest", "papers": "material_needed"}


class Agenda:
    """Acts by moment; acts of one moment in the order in which they were planned."""

    def __init__(self, town: MarketTown) -> None:
        self._town = town
        self._planned: list[tuple[datetime, int, Act]] = []
        self._numbers = itertools.count()

    def plan(self, when: datetime, act: Act) -> None:
        heapq.heappush(self._planned, (when, next(self._numbers), act))

    def play(self, until: datetime) -> None:
        """Walk through everything planned up to a moment; what an act plans comes in its turn."""
        while self._planned and self._planned[0][0] <= until:
            when, _number, act = heapq.heappop(self._planned)
            if when > self._town.now:
                self._town.at(when)
            act()
        self._town.at(until)


class Lives:
    """The fates of referrals: drawn from a seed, after one of each kind."""

    def __init__(self, town: MarketTown, agenda: Agenda, rng: random.Random) -> None:
        self.town, self.agenda, self.rng = town, agenda, rng
        self.fate_of: dict[int, str] = {}
        self.known: dict[tuple[str, str], int] = {}
        self.forced: dict[str, str] = {}  # by credit code of a firm
        self.ended: set[int] = set()  # closed by the scheduler after a cancellation
        self.drawn: list[tuple[dict[str, Any], dict[str, str]]] = []
        self._fates = itertools.chain(FATES, iter(lambda: self.rng.choice(FATES), ""))

    def look(self) -> None:
        """What is new is given its fate: the bureau, which sees all inboxes, reads them at once."""
        for one in self.town.every(self.town.bureau, "/referrals?state=published"):
            if one["id"] not in self.fate_of:
                self._begin(one)

    def _begin(self, one: dict[str, Any]) -> None:
        forced = self.forced.get(one["enterprise_code"])
        fate = forced or ("grant" if one["source"] == "moved" else next(self._fates))
        self.fate_of[one["id"]] = fate
        self.known[one["bank_code"], one["enterprise_code"]] = one["id"]
        getattr(self, f"_{fate}")(one)

    def _in(self, one: dict[str, Any], days: int, act: Act, hour: int = 10) -> None:
        """So many working days from today: nobody works on a holiday, everybody on a make-up Saturday."""
        day = self.town.now.date()
        while days:
            day += timedelta(days=1)
            days -= chinese_calendar.is_workday(day)
        self.agenda.plan(moment(day, hour), lambda: one["id"] in self.ended or act())

    def learn_what_ended(self) -> None:
        """After a cancellation: what the scheduler has closed meanwhile."""
        self.ended |= {one["id"] for one in self.town.every(self.town.bureau, "/referrals?state=withdrawn")}

    def bank_does(self, one: dict[str, Any], act: str, **said: Any) -> Any:
        bank = self.town.bank_of[one["bank_code"]]
        return self.town.do(bank.system, f"/referrals/{one['id']}/{act}", said)

    def firm_does(self, one: dict[str, Any], act: str, **said: Any) -> Any:
        firm = self.town.firm_of[one["enterprise_code"]]
        return self.town.do(firm.system, f"/referrals/{one['id']}/{act}", said)

    def outcome_for(self, bank_code: str, firm_code: str) -> str:
        """What the bank notes of a meeting; empty for nothing."""
        fate = self.fate_of.get(self.known.get((bank_code, firm_code), 0), "")
        return OUTCOMES.get(fate, "")

    def _silent(self, one: dict[str, Any]) -> None:
        """Nothing happens: the scheduler tells the bureau."""

    def _grant(self, one: dict[str, Any]) -> None:
        """The meeting was the contact (a moved referral has none); then decision, contract, money in parts."""
        if one["source"] == "moved":
            self._in(one, 1, lambda: self._by_hand(one))
        self._in(one, 3, lambda: self._approve(one), 11)
        self._in(one, 4, lambda: self.bank_does(one, "sign", contract_number=f"HT-{one['id']}"))
        for part in (1, 2, 3):
            self._in(one, 4 + part, lambda part=part: self._draw(one, part), 15)

    def _by_hand(self, one: dict[str, Any]) -> None:
        self.bank_does(one, "accept")
        self.bank_does(one, "contact", note="电话里说好了")

    def _approve(self, one: dict[str, Any]) -> None:
        wan = self.rng.randrange(30, 300, 3)
        rate, guarantee = f"{self.rng.randrange(385, 480) / 100:.2f}", self.rng.choice(("credit", "surety"))
        term = self.rng.choice((6, 12, 24))
        one["approved"] = wan * 10_000
        self.bank_does(one, "approve", amount=f"{wan}0000.00", rate=rate, term=term, guarantee=guarantee)

    def _draw(self, one: dict[str, Any], part: int) -> None:
        """A third each time; the firm confirms the first, disputes the second, which is taken back, and leaves the third open."""
        loan = {"loan_id": f"JJ{one['id']:05d}{part}", "amount": f"{one['approved'] // 3}.00"}
        loan["drawn_on"] = self.town.now.date().isoformat()
        stated = self.bank_does(one, "draw", **loan)["drawdowns"][-1]
        act = f"drawdowns/{stated['id']}"
        if part == 1:
            self.firm_does(one, f"{act}/confirm")
            self.drawn.append((one, loan))
        if part == 2:
            self.firm_does(one, f"{act}/dispute", dispute="没有收到")
            self.bank_does(one, f"{act}/take-back", reason="记到别家了")

    def _refuse(self, one: dict[str, Any], days: int = 2) -> None:
        said = {"code": self.rng.choice(("01", "04", "05", "10")), "text": "还差一点，补好再来"}
        self._in(one, days, lambda: self.bank_does(one, "refuse", **said), 9)

    _met_then_refused = _refuse

    def _absent(self, one: dict[str, Any]) -> None:
        self.bank_does(one, "accept")
        self._in(one, 2, lambda: self.bank_does(one, "refuse", code="09", text="没有到场"), 16)

    def _called_off(self, one: dict[str, Any]) -> None:
        """The firm cancels its meetings before anybody has acted: the scheduler closes the referral."""

    def _papers(self, one: dict[str, Any]) -> None:
        """The clock stands while the firm gathers its papers, over whatever holidays there are."""
        self._in(one, 3, lambda: self.bank_does(one, "ask-for-papers", papers="近 12 个月流水"))
        self._in(one, 7, lambda: self.firm_does(one, "papers-are-in", note="寄到了"))
        self._in(one, 8, lambda: self._approve(one), 11)

    def _late(self, one: dict[str, Any]) -> None:
        self._in(one, 5, lambda: self._by_hand(one))
        self._in(one, 12, lambda: self._approve(one), 11)

    def _withdraw(self, one: dict[str, Any]) -> None:
        """On the fifth working day, without an answer: the bank is late, and the withdrawal does not hide it."""
        self._in(one, 5, lambda: self.firm_does(one, "withdraw", reason="等不及了"))

    def _move(self, one: dict[str, Any]) -> None:
        self._in(one, 2, lambda: self._moved(one))

    def _moved(self, one: dict[str, Any]) -> None:
        """On the firm's own page: it leaves this bank for another that the page offers, or for good where every bank has had it."""
        owner = Visitor(self.town.app, self.town.firm_of[one["enterprise_code"]].owner)
        page = owner.get(f"/referrals/{one['id']}").text
        _before, _name, choices = page.partition('name="institution_id"')
        if not _name:
            self.firm_does(one, "withdraw", reason="没有别的银行可换")
            return
        wanted = choices.partition('<option value="')[2].partition('"')[0]
        answer = owner.post(f"/referrals/{one['id']}/enterprise/move-elsewhere", institution_id=wanted, reason="换一家")
        assert answer.status_code == 302, answer.text
