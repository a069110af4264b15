"""`yinqi seal …`, and `quarter` and `receipt` of `yinqi verify`: seal a quarter, check its file or a receipt offline."""

from pathlib import Path

import click

from kernel import database
from kernel.audit.service import THE_SERVICE
from kernel.periods import Quarter
from kernel.web.edge import clock
from settlement.options import FILE, QuarterType
from settlement.seal.models import QuarterSeal
from settlement.seal.places import seal_places
from settlement.seal.receipt_verifier import verify_receipt
from settlement.seal.service import SealPlaces, seal_of, seal_quarter, sealed_file
from settlement.seal.verifier import Break, unchecked, verify

PUBLISHED = click.option(
    "--checkpoint",
    "published",
    help="公布的检查点：一行，或 checkpoints.jsonl 文件 Published checkpoints: a line, or the file",
)


@click.group("seal", short_help="封存 Seal quarters")
def seal() -> None:
    """封存一个季度。 Seal a quarter into one file that anyone can check."""


@seal.command("quarter")
@click.argument("quarter", type=QuarterType())
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="写到哪里 Where to write")
@click.option("--existing", is_flag=True, help="取最近一次封存，不再封 The last seal, without sealing again")
@click.pass_context
def quarter_command(context: click.Context, quarter: Quarter, out: Path, existing: bool) -> None:
    """封存一个季度，写成一个文件。 Seal a quarter and write its file."""
    with context.find_root().obj["make_app"]().app_context():
        db, places = database.current(), seal_places()
        made = seal_of(db, quarter) if existing else _sealed(quarter, places)
        content = sealed_file(db, made, places=places)
    out.write_bytes(content)
    click.echo(
        f"{quarter} 第 {made.sequence} 次封存，{len(content):,} 字节 / seal {made.sequence}, {len(content):,} bytes"
    )
    click.echo(f"审计第 {made.entry_number} 条 / entry {made.entry_number} · {made.contents}")


def _sealed(quarter: Quarter, places: SealPlaces) -> QuarterSeal:
    at = clock().now()
    return database.write(
        database.current(), lambda db: seal_quarter(db, quarter, places=places, by=THE_SERVICE, at=at)
    )


@click.command("quarter", short_help="核验封存的季度 Verify a sealed quarter")
@click.argument("file", type=FILE)
@PUBLISHED
@click.pass_context
def verify_quarter(context: click.Context, file: Path, published: str | None) -> None:
    """Compute every figure of a sealed quarter anew and check every digest, sum, signature and link; exit 1 where any breaks.

    The file alone cannot show that it was not written anew as a whole: give the published checkpoints for that.
    """
    found = verify(file, _text(published))
    _end(context, found, published, "封存的季度全部成立 / everything in the sealed quarter holds")
    left = "" if found else unchecked(file)
    if left:
        click.echo(f"只核对了摘要和合计，没有重算 / held against digests and sums, not computed anew: {left}", err=True)


@click.command("receipt", short_help="核验自己的回执 Verify one's own receipt")
@click.argument("file", type=FILE)
@PUBLISHED
@click.pass_context
def verify_receipt_command(context: click.Context, file: Path, published: str | None) -> None:
    """Check a statement's receipt up to the seal's entry in the trail; exit 1 where it breaks."""
    _end(context, verify_receipt(file, _text(published)), published, "回执成立 / the receipt holds")


def _text(published: str | None) -> str | None:
    """The lines themselves: the option is a line, or the path of a file of them."""
    if published is None or published.lstrip().startswith("{"):
        return published
    path = Path(published)
    if not path.is_file():
        raise click.BadParameter("没有这个文件，也不是一行检查点 / neither a file nor a line of one")
    return path.read_text(encoding="utf-8")


def _end(context: click.Context, found: list[Break], published: str | None, held: str) -> None:
    """Every break with its place and exit status 1, or that all holds and what was not compared."""
    for one in found:
        place = " · ".join(part for part in one[:3] if part)
        click.echo(f"{place}: {one.zh} / {one.en}", err=True)
    if found:
        click.echo(f"{len(found)} 处不成立 / {len(found)} things do not hold", err=True)
        context.exit(1)
    click.echo(held)
    if published is None:
        click.echo(
            "没有对公布的检查点：加上 --checkpoint / not compared with published checkpoints: give --checkpoint",
            err=True,
        )
