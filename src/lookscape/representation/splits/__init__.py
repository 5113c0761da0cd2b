"""Which photos train, choose and judge: groups that no split parts, stratified parts, splits kept by name."""
