"""Tables of moves: which verb leads from which states to which state. Pure; each feature's `workflow.py` holds its table."""

from collections.abc import Mapping
from dataclasses import dataclass

from kernel.bilingual import Text
from kernel.errors import Conflict


@dataclass(frozen=True)
class StateMove:
    """One row of a table of moves."""

    sources: frozenset[str]
    target: str
    label: Text


def move(label: Text, target: str, *sources: str) -> StateMove:
    """A row, written short."""
    return StateMove(frozenset(sources), target, label)


@dataclass(frozen=True)
class MoveTable:
    """A feature's table: its moves by verb and the words of its states."""

    subject: Text
    states: Mapping[str, Text]
    by_verb: Mapping[str, StateMove]

    def allowed(self, state: str) -> list[str]:
        """The verbs that lead on from a state."""
        return [verb for verb, one in self.by_verb.items() if state in one.sources]

    def next_state(self, verb: str, state: str) -> str:
        """Where the verb leads; Conflict where it does not apply."""
        one = self.by_verb[verb]
        if state not in one.sources:
            raise self.refusal(verb, state)
        return one.target

    def refusal(self, verb: str, state: str) -> Conflict:
        """Why the verb does not apply now."""
        word, now = self.by_verb[verb].label, self.states[state]
        return Conflict(
            "move_not_possible",
            f"这{self.subject.zh}现在是“{now.zh}”，不能{word.zh}；刷新看最新状态",
            f"This {self.subject.en} is “{now.en}” now, so it cannot be moved by “{word.en}”; reload to see where it stands",
        )
