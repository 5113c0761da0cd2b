"""The last reports as files to keep, and the sheet that their pages in the studio share with them: /report.css.

/report.html on the catalogue, /classifiers/NAME.html on a classifier, /tuning/NAME.html on a study of settings,
/compare.html on two groups.
"""

from fastapi import APIRouter, Response

from lookscape.engine import Engine
from lookscape.errors import NotFoundError
from lookscape.reports import document

FRESH = {"cache-control": "private, no-cache"}


def router(engine: Engine) -> APIRouter:
    """All endpoints."""
    routes = APIRouter(tags=["report"])

    @routes.get("/report.html", summary="The last report, one file that needs no network", response_class=Response)
    def report() -> Response:
        from lookscape.reports import kept as reports_kept

        kept = reports_kept.latest(engine.folder)
        if kept is None:
            raise NotFoundError("there is no report yet; run: lookscape report catalogue")
        return _file(document.document(name=kept.result.name, body=kept.body), kept.result.name)

    @routes.get("/classifiers/{name}.html", summary="The last report on a classifier", response_class=Response)
    def classifier(name: str) -> Response:
        from lookscape.reports.classifier.kept import last_report, page_name

        kept = last_report(engine.folder, name)
        if kept is None:
            raise NotFoundError(f"there is no report on a classifier {name!r}; run: lookscape predict report")
        return _file(document.document(name=page_name(name), body=kept.body), name)

    @routes.get("/tuning/{name}.html", summary="What a study of tuning found", response_class=Response)
    def study(name: str) -> Response:
        from lookscape.classifiers.tuning.study import study_names
        from lookscape.reports.study.page import last_page

        known = name in study_names(engine.folder)
        kept = last_page(engine.folder, name) if known else None
        if kept is None:
            raise NotFoundError(f"there are no plots of a study {name!r}; run: lookscape predict tune")
        return _file(document.document(name=name, body=kept.body), name)

    @routes.get("/compare.html", summary="The last comparison of two groups", response_class=Response)
    def comparison() -> Response:
        from lookscape.reports.comparison.page import last_comparison, title

        kept = last_comparison(engine.folder)
        if kept is None:
            raise NotFoundError("nothing was compared yet; run: lookscape predict compare NAME=VALUE")
        return _file(document.document(name=title(kept.result), body=kept.body), title(kept.result))

    @routes.get("/report.css", include_in_schema=False)
    def style() -> Response:
        return Response(document.style(), media_type="text/css", headers=FRESH)

    return routes


def _file(content: str, name: str) -> Response:
    """A page to be saved."""
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name)
    headers = {**FRESH, "content-disposition": f'attachment; filename="{plain}-report.html"'}
    return Response(content, media_type="text/html", headers=headers)
