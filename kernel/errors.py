"""Domain errors: they know no HTTP, speak both languages, and say what to do next. `kernel/web/problems.py` maps them."""

from dataclasses import dataclass, field

from kernel.bilingual import Text


class DomainError(Exception):
    """Something the service refuses, with a stable code and a text fit for the person who asked."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(f"{code}: {zh} / {en}")
        self.code = code
        self.text = Text(zh, en)


class NotFound(DomainError):
    """No such thing, or not yours: the two are deliberately the same answer."""


class Forbidden(DomainError):
    """The account's role may not do this."""


class Conflict(DomainError):
    """The thing has moved on since it was shown, or a limited place is taken."""


class Refused(DomainError):
    """A rule says no, and the text says which."""


@dataclass(frozen=True)
class FieldError:
    """One field of the input that cannot be taken as written."""

    field: str
    code: str
    text: Text


@dataclass
class FieldErrors:
    """Collects field errors so that all are shown at once."""

    errors: list[FieldError] = field(default_factory=list)

    def add(self, field_name: str, code: str, zh: str, en: str) -> None:
        self.errors.append(FieldError(field_name, code, Text(zh, en)))

    def raise_if_any(self) -> None:
        if self.errors:
            raise Invalid(tuple(self.errors))


class Invalid(DomainError):
    """The input breaks rules field by field."""

    def __init__(self, errors: tuple[FieldError, ...]) -> None:
        super().__init__("invalid", "有几项要改，改完就能往下走", "Some fields need a change before going on")
        self.errors = errors
