"""How the check `orientation` learns from the catalogue which way products face."""
