"""Studies of classifiers' settings as people read them. The search itself is in `classifiers.tuning`."""
