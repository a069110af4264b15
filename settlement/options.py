"""Types of the options of the settlement's commands."""

from pathlib import Path

import click

from kernel.periods import NotAPeriod, Quarter

FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


class QuarterType(click.ParamType[Quarter]):
    """A quarter on the command line: 2022Q1."""

    name = "quarter"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Quarter:
        try:
            return value if isinstance(value, Quarter) else Quarter.parse(str(value))
        except NotAPeriod as error:
            self.fail(f"{error.text.zh} / {error.text.en}", param, ctx)
