"""`yinqi verify`: a session's certificate, or one party's part of it, checked offline."""

from collections.abc import Iterable
from pathlib import Path

import click

from kernel.cli import declared_of
from kernel.errors import DomainError
from kernel.policies import PolicyBook
from matchmaking.against_files import KINDS, Against, verify_against
from matchmaking.certificate.slices import slice_list
from matchmaking.commands import FILE, FOLDER
from matchmaking.market_files.reading import MarketFile
from matchmaking.verifier.check import verify as findings_of
from matchmaking.verifier.findings import PaperFinding, finding
from matchmaking.verifier.slice import verify_slice

COMMITMENT = click.option(
    "--commitment", help="报名截止前公布的承诺 the lottery's commitment as it was published before sign-up closed"
)


@click.group("verify", short_help="离线核验 Verify offline")
def verify() -> None:
    """Check a paper offline, from the file alone."""


def _end(context: click.Context, found: Iterable[PaperFinding], held: str) -> None:
    """Every finding and exit status 1, or that all holds."""
    found = list(found)
    for one in found:
        click.echo(f"{one.code}: {one.text.zh} / {one.text.en}", err=True)
    if found:
        click.echo(f"{len(found)} 处不成立 / {len(found)} things do not hold", err=True)
        context.exit(1)
    click.echo(held)


def _left_open(rows: Iterable[tuple[bool, str]]) -> None:
    for checked, words in rows:
        if not checked:
            click.echo(words, err=True)


def _against(given: dict[str, Path | None], policies: Path | None) -> Against:
    files = {kind: MarketFile(path.name, path.read_bytes()) for kind in KINDS if (path := given[kind]) is not None}
    declared = declared_of(click.get_current_context())
    return Against(files, None if policies is None else PolicyBook.load(policies, declared))


@verify.command("session", short_help="核验一场对接会的证书 Verify a session's certificate")
@click.argument("certificate", type=FILE)
@COMMITMENT
@click.option("--banks", type=FILE, help="当时的银行文件 The banks file of the session")
@click.option("--products", type=FILE, help="当时的产品文件 The products file of the session")
@click.option("--requests", type=FILE, help="当时的申请文件 The requests file of the session")
@click.option("--policies", type=FOLDER, help="政策文件夹 Folder of policy files")
@click.option("--slices", type=FILE, help="公布的各方分证清单 The published list of all parties' parts")
@click.pass_context
def verify_session(
    context: click.Context,
    certificate: Path,
    commitment: str | None,
    banks: Path | None,
    products: Path | None,
    requests: Path | None,
    policies: Path | None,
    slices: Path | None,
) -> None:
    """Recompute everything that a session's certificate states; exit status 1 if anything does not hold.

    The certificate alone cannot tell that its seed is the one committed to beforehand, nor that the digests of inputs and
    policy are those of the files used: give the commitment and the files for that. With all files and policies the session
    is computed again and must give the same certificate. What was not checked is said.
    """
    content = certificate.read_bytes()
    found = list(findings_of(content, commitment))
    if not found:
        try:
            against = _against({"banks": banks, "products": products, "requests": requests}, policies)
            found += verify_against(content, against)
        except DomainError as error:
            raise click.ClickException(f"{error.text.zh} / {error.text.en}") from error
        if slices is not None and slices.read_bytes() != slice_list(content):
            found.append(finding("other_list"))
    _end(context, found, "证书全部成立 / everything in the certificate holds")
    for kind in against.files:
        click.echo(f"{kind} 的指纹对上了 / the digest of {kind} holds")
    if against.book is not None:
        click.echo("政策的指纹对上了 / the digest of the policy holds")
    if against.is_complete:
        click.echo("用这些文件重算，证书一样 / computed again from these files, the certificate is the same")
    if slices is not None:
        click.echo("各方分证清单出自这份证书 / the list of parts is that of this certificate")
    missing = ", ".join(f"--{kind}" for kind in KINDS if kind not in against.files)
    _left_open(
        [
            (
                commitment is not None,
                "没有对承诺：加上 --commitment / the commitment was not compared: give --commitment",
            ),
            (not missing, f"没有对输入文件：加上 {missing} / inputs were not compared: give {missing}"),
            (against.book is not None, "没有对政策：加上 --policies / the policy was not compared: give --policies"),
            (slices is not None, "没有对各方清单：加上 --slices / the list of parts was not compared: give --slices"),
        ]
    )


@verify.command("slice", short_help="核验自己的分证 Verify one's own part of a certificate")
@click.argument("part", type=FILE)
@COMMITMENT
@click.option("--slices", type=FILE, help="公布的各方分证清单 The published list of all parties' parts")
@click.pass_context
def verify_part(context: click.Context, part: Path, commitment: str | None, slices: Path | None) -> None:
    """Recompute what a party's own part of a certificate can show; exit status 1 if anything does not hold.

    The draw, the order of the list, own meetings, and that nobody was passed over in the first round. Other parties' meetings,
    later rounds and the least number of slots are for the auditor, who holds the whole certificate.
    """
    listed = slices.read_bytes() if slices is not None else None
    found = verify_slice(part.read_bytes(), listed=listed, published_commitment=commitment)
    _end(context, found, "这份分证全部成立 / everything in this part holds")
    _left_open(
        [
            (
                commitment is not None,
                "没有对承诺：加上 --commitment / the commitment was not compared: give --commitment",
            ),
            (slices is not None, "没有对清单：加上 --slices / the list of parts was not compared: give --slices"),
        ]
    )
