"""Use cases: one function each, one transaction each; ``tx`` is the open session it runs in."""
