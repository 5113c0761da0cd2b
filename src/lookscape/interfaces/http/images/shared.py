"""What a photo shares with another one, drawn over it when somebody looks; services/search/shared.py says where."""

from fastapi import APIRouter, Response

from lookscape.engine import Engine, parse_metric
from lookscape.interfaces.http.images.photos import FOREVER
from lookscape.services.search.shared import PREFIX, Pair, shared_picture


def router(engine: Engine) -> APIRouter:
    """The one endpoint."""
    routes = APIRouter(prefix=PREFIX, tags=["search"])

    @routes.get(
        "/{space}/{key}/{metric}/{photo_id}/{other_id}.webp", summary="What two photos share", response_class=Response
    )
    def shared(space: str, key: str, metric: str, photo_id: str, other_id: str) -> Response:
        from lookscape.representation.latents.drawings import still

        pair = Pair(space=space, metric=parse_metric(metric), photo_id=photo_id, other_id=other_id)
        picture = still(shared_picture(engine, pair, key=key))
        return Response(picture, media_type="image/webp", headers={"cache-control": FOREVER})

    return routes
