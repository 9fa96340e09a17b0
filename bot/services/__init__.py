"""Use cases: one function each, one transaction each; ``tx`` is the open connection that it runs in."""
