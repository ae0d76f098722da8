"""The files of the basemap, served in the ranges that the map asks for (RFC 9110 §14)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_safe

from transit.web import maps

MAX_RANGE = 16 * 1024 * 1024
"""One answer is read into memory."""
_CHUNK = 256 * 1024


@require_safe
def tiles(request: HttpRequest, digest: str, layer: str) -> HttpResponseBase:
    """The whole file, or the one range that is asked for. A digest names its content, so it may be kept for ever."""
    path = maps.find_tiles(digest, layer)
    if path is None:
        raise Http404
    etag, size = f'"{digest}-{layer}"', path.stat().st_size
    answer = _answer(request, path, size, etag)
    answer["ETag"] = etag
    answer["Accept-Ranges"] = "bytes"
    answer["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer


def _answer(request: HttpRequest, path: Path, size: int, etag: str) -> HttpResponseBase:
    if etag in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304)
    wanted = _range_of(request.headers.get("Range", ""), size)
    if wanted is None or request.headers.get("If-Range", etag) != etag:
        whole = StreamingHttpResponse(_chunks(path), content_type="application/vnd.pmtiles")
        whole["Content-Length"] = str(size)
        return whole
    first, last = wanted
    if first > last:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    with path.open("rb") as file:
        file.seek(first)
        body = file.read(last - first + 1)
    headers = {"Content-Range": f"bytes {first}-{last}/{size}"}
    return HttpResponse(body, status=206, content_type="application/vnd.pmtiles", headers=headers)


def _range_of(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte of a single range; first > last where it lies outside; None where there is none to obey."""
    found = re.fullmatch(r"bytes=(\d*)-(\d*)", header.strip())
    if not found or not (found[1] or found[2]):
        return None
    if not found[1]:
        return max(0, size - int(found[2])), size - 1
    first = int(found[1])
    last = min(int(found[2]) if found[2] else size - 1, size - 1, first + MAX_RANGE - 1)
    if found[2] and int(found[2]) < first:
        return None
    return first, last


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
