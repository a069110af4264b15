"""A file to save may have a Chinese name."""

from urllib.parse import unquote

from flask import Response

from kernel.web.downloads import attach


def test_a_chinese_name_travels_in_a_header_of_latin_letters() -> None:
    header = attach(Response(b"x"), '决定 "甲".pdf').headers["Content-Disposition"]
    assert header.encode("latin-1").isascii()
    assert unquote(header.partition("filename*=UTF-8''")[2]) == '决定 "甲".pdf'
    assert header.startswith('attachment; filename="__ ___.pdf"')
