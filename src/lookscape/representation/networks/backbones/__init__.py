"""Where networks come from: ONE FILE EACH. A library offers `has`, `describe`, `build`, `download` and `headless`."""
