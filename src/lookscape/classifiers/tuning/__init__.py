"""Settings of a classifier searched with Optuna: the study on disk, its search space, one trial, the comparison.

May import `classifiers` and `representation`; nothing else in `classifiers` imports it.
"""
