"""The table of all products and factors, to download: /language/table/MODEL.csv."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from lookscape.engine import Engine

Name = Annotated[str, Path(pattern="^[a-z][a-z0-9-]*$", description="the model's name")]


def router(engine: Engine) -> APIRouter:
    """The one endpoint."""
    routes = APIRouter(tags=["latent"])

    @routes.get("/language/table/{model}.csv", summary="Every product's place on every factor", response_class=Response)
    def table(model: Name) -> Response:
        from lookscape.services.language.factors import open_factors
        from lookscape.services.language.opened import open_model
        from lookscape.tools.latent.language import as_csv

        headers = {
            "content-disposition": f'attachment; filename="language-{model}.csv"',
            "cache-control": "private, no-cache",
        }
        content = as_csv(open_factors(open_model(engine, model)))
        return Response(content, media_type="text/csv; charset=utf-8", headers=headers)

    return routes
