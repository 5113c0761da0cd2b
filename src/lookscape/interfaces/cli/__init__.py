"""The command line: data on stdout, messages and progress on stderr, exit code 0, 1 or 2."""
