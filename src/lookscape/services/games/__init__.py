"""Dope or Nope: games prepared, dealt, answered and tallied; standings from votes; a person's taste."""
