"""Playing Dope or Nope over HTTP, answered before the router and written in groups, because a school votes at once."""
