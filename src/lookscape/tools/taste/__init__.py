"""Let people judge which model matches best, and learn what they like."""
