"""Engines that run networks: ONE FILE EACH, with `supports(precision)` and `compile_network(export, ...)`."""
