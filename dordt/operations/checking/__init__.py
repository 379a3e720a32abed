"""Is this installation fit for production? Looks at settings, files, database, DNS, relay and site; changes nothing."""
