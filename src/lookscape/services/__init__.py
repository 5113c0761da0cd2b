"""What tools are made of: each room does one job over an opened Engine and answers with records of its own.

May import `engine` and below, and one another without a circle; knows no tool, no page and no interface. A tool's file
in `tools/` is the thin top that puts them together.
"""
