"""The last report as a file to keep: /report.html; and the sheet that its page in the studio shares with it."""

from fastapi import APIRouter, Response

from lookscape.engine import Engine
from lookscape.errors import NotFoundError

FRESH = {"cache-control": "private, no-cache"}


def router(engine: Engine) -> APIRouter:
    """Both endpoints."""
    routes = APIRouter(tags=["report"])

    @routes.get("/report.html", summary="The last report, one file that needs no network", response_class=Response)
    def report() -> Response:
        from lookscape.tools.report import _kept, _page

        kept = _kept.latest(engine.folder)
        if kept is None:
            raise NotFoundError("there is no report yet; run: lookscape report catalogue")
        name = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in kept.result.name)
        headers = {**FRESH, "content-disposition": f'attachment; filename="{name}-report.html"'}
        return Response(_page.document(kept.result, kept.body), media_type="text/html", headers=headers)

    @routes.get("/report.css", include_in_schema=False)
    def style() -> Response:
        from lookscape.tools.report import _page

        return Response(_page.style(), media_type="text/css", headers=FRESH)

    return routes
