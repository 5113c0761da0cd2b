"""What we hold: photos, products, attributes, findings, games, jobs.

Records stand beside the rooms that make and keep them; `store` is the only room with SQL. Imports nothing above it.
"""
