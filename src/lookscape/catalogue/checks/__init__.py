"""What may be wrong with a photo, ONE FILE EACH, for people to review; see `catalogue.checking` for what a check is."""
