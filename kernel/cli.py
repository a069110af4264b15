"""What the command line's root hands to the commands of both contexts."""

from collections.abc import Callable

import click

from kernel.policies.declared import Declarations


def declared_of(context: click.Context) -> Declarations | None:
    """What the code reads of policies, imported only now that a command asks; None where a command stands alone."""
    ask: Callable[[], Declarations] | None = (context.find_root().obj or {}).get("declared")
    return ask() if ask is not None else None
