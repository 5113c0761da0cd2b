"""Everything Lookscape can do for a user, one file each, in groups."""
