"""Files of results as answers."""

import mimetypes
from pathlib import Path

from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

AS_PAGES = (".html",)
SMALL_BYTES = 8 << 20  # up to which a file is read at once


def product(path: Path) -> HttpResponseBase:
    """Return a file of ours as an answer: a page to look at, anything else to keep.

    Raises
    ------
    Http404
        If it is not there any more.
    """
    if not path.is_file():
        raise Http404
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    is_page = path.suffix in AS_PAGES
    answer: HttpResponseBase
    if path.stat().st_size <= SMALL_BYTES:
        answer = HttpResponse(path.read_bytes(), content_type=kind)
        answer["Content-Disposition"] = content_disposition_header(not is_page, path.name) or "attachment"
    else:
        answer = FileResponse(path.open("rb"), as_attachment=not is_page, filename=path.name, content_type=kind)
    if is_page:  # a report brings its own styles and pictures inside itself, and runs nothing
        answer["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
    return answer
