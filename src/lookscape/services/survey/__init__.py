"""What a report on the whole catalogue says, computed: groups, sizes, colours, oddities, repeats, in words."""
