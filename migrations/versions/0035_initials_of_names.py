"""Initials of the names of parties, for finding them"""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def initials_of(name: str) -> str:
    """As names were folded when this was written: one letter for each Chinese sign, Latin letters and digits as they stand.

    The dictionary of readings takes half a second to load, and most runs over the migrations need none.
    """
    from pypinyin import Style, lazy_pinyin

    plain = unicodedata.normalize("NFKC", name).lower()
    letters = "".join(lazy_pinyin(plain, style=Style.FIRST_LETTER))
    return "".join(one for one in letters if one.isascii() and one.isalnum())


def upgrade() -> None:
    op.add_column("party", sa.Column("initials", sa.String(length=120), nullable=False, server_default=""))
    party = sa.table(
        "party", sa.column("id", sa.Integer), sa.column("name", sa.String), sa.column("initials", sa.String)
    )
    for number, name in op.get_bind().execute(sa.select(party.c.id, party.c.name)).all():
        op.execute(sa.update(party).where(party.c.id == number).values(initials=initials_of(name)))


def downgrade() -> None:
    with op.batch_alter_table("party", schema=None) as batch_op:
        batch_op.drop_column("initials")
