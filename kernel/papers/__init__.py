"""Papers: A4 PDF with embedded Chinese fonts, set by Typst from a template and plain values; nothing leaves the machine."""

from kernel.papers.printing import print_paper

__all__ = ["print_paper"]
