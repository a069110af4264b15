"""What a policy book says instead of an answer: no guess, no zero."""

from dataclasses import dataclass
from datetime import date

from kernel.bilingual import Text
from kernel.errors import DomainError, NotFound


class UnknownScheme(NotFound):
    """No policy file declares the scheme."""

    def __init__(self, scheme: str, known: list[str]) -> None:
        names = ", ".join(known)
        super().__init__(
            "unknown_scheme",
            f"没有“{scheme}”这个政策；现有：{names}",
            f"There is no scheme “{scheme}”; there are: {names}",
        )


class UnknownParameter(NotFound):
    """The scheme has no parameter of that name."""

    def __init__(self, scheme: str, name: str, known: list[str]) -> None:
        names = ", ".join(known)
        super().__init__(
            "unknown_parameter",
            f"政策“{scheme}”没有参数“{name}”；现有：{names}",
            f"Scheme “{scheme}” has no parameter “{name}”; it has: {names}",
        )


class PolicySilent(DomainError):
    """No document gives the parameter a value on that day. Says which dated values lie nearest."""

    def __init__(self, scheme: Text, parameter: Text, name: str, day: date, nearest: Text) -> None:
        super().__init__(
            "policy_silent",
            f"{scheme.zh}的“{parameter.zh}”（{name}）在 {day} 没有值，不能按零计算；{nearest.zh}。"
            "请换到有值的日期，或先把有依据的新值录入政策文件",
            f"{scheme.en}: “{parameter.en}” ({name}) has no value on {day}, and none is not zero; {nearest.en}. "
            "Choose a day that has a value, or record the new value with its document in the policy file first",
        )
        self.day = day
        self.name = name


class PolicyOver(DomainError):
    """The clause ran out before the day, though values of its parameters run on."""

    def __init__(self, scheme: Text, day: date, last: date) -> None:
        super().__init__(
            "policy_over",
            f"{scheme.zh}的条款到 {last} 为止，{day} 已晚于截止日，不能计算；有延期文件的，先在政策文件里改条款的截止日",
            f"The clause of {scheme.en} ends on {last}, and {day} is after its last day: nothing is computed. "
            "If a document extends it, change the clause's last day in the policy file first",
        )
        self.day = day


class PolicyUndecided(DomainError):
    """A document still has to set the parameter. Says the clause and what is missing."""

    def __init__(self, scheme: Text, clauses: tuple[int, ...], name: str, missing: Text) -> None:
        numbers = ", ".join(map(str, clauses))
        super().__init__(
            "policy_undecided",
            f"{scheme.zh}（条款 {numbers}）还缺一项决定（{name}）：{missing.zh}。请先登记有文号的决定",
            f"{scheme.en} (clause {numbers}) still lacks a decision ({name}): {missing.en}. "
            "Record a decision with its document number first",
        )
        self.clauses = clauses
        self.name = name
        self.missing = missing


@dataclass(frozen=True, order=True)
class PolicyProblem:
    """One thing wrong in one policy file."""

    file: str
    key: str
    text: Text
    line: int = 0

    @property
    def place(self) -> str:
        """`growth-reward.toml:25`: the file, and the line where one is known."""
        return f"{self.file}:{self.line}" if self.line else self.file

    def __str__(self) -> str:
        return f"{self.place}: {self.key}: {self.text.zh} / {self.text.en}"


def unreadable(file: str, error: Exception) -> PolicyProblem:
    """The problem of a file that is no TOML at all."""
    return PolicyProblem(file, "-", Text(f"不是有效的 TOML（UTF-8）：{error}", f"is not valid TOML in UTF-8: {error}"))


class PolicyFilesInvalid(DomainError):
    """The policy files cannot be taken as written; every problem is listed, none of the files is used."""

    def __init__(self, problems: list[PolicyProblem]) -> None:
        zh = "\n".join(f"{one.place}：{one.key}：{one.text.zh}" for one in problems)
        en = "\n".join(f"{one.place}: {one.key}: {one.text.en}" for one in problems)
        count = len(problems)
        super().__init__(
            "policy_files_invalid",
            f"政策文件有 {count} 处要改：\n{zh}",
            f"{count} things to change in policy files:\n{en}",
        )
        self.problems = tuple(problems)
