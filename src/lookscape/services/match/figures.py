"""What a match board says: a row for each Space and metric, a point for each query on a map."""

from pydantic import Field

from lookscape.services.figures import Figure
from lookscape.services.records import MACHINES_ONLY, Record


class Row(Record):
    """One Space under one metric. Figures are * the best and = where they cannot be told from the best."""

    space: str
    metric: str
    match: Figure = Field(description="share of queries whose nearest other product has their label: recall at 1")
    by_label: float = Field(description="the same, every label counting as much as any other")
    recall_5: Figure = Field(description="share with such a product among the first 5")
    recall_10: Figure = Field(description="share with such a product among the first 10")
    map: Figure = Field(description="mean average precision over the whole gallery")
    map_at_r: Figure = Field(description="mean average precision over the first R, of R products with the label")
    chance: float = Field(description="share for a random other product")
    size: int = Field(description="bytes of one photo's vector: float32, or bits for hamming")
    query_ms: float = Field(description="to compare one query with the whole gallery, median, ms")
    queries: int
    dim: int = Field(json_schema_extra=MACHINES_ONLY)
    model: str = Field(description="the spec of the Space's model", json_schema_extra=MACHINES_ONLY)
    taught: str = Field(
        description="the attribute that the Space's model was trained on in this catalogue; empty for none",
        json_schema_extra=MACHINES_ONLY,
    )


class Point(Record):
    """Where a query lies on a Space's t-SNE map; x and y are from 0 to 1."""

    space: str
    photo_id: str
    label: str
    x: float = Field(ge=0, le=1)
    y: float = Field(ge=0, le=1)
