"""What the points of a map are coloured by, where scripts know it from; services/maps/columns.py holds it."""

from lookscape.services.maps.columns import as_column

__all__ = ["as_column"]
