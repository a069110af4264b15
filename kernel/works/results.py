"""The file that a work has made and keeps."""

import mimetypes

from flask import Response

from kernel.errors import NotFound
from kernel.web.downloads import file_to_save
from kernel.works.models import DONE, Work
from kernel.works.places import kept_of


def result_file(work: Work) -> Response:
    """The kept file to save; NotFound for a work that made none, or whose file is gone after thirty days."""
    path = kept_of(work.folder) / work.result
    if work.state != DONE or not work.result or not path.is_file():
        raise NotFound(
            "work_result_gone",
            "没有这个文件，或者已过三十天保存期，请再做一次",
            "There is no such file, or its thirty days are over; ask for it again",
        )
    kind = mimetypes.guess_type(work.result)[0] or "application/octet-stream"
    return file_to_save(path.read_bytes(), work.result, kind)
