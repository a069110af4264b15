"""`yinqi audit`: check the trail and publish its head."""

from pathlib import Path

import click
from sqlmodel import select

from kernel import database
from kernel.audit.checkpoints import Checkpoint
from kernel.audit.models import AuditEntry, AuditHead
from kernel.audit.watching import TrailState, checkpoints, trail_state
from kernel.web.edge import clock


@click.group()
def audit() -> None:
    """The audit trail."""


@audit.command()
@click.option(
    "--checkpoints", "kept", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A copy kept elsewhere."
)
@click.pass_context
def check(context: click.Context, kept: Path | None) -> None:
    """Recompute the whole chain and hold it against the published checkpoints; exit 1 if it does not stand."""
    with context.find_root().obj["make_app"]().app_context():
        state = trail_state(database.current(), checkpoints())
        strayed = [one.number for one in _copied(kept) if _digest_at(one.number) != one.digest]
    click.echo(_told(state))
    if strayed:
        click.echo(
            f"与留存的检查点不符：第 {_listed(strayed)} 条 / contradicts the kept checkpoints at {_listed(strayed)}"
        )
    if strayed or not state.is_sound:
        raise SystemExit(1)


@audit.command()
@click.pass_context
def checkpoint(context: click.Context) -> None:
    """Sign the head now and print the checkpoint."""
    with context.find_root().obj["make_app"]().app_context():
        head = database.current().exec(select(AuditHead)).one()
        click.echo(checkpoints().publish(head.number, head.digest, at=clock().now()).line)


def _copied(kept: Path | None) -> list[Checkpoint]:
    if kept is None:
        return []
    return [Checkpoint.parse(line) for line in kept.read_text(encoding="utf-8").splitlines() if line.strip()]


def _digest_at(number: int) -> str | None:
    return database.current().exec(select(AuditEntry.digest).where(AuditEntry.number == number)).first()


def _listed(numbers: list[int] | tuple[int, ...]) -> str:
    return ", ".join(map(str, numbers))


def _told(state: TrailState) -> str:
    lines = [
        f"{state.entries} 条记录，{state.checkpoints} 个检查点 / {state.entries} entries, {state.checkpoints} checkpoints"
    ]
    if state.broken_at is not None:
        lines.append(f"链断在第 {state.broken_at} 条 / the chain breaks at entry {state.broken_at}")
    if state.contradicted:
        told = _listed(state.contradicted)
        lines.append(f"与检查点不符：第 {told} 条 / contradicts the checkpoints at {told}")
    if state.unsigned:
        told = _listed(state.unsigned)
        lines.append(f"检查点签名不对：第 {told} 条 / checkpoints wrongly signed at {told}")
    if state.is_sound:
        lines.append("链完整，与全部检查点相符 / the chain is whole and agrees with every checkpoint")
    return "\n".join(lines)
