"""Writing newsletters; every function here that says so commits."""
