"""Pictures and documents that pages show."""
