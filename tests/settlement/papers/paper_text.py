"""The words of a PDF, for tests that hold papers against the books."""

import pypdfium2


def text_of(content: bytes) -> str:
    """The words without the spaces and breaks that typesetting puts between them."""
    return "".join("".join(page.get_textpage().get_text_range().split()) for page in pypdfium2.PdfDocument(content))
