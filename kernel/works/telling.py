"""How far a work is, told by whoever does it. Pure: children that read files import it."""

from collections.abc import Callable

Told = Callable[
    [str, int, int], None
]  # the stage, and how many of how many; raises `Stopped` where nothing more is to be done


def nobody_told(_stage: str, _done: int, _whole: int) -> None:
    """For work whose progress nobody watches."""


class Stopped(Exception):
    """The work was cancelled, or somebody else holds it now: nothing more may be written for it."""
