"""The classifiers of a catalogue: opened, judged on photos they did not learn from, reported in words."""
