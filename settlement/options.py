"""Types of the options of the settlement's commands."""

import click

from kernel.periods import NotAPeriod, Quarter


class QuarterType(click.ParamType[Quarter]):
    """A quarter on the command line: 2022Q1."""

    name = "quarter"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Quarter:
        try:
            return value if isinstance(value, Quarter) else Quarter.parse(str(value))
        except NotAPeriod as error:
            self.fail(f"{error.text.zh} / {error.text.en}", param, ctx)
