"""A group of commands that imports a command's module only when that command is asked for, so that `--help` and the commands that
work on files alone do not wait for the whole service to be imported."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import click


@dataclass(frozen=True)
class Place:
    """Where a command is written, `module:name`, and its line in the list of commands."""

    written: str
    line: str

    def command(self) -> click.Command:
        """The command itself; imports its module."""
        module, name = self.written.split(":")
        found = getattr(import_module(module), name)
        assert isinstance(found, click.Command)
        return found


class CommandsByName(click.Group):
    """A group whose commands are named with their places; a group among them may be given more commands, by its name."""

    def __init__(
        self,
        *args: Any,
        places: Mapping[str, Place],
        within: Mapping[str, Callable[[click.Group], None]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._places, self._within = places, within or {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*self._places, *super().list_commands(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in self._places and cmd_name not in self.commands:
            self.add_command(self._made(cmd_name), cmd_name)
        return super().get_command(ctx, cmd_name)

    def _made(self, name: str) -> click.Command:
        command = self._places[name].command()
        if name in self._within:
            assert isinstance(command, click.Group)
            self._within[name](command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands with their lines, nothing imported for it."""
        width = formatter.width - 6 - max(map(len, self._places))
        with formatter.section("Commands"):
            formatter.write_dl([(name, self._places[name].line[:width]) for name in self.list_commands(ctx)])
