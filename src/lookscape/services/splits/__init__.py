"""Splits of a catalogue's photos: made so that groups stay whole, checked for leaks and for what they flatter."""
