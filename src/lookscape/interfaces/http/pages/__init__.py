"""Pages of the studio, ONE FILE EACH; see `studio.page` for what a page is. Its template has its name."""
