"""What a sealed file is called when it is saved."""

from settlement.seal.models import QuarterSeal

ZIP = "application/zip"


def file_name(seal: QuarterSeal) -> str:
    """Quarter and number of the seal."""
    return f"{seal.quarter}-seal-{seal.sequence}.zip"
