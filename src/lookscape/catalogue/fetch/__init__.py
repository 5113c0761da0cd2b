"""Files from the web, one or many, as if every link came from an enemy. Imports nothing of the catalogue."""
