"""The groups a catalogue falls into: found, named by what sets them apart, kept on disk."""
