"""The page of a study: its trials, and what it found."""
