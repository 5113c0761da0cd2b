"""What is measured from a photo's pixels, ONE FILE EACH; see `catalogue.measuring` for what a measure is."""
