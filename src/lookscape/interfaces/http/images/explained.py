"""What a classifier looks at, drawn over a photo when somebody looks, or covered; addresses as in tools/predict."""

from fastapi import APIRouter, Response

from lookscape.engine import Engine
from lookscape.errors import NotFoundError
from lookscape.interfaces.http.images.photos import FOREVER
from lookscape.services.explanation.heat_map import PREFIX, Asked, heat_picture

COVERED = 4
"""Slashes in the address of a photo with a part covered."""


def router(engine: Engine) -> APIRouter:
    """The one endpoint."""
    routes = APIRouter(prefix=PREFIX, tags=["predict"])

    @routes.get("/{name}/{key}/{place:path}.webp", summary="Where a classifier looks", response_class=Response)
    def explained(name: str, key: str, place: str) -> Response:
        from lookscape.representation.latents.drawings import still
        from lookscape.services.explanation.counterfactual import covered_picture

        classifier = engine.classifier(name)
        if classifier.key != key:
            raise NotFoundError(f"the classifier {name!r} has been trained again since; ask for this picture again")
        is_covered = place.count("/") == COVERED
        drawn = (
            covered_picture(engine, classifier, place)
            if is_covered
            else heat_picture(engine, classifier, Asked.at(place))
        )
        picture = still(drawn)
        return Response(picture, media_type="image/webp", headers={"cache-control": FOREVER})

    return routes
