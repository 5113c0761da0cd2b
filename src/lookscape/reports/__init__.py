"""Self-contained pages: one HTML file each, pictures inside, no script and no network.

One folder for each kind, templates in `templates/`, the last page of each kind kept for the studio by `kept`. Tools
hand in records; may import `services` and below, knows no tool.
"""
